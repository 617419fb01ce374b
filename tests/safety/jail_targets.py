"""What the jail's tests run in a child."""

import os
import signal
import time
from pathlib import Path


def echo(descriptor, arguments):
    """What it was given."""
    yield os.pread(descriptor, 100, 0)
    yield str(sorted(arguments)).encode()


def dies(descriptor, arguments):
    """Ends by a signal after one message."""
    yield b"first"
    os.kill(os.getpid(), signal.SIGSEGV)
    yield b"never"


def grows(descriptor, arguments):
    """Takes more memory than there is for it."""
    yield b"first"
    held = [bytearray(64 << 20) for _ in range(100)]
    yield str(len(held)).encode()


def spins(descriptor, arguments):
    """Uses the processor for ever."""
    while True:
        pass
    yield b""


def sleeps(descriptor, arguments):
    """Says nothing."""
    time.sleep(60)
    yield b""


def floods(descriptor, arguments):
    """Never stops talking."""
    while True:
        yield b"x" * 100_000


def writes(descriptor, arguments):
    """Tries to leave a file."""
    try:
        Path(arguments["path"]).write_bytes(b"x" * 10)
        yield b"written"
    except OSError:
        yield b"refused"


def quotes(descriptor, arguments):
    """Raises with a value in its words."""
    raise ValueError("canary-4711")
    yield b""
