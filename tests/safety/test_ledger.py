"""The hash-chained ledger."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakscope.errors import InvariantError
from leakscope.safety.ledger import Ledger, read_ledger


def _written(path, count=4):
    ledger = Ledger(path)
    for number in range(count):
        ledger.write("event", number=number)
    return path


def test_entries_come_back_in_order(tmp_path):
    """What was written is read, in order."""
    entries = read_ledger(_written(tmp_path / "l"))

    assert [entry["facts"]["number"] for entry in entries] == [0, 1, 2, 3]


def test_a_ledger_goes_on_after_it_was_closed(tmp_path):
    """A second process appends to the same chain."""
    path = _written(tmp_path / "l", 2)
    Ledger(path).write("later")

    assert [entry["number"] for entry in read_ledger(path)] == [0, 1, 2]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_removed_entry_breaks_the_chain(tmp_path, place):
    """No entry but the last can vanish unseen."""
    path = _written(tmp_path / "l")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:place] + lines[place + 1 :]))

    with pytest.raises(InvariantError):
        read_ledger(path)


def test_a_changed_entry_breaks_the_chain(tmp_path):
    """A fact cannot be changed without the hash telling."""
    path = _written(tmp_path / "l")
    entry, *rest = path.read_bytes().splitlines()
    changed = {**orjson.loads(entry), "facts": {"number": 7}}
    path.write_bytes(b"\n".join([orjson.dumps(changed), *rest]) + b"\n")

    with pytest.raises(InvariantError):
        read_ledger(path)


@given(st.binary(min_size=1, max_size=200).filter(lambda raw: raw.strip(b"\r\n \t\x0b\x0c")))
def test_any_rubbish_is_a_broken_chain_and_never_another_error(tmp_path_factory, rubbish):
    """A damaged ledger is told as such whatever the damage."""
    path = tmp_path_factory.mktemp("ledger") / "l"
    path.write_bytes(rubbish)

    with pytest.raises(InvariantError):
        read_ledger(path)
