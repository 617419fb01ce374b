"""A real browser opens the page: no error, no request, every heading laid out, on a desk and on paper."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import orjson
import pytest

from leakscope.reports import html
from tests.reports.assessment_fixture import NOW
from tests.reports.hostile import poison

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-extensions", "--disable-default-apps", "--hide-scrollbars",
)  # fmt: skip
pytestmark = [pytest.mark.browser, pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")]


def browse(folder: Path, page: Path, *more: str) -> subprocess.CompletedProcess[bytes]:
    command = (str(BROWSER), *QUIET, f"--user-data-dir={folder / 'profile'}", *more, page.as_uri())
    return subprocess.run(command, capture_output=True, timeout=120, check=True)


@pytest.fixture
def page(assessment, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(html.render(poison(assessment), now=NOW), encoding="utf-8")
    return path


def test_the_browser_lays_the_page_out_without_error_or_request(page, tmp_path):
    """Nothing in the console, nothing asked of any host, and the hostile text ran nothing."""
    log = tmp_path / "net.json"
    done = browse(tmp_path, page, "--enable-logging=stderr", f"--log-net-log={log}", "--dump-dom")
    addresses = set(re.findall(rb'"url":"([^"]+)"', log.read_bytes()))

    assert b"CONSOLE" not in done.stderr
    assert not [address for address in addresses if b"evil.example" in address]
    assert len(re.findall(rb"<h2 ", done.stdout)) == 8
    assert b"<script" not in done.stdout


def test_the_page_prints_to_paper(page, tmp_path):
    """Several pages, none empty of its kind."""
    target = tmp_path / "page.pdf"
    browse(tmp_path, page, "--no-pdf-header-footer", f"--print-to-pdf={target}")

    assert target.read_bytes().startswith(b"%PDF")
    assert target.stat().st_size > 20_000


def test_the_page_does_not_scroll_sideways_on_a_phone(assessment, tmp_path):
    """The body is no wider than a phone's window; wide tables scroll inside their own box."""
    text = html.render(assessment, now=NOW)
    probe = "<script>document.title = JSON.stringify([document.documentElement.scrollWidth, innerWidth])</script></body>"
    opened = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]+>', "", text).replace("</body>", probe)
    frame = tmp_path / "inner.html"
    frame.write_text(opened, encoding="utf-8")
    done = browse(tmp_path, frame, "--window-size=500,900", "--dump-dom")
    title = re.search(rb"<title>(\[[^<]+\])</title>", done.stdout)

    assert title
    width, window = orjson.loads(title.group(1))
    assert width <= window
