"""Redis snapshots and append-only files, held against what a Redis server writes."""

import json
import subprocess
import time

import orjson
import pytest

from leakscope.sources.redis_values import lzf
from tests.sources.live.servers import free_port, program, running

ROWS = [
    ("SET", "user:1", '{"email":"ana.ruiz@northmail.example","age":31}'),
    ("SET", "count", "12345"),
    ("SET", "small", "7"),
    ("SET", "long", "la la la " * 4_000),
    ("HSET", "profile:ana@northmail.example", "email", "ana.ruiz@northmail.example", "city", "Lugo", "age", "31"),
    ("RPUSH", "queue", "first", "-5", "300", "70000", "9000000000", "x" * 100, "y" * 5_000),
    ("SADD", "numbers", "1", "2", "70000"),
    ("SADD", "tags", "red", "blue", "3"),
    ("ZADD", "scores", "1.5", "bo@northmail.example", "2", "cy"),
    ("XADD", "events", "1700000000000-0", "user", "ana", "action", "login"),
    ("XADD", "events", "1700000000000-1", "user", "bo", "action", "logout"),
    ("XADD", "events", "1700000000005-0", "other", "field"),
    ("SET", "session", "token-of-the-session"),
    ("EXPIREAT", "session", "4000000000"),
    ("HSET", "wide", *[word for number in range(600) for word in (f"f{number}", f"value {number}")]),
    ("RPUSH", "many", *[f"element {number}" for number in range(3_000)]),
    ("ZADD", "board", *[word for number in range(400) for word in (f"{number}.25", f"player {number}")]),
    ("SADD", "crowd", *[f"member {number}" for number in range(700)]),
    ("XGROUP", "CREATE", "events", "readers", "0"),
    ("XREADGROUP", "GROUP", "readers", "one", "COUNT", "1", "STREAMS", "events", ">"),
]  # fmt: skip


def _told(batches):
    return {row["key"]: row for batch in batches for row in map(orjson.loads, batch.lines.splitlines())}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Name -> content of the snapshot and the append-only file that a server wrote of `ROWS`."""
    server, client = program("redis-server"), program("redis-cli")
    folder, port = tmp_path_factory.mktemp("redis"), free_port()
    command = [server, "--port", str(port), "--dir", str(folder), "--appendonly", "yes", "--aof-use-rdb-preamble", "no", "--save", ""]
    with running(command, port):
        ask = lambda *words: subprocess.run([client, "-p", str(port), *words], check=True, capture_output=True).stdout  # noqa: E731
        for row in ROWS:
            assert not ask(*row).startswith(b"ERR")
        ask("-n", "3", "SET", "elsewhere", "cy@northmail.example")
        ask("SAVE")
        time.sleep(1.2)
        snapshot = (folder / "dump.rdb").read_bytes()
        commands = next(folder.glob("appendonlydir/*.incr.aof")).read_bytes()
        ask("CONFIG", "SET", "aof-use-rdb-preamble", "yes")
    return {"dump.rdb": snapshot, "appendonly.aof": commands, "mixed.aof": snapshot + b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nb\r\n"}


@pytest.mark.server
def test_every_key_of_a_snapshot_is_a_record(files, reading):
    """Strings, hashes, lists, sets, sorted sets and streams come back as they were written, each key once."""
    batches, aside, used = reading("dump.rdb", files["dump.rdb"])
    rows = _told(batches)

    assert (aside, used) == ([], ["redis-rdb"])
    assert sum(batch.records for batch in batches) == len({row[1] for row in ROWS if row[0] not in ("XGROUP", "XREADGROUP")}) + 1
    assert json.loads(rows["user:1"]["value"])["email"] == "ana.ruiz@northmail.example"
    assert rows["profile:ana@northmail.example"]["value"] == {"email": "ana.ruiz@northmail.example", "city": "Lugo", "age": 31}
    assert rows["queue"]["value"] == ["first", -5, 300, 70000, 9000000000, "x" * 100, "y" * 5_000]
    assert sorted(rows["numbers"]["value"]) == [1, 2, 70000]
    assert sorted(map(str, rows["tags"]["value"])) == ["3", "blue", "red"]
    assert rows["scores"]["value"] == ["bo@northmail.example", "cy"]
    assert [(row["id"], len(row)) for row in rows["events"]["value"]] == [("1700000000000-0", 3), ("1700000000000-1", 3), ("1700000000005-0", 2)]
    assert rows["long"]["value"] == "la la la " * 4_000
    assert rows["session"]["expires"].startswith("2096-10-02")
    assert len(rows["wide"]["value"]) == 600
    assert len(rows["many"]["value"]) == 3_000
    assert len(set(rows["board"]["value"])) == 400
    assert len(set(rows["crowd"]["value"])) == 700


@pytest.mark.server
def test_databases_are_sources_of_their_own(files, reading):
    """A key of database 3 stands in the source `db3`."""
    batches, _, _ = reading("dump.rdb", files["dump.rdb"])

    assert [(batch.source, batch.records) for batch in batches][-1] == ("dump.rdb:db3", 1)


@pytest.mark.server
def test_every_command_with_data_is_a_record(files, reading):
    """An append-only file gives its writes in order, with their database."""
    batches, aside, used = reading("appendonly.aof", files["appendonly.aof"])
    rows = _told(batches)

    assert (aside, used) == ([], ["redis-aof"])
    assert rows["profile:ana@northmail.example"]["value"]["city"] == "Lugo"
    assert {batch.source for batch in batches} == {"appendonly.aof:db0", "appendonly.aof:db3"}


@pytest.mark.server
def test_an_append_only_file_may_begin_with_a_snapshot(files, reading):
    """Both parts are read."""
    batches, aside, used = reading("mixed.aof", files["mixed.aof"])

    assert (aside, used) == ([], ["redis-aof"])
    assert _told(batches)["a"]["value"] == "b"
    assert "user:1" in _told(batches)


@pytest.mark.server
def test_a_cut_snapshot_keeps_what_came_before(files, reading):
    """The rest is named as cut off."""
    batches, aside, _ = reading("dump.rdb", files["dump.rdb"][: len(files["dump.rdb"]) // 2])

    assert [piece.reason for piece in aside] in (["truncated"], ["damaged"])
    assert batches


def test_lzf_repeats_what_it_says():
    """Two literal bytes, then four bytes from two back."""
    assert lzf(b"\x01ab" + bytes([2 << 5, 1]), 6) == b"ababab"


def test_a_snapshot_that_asks_for_more_than_it_packs_is_refused(reading):
    """A packed string that claims 400 MB from ten bytes."""
    content = b"REDIS0009\x00\x01k\xc3\x0a\x80" + (400 << 20).to_bytes(4, "big") + bytes(10) + b"\xff" + bytes(8)
    batches, aside, _ = reading("a.rdb", content)

    assert (batches, [piece.reason for piece in aside]) == ([], ["damaged"])
