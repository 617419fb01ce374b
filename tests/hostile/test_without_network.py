"""The main job in a network namespace without interfaces."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def test_an_assessment_needs_no_network_interface(tmp_path):
    """The whole job runs where not even the loopback is up."""
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode:
        pytest.skip("network namespaces are not permitted here")
    (tmp_path / "log.ndjson").write_text('{"email":"ana.lima41@correio.pt","first_name":"Ana","last_name":"Lima"}\n' * 3)
    command = ["unshare", "-rn", sys.executable, "-m", "leakscope", "assess", str(tmp_path / "log.ndjson"), "--case", str(tmp_path / "case")]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, timeout=300, env={**os.environ, "NO_COLOR": "1"})

    assert done.returncode == 0, done.stderr[-300:]
    assert (tmp_path / "case" / "assessment.json").is_file()
