"""MongoDB's wire protocol, against a server that speaks it (NX-27017; MongoDB's own server is in no registry that can be installed from)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from leakscope.model import SetAside
from leakscope.sources import live
from tests.sources.live.servers import free_port, running, servers_python

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A server with two databases."""
    import bson
    from pymongo import MongoClient

    python, port, home = servers_python("nx_27017"), free_port(), tmp_path_factory.mktemp("mongo")
    files = ["--log-file", str(home / "log"), "--pid-file", str(home / "pid")]
    with running([str(Path(python).with_name("nx-27017")), "--data-dir", "memory", "--port", str(port), *files], port, cwd=home):
        client = MongoClient("127.0.0.1", port, directConnection=True)
        client.shop.users.insert_many([{"email": f"u{number}@x.org", "at": datetime(2024, 1, 2), "raw": bson.Binary(b"\xff\x00"), "tags": ["a", {"of": bson.ObjectId()}]} for number in range(1200)])  # noqa: DTZ001
        client.shop.zebra.insert_many([{"_id": number, "text": "x"} for number in range(5)])
        client.notes.log_stream.insert_one({"text": "hello"})
        client.close()
        yield f"mongodb://127.0.0.1:{port}"


def test_every_collection_of_every_database_is_evidence(address, taken):
    """Logs first, then people; values of MongoDB's own types as text."""
    tables, aside = taken(address)

    assert (list(tables), aside) == (["notes.log_stream", "shop.users", "shop.zebra"], [])
    assert (len(tables["shop.users"]), tables["shop.users"][3]["email"], tables["shop.users"][3]["raw"]) == (1200, "u3@x.org", "ff00")


def test_the_store_tells_rows_size_and_when_documents_were_made(address, pieces):
    """The span is read from the ids."""
    stored = {one.name.rpartition(":")[2]: one.stored for one in pieces(f"{address}/shop") if not isinstance(one, SetAside)}

    assert (stored["users"].rows, stored["users"].exact) == (1200, True)
    assert stored["users"].size_bytes > 10_000
    assert stored["users"].first.startswith("20")
    assert stored["zebra"].first is None


def test_a_sample_comes_again(address, taken, monkeypatch):
    """By a seeded hash of each id; what was not drawn is counted."""
    monkeypatch.setenv("LEAKSCOPE_LIVE_ROWS", "300")
    first, aside = taken(f"{address}/shop")
    again, _ = taken(f"{address}/shop")
    monkeypatch.setenv("LEAKSCOPE_LIVE_SEED", "5")
    other, _ = taken(f"{address}/shop")

    assert first["users"] == again["users"] != other["users"]
    assert 200 <= len(first["users"]) <= 300
    assert [piece.records for piece in aside] == [1200 - len(first["users"])]


def test_only_reading_commands_are_sent_and_all_are_known(address, pieces):
    """As the client itself reports them, without the ids in their filters."""
    pieces(address)
    commands = {query.split()[0] for query in live.sent(address)}

    assert commands <= {"hello", "listDatabases", "listCollections", "aggregate", "count", "collStats", "find", "getMore", "endSessions", "killCursors"}
    assert {"listDatabases", "listCollections", "find"} <= commands
    assert not any("ObjectId" in query for query in live.sent(address))
