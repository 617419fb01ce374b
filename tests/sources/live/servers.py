"""Starts real servers for the tests of live stores, on the loopback, each in a process of its own that the test ends."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


def program(*names: str) -> str:
    """The path of the first program that is installed; skips the test when none is."""
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"{names[0]} is not installed")
    return found


def servers_python(module: str) -> str:
    """The Python of the environment with test servers (`make stores`, or LEAKSCOPE_SERVERS); skips where it or the module is missing."""
    python = Path(os.environ.get("LEAKSCOPE_SERVERS", ROOT / ".venv-stores")) / "bin" / "python"
    if not python.is_file() or subprocess.run([python, "-c", f"import importlib.util as u, sys; sys.exit(u.find_spec({module!r}) is None)"]).returncode:
        pytest.skip(f"the test server {module} is not installed; make stores installs it")
    return str(python)


def wait_for(port: int, process: subprocess.Popen[bytes], seconds: float = 60.0) -> None:
    """Until something listens on `port`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the server did not start")


@contextmanager
def running(command: Sequence[str], port: int, *, cwd: Path | None = None, environment: dict[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A server process that is ended with the test."""
    process = subprocess.Popen(list(command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=cwd, env={**os.environ, **(environment or {})})
    try:
        wait_for(port, process)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
