"""A reader's process may die in any way; its parent gets a reason."""

import os
import time

import pytest

from leakscope.errors import SetAsideError
from leakscope.safety import jail
from leakscope.safety.jail import Ceilings

pytestmark = pytest.mark.skipif(not jail.available(), reason="this system cannot jail")


@pytest.fixture
def run(tmp_path):
    """target, ceilings -> (messages, reason of the end)."""
    path = tmp_path / "evidence"
    path.write_bytes(b"content")

    def call(target, arguments=None, **ceilings):
        descriptor = os.open(path, os.O_RDONLY)
        messages, reason = [], None
        try:
            messages.extend(jail.run(f"tests.safety.jail_targets:{target}", descriptor, arguments or {}, Ceilings(**ceilings)))
        except SetAsideError as error:
            reason = error.reason
            assert "canary" not in str(error)
        finally:
            os.close(descriptor)
        return messages, reason

    return call


def test_messages_come_back(run):
    """The child reads the descriptor it was given."""
    assert run("echo", {"a": 1}) == ([b"content", b"['a']"], None)


@pytest.mark.parametrize(
    ("target", "ceilings", "reason"),
    [
        ("dies", {}, "reader-died"),
        ("grows", {"memory_bytes": 512 << 20}, "ceiling"),
        ("spins", {"processor_seconds": 1}, "ceiling"),
        ("sleeps", {"silence_seconds": 0.5}, "timeout"),
        ("floods", {"output_bytes": 1 << 20}, "bomb"),
        ("quotes", {}, "damaged"),
    ],
)
def test_every_bad_end_has_its_reason(run, target, ceilings, reason):
    """And the next job works."""
    started = time.monotonic()

    assert run(target, **ceilings)[1] == reason
    assert time.monotonic() - started < 20
    assert run("echo")[1] is None


def test_messages_before_the_end_are_kept(run):
    """What was read before a crash counts."""
    assert run("dies") == ([b"first"], "reader-died")


def test_the_child_can_write_no_file(run, tmp_path):
    """Not a byte, whatever a library's defect lets through."""
    assert run("writes", {"path": str(tmp_path / "out")}) == ([b"refused"], None)
    assert not (tmp_path / "out").exists() or (tmp_path / "out").stat().st_size == 0
