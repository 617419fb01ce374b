"""Runs the command as a user does: a process of its own, its output captured."""

import io
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


@pytest.fixture
def inside(tmp_path, monkeypatch, capfdbinary):
    """(*arguments) -> (exit code, standard output, standard error) of the command run in this process, which saves its start."""
    from leakscope.cli import main

    def run(*arguments):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("NO_COLOR", "1")
        monkeypatch.setattr(sys, "argv", ["leakscope", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        capfdbinary.readouterr()
        with pytest.raises(SystemExit) as stopped:
            main()
        sys.stdout.flush()
        return (stopped.value.code or 0, *capfdbinary.readouterr())

    return run
