"""What a run does to the system, as the kernel saw it: strace over `scan` and `assess` on evidence with names that try to lead out."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

_OPEN = re.compile(r'open(?:at2?)?\((?:[^,"]+, )?"((?:[^"\\]|\\.)*)", (?:\{flags=)?([A-Z_|]+)')
_CHANGE = re.compile(r'(?:unlink(?:at)?|rename(?:at2?)?|mkdir(?:at)?|link(?:at)?|symlink(?:at)?|truncate|chmod|fchmodat|mknod(?:at)?)\((?:[^,"]+, )?"((?:[^"\\]|\\.)*)"')
_CONNECT = re.compile(r"connect\(\d+, \{sa_family=(AF_INET6?)")
_NAMES = (
    "a*.csv", "[x].csv", "a;b.csv", "http:__x.example_y.csv", "-rf.csv", "$(touch made).csv", "na\u0131ve\u2024csv.csv", "line\nbreak.csv", "..csv", "{a,b}.csv", "a?b.csv", "~root.csv", "%2e%2e%2fetc.csv", "a|b.csv", "`id`.csv",
    "C:\\escaped.csv", "file:__etc_hostname.csv", "\u202evsc.csv", "caf\u00e9.csv", "cafe\u0301.csv", "\uff0e\uff0e\uff0fetc.csv", "a\x1b[2Jb.csv", " .csv", "con.csv",
)  # fmt: skip
#: Names that the file system takes but that are no UTF-8.
_RAW = (b"raw\xff\xfe.csv",)


def _evidence(folder: Path) -> None:
    """Files with odd names, links and devices, and archives whose members point outside."""
    folder.mkdir()
    for name in _NAMES:
        (folder / name).write_text("email,n\nana.lima41@correio.pt,1\n" + f"{name!a},2\n")
    for name in _RAW:
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_text("email,n\nraw.name41@correio.pt,1\n")
    url = folder / "https:" / "x.example"
    url.mkdir(parents=True)
    (url / "y.csv").write_text("email,n\nurl.name41@correio.pt,1\n")
    (folder.parent / "outside.csv").write_text("email,n\nhard.linked41@correio.pt,1\n")
    (folder / "hard.csv").hardlink_to(folder.parent / "outside.csv")
    (folder / "dangling.csv").symlink_to("no-such-file")
    with contextlib.suppress(PermissionError):
        os.mknod(folder / "device.csv", stat.S_IFCHR | 0o600, os.makedev(1, 5))
    with socket.socket(socket.AF_UNIX) as listening, contextlib.chdir(folder):
        listening.bind("socket.csv")
    (folder / "link.csv").symlink_to("/etc/hostname")
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe.csv")
    with zipfile.ZipFile(folder / "out.zip", "w") as archive:
        for name in ("../../escaped.csv", "/tmp/escaped-absolute.csv", "C:\\escaped.csv", "a\u2215b.csv", "*.csv", "[x].csv", "\uff0e\uff0e/\uff0e\uff0e/escaped.csv", "http://x.example/y.csv", "file:///etc/hostname", "nul\x00.csv", "/proc/self/environ"):
            archive.writestr(name, "email\nb.kern@webpost.de\n")
    with tarfile.open(folder / "out.tar", "w") as archive:
        for kind, name in ((tarfile.SYMTYPE, "s.csv"), (tarfile.LNKTYPE, "h.csv"), (tarfile.CHRTYPE, "../../dev.csv")):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/hostname"
            archive.addfile(member)


@pytest.fixture(scope="module", params=["scan", "assess"])
def trace(request, tmp_path_factory):
    """(folder of the run, its evidence, lines of the trace)."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    home = tmp_path_factory.mktemp("traced")
    _evidence(home / "evidence")
    for name in ("tmp", "home", "case-parent"):
        (home / name).mkdir()
    arguments = ["scan", str(home / "evidence")] if request.param == "scan" else ["assess", str(home / "evidence"), "--case", str(home / "case-parent" / "case"), "--names", "none"]
    environment = {**os.environ, "TMPDIR": str(home / "tmp"), "HOME": str(home / "home"), "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"}
    command = ["strace", "-f", "-qq", "-s", "300", "-e", "trace=open,openat,openat2,creat,unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat,link,linkat,symlink,symlinkat,truncate,chmod,fchmodat,mknod,mknodat,connect", "-o", str(home / "trace")]
    done = subprocess.run([*command, sys.executable, "-m", "leakscope", *arguments], cwd=Path(__file__).parents[2], env=environment, capture_output=True, timeout=500)
    if not (home / "trace").exists() or b"ptrace" in done.stderr:
        pytest.skip("tracing is not permitted here")
    assert done.returncode in (0, 4), done.stderr[-300:]
    return home, home / "evidence", (home / "trace").read_text("utf-8", "replace").splitlines()


def _done(lines):
    """Calls that succeeded."""
    return [line for line in lines if " = -1 " not in line]


def test_nothing_outside_the_case_and_the_temporary_folder_is_written(trace):
    """Every file opened for writing, made, renamed or removed lies in the run's own folders, or is a device without memory."""
    home, evidence, lines = trace
    opened = [path for line in _done(lines) for path, flags in _OPEN.findall(line) if re.search("O_WRONLY|O_RDWR|O_CREAT|O_TRUNC", flags)]
    changed = [path for line in _done(lines) for path in _CHANGE.findall(line)]
    own = (f"{home}/case-parent", f"{home}/tmp", f"{home}/home", "/dev/null", "/dev/shm/", "/proc/self/", "/memfd:")

    assert [path for path in opened + changed if not path.startswith(own)] == []
    assert not any(path.startswith(str(evidence)) for path in opened + changed)


def test_evidence_is_only_opened_for_reading_and_links_and_pipes_never(trace):
    """Each odd name is opened as itself; nothing behind a link, and no pipe."""
    _, evidence, lines = trace
    flags = {path: flag for line in _done(lines) for path, flag in _OPEN.findall(line) if path.startswith(f"{evidence}/")}

    assert {flag.split("|")[0] for flag in flags.values()} == {"O_RDONLY"}
    assert sum(path.endswith(".csv") for path in flags) >= len(_NAMES)
    assert not any(path.endswith(("/link.csv", "/pipe.csv", "/device.csv", "/socket.csv", "/dangling.csv")) or "/loop/" in path for path in flags)
    assert not any('"/etc/hostname"' in line for line in lines)


def test_the_home_folder_gets_compiled_patterns_and_nothing_else(trace):
    """No library leaves an identity, telemetry or a cache of its own."""
    home, _, _ = trace

    assert [path for path in (home / "home").rglob("*") if path.is_file() and path.parent.name != "leakscope"] == []


def test_no_connection_is_made(trace):
    """Not to any address of the internet's families."""
    _, _, lines = trace

    assert [line for line in lines if _CONNECT.search(line)] == []
