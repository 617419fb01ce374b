"""What tests of live stores share: no cached answers, no credentials from the machine, and a short way to read a store."""

from __future__ import annotations

import orjson
import pytest

from leakscope.model import SetAside
from leakscope.sources import live
from leakscope.sources.evidence import gather


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    """Nothing is prompted for, and nothing of the machine's own accounts is used."""
    for kind in set(live.kinds().values()):
        monkeypatch.delenv(kind.user_variable, raising=False)
        monkeypatch.setenv(kind.password_variable, "")
    live.acquire.cache_clear()


@pytest.fixture
def taken():
    """(address) -> rows by table, and what was set aside; read anew each time."""

    def take(address):
        live.acquire.cache_clear()
        pieces = list(gather([address]))
        rows = {one.name.rpartition(":")[2]: [orjson.loads(line) for line in one.open().read().splitlines()] for one in pieces if not isinstance(one, SetAside)}
        return rows, [one for one in pieces if isinstance(one, SetAside)]

    return take


@pytest.fixture
def pieces():
    """(address) -> evidence and what was set aside, in order; read anew each time."""

    def take(address):
        live.acquire.cache_clear()
        return list(gather([address]))

    return take
