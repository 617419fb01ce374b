"""
Runs a reader in a child process with ceilings of memory, processor time, silence and output, so that its death harms nobody.

The child is kept between jobs, since starting one costs about a second; one that died, was stopped, or did many jobs is replaced.
It gets the evidence as an open file descriptor, can write no file (RLIMIT_FSIZE 0), leaves no core dump, and its standard output and
error lead nowhere. Where the system cannot do this (no `resource`, no descriptor passing), `available()` is false and callers read in
their own process.

References:
    Linux manual pages setrlimit(2), memfd_create(2), unix(7) SCM_RIGHTS (read 2026-11).
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leakscope.errors import SetAsideError

try:
    import resource
except ImportError:  # pragma: no cover - Windows
    resource = None  # type: ignore[assignment]

_HEAD = struct.Struct("<cQ")
_MESSAGE, _END, _ERROR = b"M", b"E", b"X"
#: Jobs after which a child is replaced, against memory that libraries keep.
_MAX_JOBS = 500
_DETAILS = {
    "timeout": "The reader gave nothing for too long and was stopped.",
    "ceiling": "The reader reached its ceiling of memory or processor time.",
    "bomb": "The reader gave far more than the file can honestly hold.",
    "reader-died": "The reader's process died; the rest of the file was not read.",
    "damaged": "The file is damaged, or not what its first bytes say.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceilings:
    """
    What one job may use.

    Args:
        memory_bytes: address space above what the idle child has.
        processor_seconds: of the child.
        silence_seconds: without any output, while the parent waits.
        output_bytes: of all messages together.
    """

    memory_bytes: int = 2 << 30
    processor_seconds: int = 50
    silence_seconds: float = 40.0
    output_bytes: int = 1 << 40


def available() -> bool:
    """Whether this system can jail."""
    return resource is not None and hasattr(socket, "send_fds") and sys.platform == "linux"


class _Child:
    """One child process and the line to it."""

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair()
        environment = {
            "PATH": os.defpath, "PYTHONPATH": os.pathsep.join(part or str(Path.cwd()) for part in sys.path), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONNOUSERSITE": "1",
            "POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "2",
            "OPENPYXL_LXML": "False", "LANG": "C.UTF-8",
        }  # fmt: skip
        command = [sys.executable, "-m", "leakscope.safety.jail", str(theirs.fileno())]
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(command, pass_fds=(theirs.fileno(),), stdin=quiet, stdout=quiet, stderr=quiet, env=environment, cwd=os.sep)
        theirs.close()
        self.jobs = 0

    def run(self, target: str, descriptor: int, arguments: dict[str, Any], ceilings: Ceilings) -> Iterator[bytes]:
        """Messages of one job; raises SetAsideError when it ends badly, and the child is then dead."""
        self.jobs += 1
        order = json.dumps({"target": target, "arguments": arguments, "memory": ceilings.memory_bytes, "seconds": ceilings.processor_seconds}).encode()
        try:
            socket.send_fds(self._line, [struct.pack("<I", len(order)) + order], [descriptor])
        except OSError:
            raise self._dead("reader-died") from None
        given = 0
        while True:
            kind, size = _HEAD.unpack(self._take(_HEAD.size, ceilings.silence_seconds))
            given += size
            if given > ceilings.output_bytes:
                raise self._dead("bomb")
            payload = self._take(size, ceilings.silence_seconds)
            if kind == _END:
                return
            if kind == _ERROR:
                name = payload.decode("ascii", "replace")
                if name == "MemoryError":
                    raise self._dead("ceiling")
                raise SetAsideError(_DETAILS["damaged"], reason="damaged")
            yield payload

    def _take(self, size: int, silence_seconds: float) -> bytes:
        pieces, left = [], size
        until = time.monotonic() + silence_seconds
        while left:
            ready, _, _ = select.select([self._line], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise self._dead("timeout")
            try:
                piece = self._line.recv(min(left, 1 << 20))
            except OSError:
                piece = b""
            if not piece:
                raise self._dead("reader-died")
            pieces.append(piece)
            left -= len(piece)
            until = time.monotonic() + silence_seconds
        return b"".join(pieces)

    def _dead(self, reason: str) -> SetAsideError:
        self.stop(wait=reason == "reader-died")
        if reason == "reader-died" and self._process.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
            reason = "ceiling"
        return SetAsideError(_DETAILS[reason], reason=reason)

    @property
    def alive(self) -> bool:
        """Whether it can take a job."""
        return self._process.poll() is None and self._line.fileno() >= 0

    def stop(self, *, wait: bool = False) -> None:
        """End the child; `wait` lets one that is dying say of what."""
        self._line.close()
        if wait:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(2)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()


_idle: list[_Child] = []


@atexit.register
def close() -> None:
    """End the children that wait for work."""
    while _idle:
        _idle.pop().stop()


def run(target: str, descriptor: int, arguments: dict[str, Any], ceilings: Ceilings | None = None) -> Iterator[bytes]:
    """
    Call `target` in a child and give its messages as they come.

    Args:
        target: `module:function`; called with (descriptor, arguments), yields bytes.
        descriptor: open file the child may read.
        arguments: plain JSON values.
        ceilings: what it may use.

    Raises:
        SetAsideError: reasons `timeout`, `ceiling`, `bomb`, `reader-died`, `damaged`; messages before it have been given.
    """
    child = next((one for one in iter(lambda: _idle.pop() if _idle else None, None) if one.alive), None) or _Child()
    finished = False
    try:
        yield from child.run(target, descriptor, arguments, ceilings or Ceilings())
        finished = True
    except SetAsideError as error:
        finished = error.reason == "damaged"
        raise
    finally:
        if finished and child.jobs < _MAX_JOBS:
            _idle.append(child)
        else:
            child.stop()


def _limit(memory_bytes: int, seconds: int) -> None:
    """Ceilings of the next job; soft ones, so that the job after it can have its own."""
    with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 (before any import of pathlib matters)
        used = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + memory_bytes, resource.RLIM_INFINITY))
    times = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(times.ru_utime + times.ru_stime) + seconds + 1, resource.RLIM_INFINITY))


def _receive(line: socket.socket) -> tuple[dict[str, Any], int] | None:
    content, descriptors, _, _ = socket.recv_fds(line, 1 << 16, 1)
    if not content:
        return None
    (size,) = struct.unpack("<I", content[:4])
    while len(content) < 4 + size:
        content += line.recv(4 + size - len(content))
    return json.loads(content[4:]), descriptors[0]


def _serve(line: socket.socket) -> None:
    """The child's life: jobs until the line closes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    while (job := _receive(line)) is not None:
        order, descriptor = job
        try:
            module, _, name = order["target"].partition(":")
            answer: Callable[[int, dict[str, Any]], Iterator[bytes]] = getattr(importlib.import_module(module), name)
            _limit(order["memory"], order["seconds"])
            for message in answer(descriptor, order["arguments"]):
                line.sendall(_HEAD.pack(_MESSAGE, len(message)))
                line.sendall(message)
            line.sendall(_HEAD.pack(_END, 0))
        except BaseException as error:
            name = b"MemoryError" if isinstance(error, MemoryError) or "memory" in type(error).__name__.lower() else type(error).__name__.encode()[:80]
            line.sendall(_HEAD.pack(_ERROR, len(name)) + name)
        finally:
            os.close(descriptor)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
