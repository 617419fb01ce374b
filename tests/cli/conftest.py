"""Runs the command as a user does: a process of its own, its output captured."""

import os
import subprocess
import sys

import pytest


@pytest.fixture
def leakscope(tmp_path):
    """(*arguments) -> completed process, run in an empty folder."""

    def run(*arguments, stdin=None, environment=None):
        return subprocess.run(
            [sys.executable, "-m", "leakscope", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            cwd=tmp_path,
            env={**os.environ, "NO_COLOR": "1", "COLUMNS": "100", **(environment or {})},
            timeout=300,
            check=False,
        )

    return run
