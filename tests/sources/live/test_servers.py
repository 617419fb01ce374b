"""Live stores against real servers, started here on the loopback; skipped where a server is not installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import orjson
import pytest

from leakscope.errors import UnreadableError, UsageError
from leakscope.model import SetAside
from leakscope.sources import live
from leakscope.sources.evidence import gather

pytestmark = pytest.mark.server


def _port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


def _program(*names: str) -> str:
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"{names[0]} is not installed")
    return found


def _answers(port: int, seconds: float = 30.0) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the server did not start")


def _ready(command: list[str], seconds: float = 30.0) -> None:
    """Wait until the server takes queries: its port opens before that."""
    until = time.monotonic() + seconds
    while subprocess.run(command, capture_output=True).returncode and time.monotonic() < until:
        time.sleep(0.1)


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    monkeypatch.setenv("PGPASSWORD", "x")
    monkeypatch.setenv("REDIS_PASSWORD", "")
    live.acquire.cache_clear()


@pytest.fixture(scope="module")
def postgres():
    """A server with two tables: (address, psql runner)."""
    initdb, server, psql = _program("initdb"), _program("postgres"), _program("psql")
    with tempfile.TemporaryDirectory() as folder:
        as_user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
        home = Path(folder) / "pg"
        home.mkdir()
        if as_user:
            Path(folder).chmod(0o755)
            os.chown(home, 65534, 65534)
        subprocess.run([*as_user, initdb, "-D", home / "d", "-U", "postgres", "-A", "trust", "--no-sync"], check=True, capture_output=True, cwd=home)
        port = _port()
        process = subprocess.Popen([*as_user, server, "-D", home / "d", "-p", str(port), "-k", str(home), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=home)
        try:
            _answers(port)
            _ready([psql, "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-c", "SELECT 1"])
            run = lambda query: subprocess.run([psql, "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-X", "-q", "-c", query], check=True, capture_output=True, text=True).stdout  # noqa: E731
            run("CREATE TABLE zebra (a int); INSERT INTO zebra VALUES (1); CREATE TABLE users (id int, email text, at timestamptz); INSERT INTO users SELECT n, 'u' || n || '@x.org', now() FROM generate_series(1, 5000) n; CREATE SCHEMA audit; CREATE TABLE audit.\"odd \"\" name\" (v bytea); INSERT INTO audit.\"odd \"\" name\" VALUES ('abc')")
            yield f"postgresql://127.0.0.1:{port}/postgres", run
        finally:
            process.terminate()
            process.wait(20)


def _taken(address):
    pieces = list(gather([address]))
    return {one.name.rpartition(":")[2]: [orjson.loads(line) for line in one.open().read().splitlines()] for one in pieces if not isinstance(one, SetAside)}, [one for one in pieces if isinstance(one, SetAside)]


def test_every_table_of_postgresql_is_evidence(postgres):
    """Complete where the budget allows, people's tables first, any name."""
    address, _ = postgres
    tables, aside = _taken(address)

    assert (list(tables), aside) == (["users", 'audit.odd " name', "zebra"], [])
    assert (len(tables["users"]), tables["users"][0]["email"]) == (5000, "u1@x.org")


def test_a_sample_comes_again_and_the_rest_is_counted(postgres, monkeypatch):
    """The same seed gives the same rows; what was not drawn is set aside with its number."""
    address, _ = postgres
    monkeypatch.setenv("LEAKSCOPE_LIVE_ROWS", "500")
    first, aside = _taken(address)
    live.acquire.cache_clear()
    again, _ = _taken(address)
    monkeypatch.setenv("LEAKSCOPE_LIVE_SEED", "7")
    live.acquire.cache_clear()
    other, _ = _taken(address)

    assert first["users"] == again["users"] != other["users"]
    assert 400 <= len(first["users"]) <= 500
    assert [(piece.reason, piece.records) for piece in aside] == [("not-sampled", 5000 - len(first["users"]))]


def test_nothing_is_written_and_every_query_is_known(postgres):
    """The server counts no write of this connection; all queries are reads."""
    address, run = postgres
    before = run("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables")
    pieces = [one for one in gather([address]) if not isinstance(one, SetAside)]

    assert run("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables") == before
    assert all(query.startswith(("DECLARE evidence NO SCROLL CURSOR FOR SELECT", "BEGIN", "SET LOCAL", "SELECT")) for piece in pieces for query in piece.queries)
    assert all(piece.queries for piece in pieces)


def test_what_pg_dump_writes_is_read_back(postgres, reading):
    """Plain form, COPY and INSERT, row for row."""
    address, _ = postgres
    port = address.split(":")[2].split("/")[0]
    for form in ([], ["--inserts"], ["--rows-per-insert=100"]):
        content = subprocess.run([_program("pg_dump"), "-h", "127.0.0.1", "-p", port, "-U", "postgres", *form, "postgres"], check=True, capture_output=True).stdout
        batches, aside, used = reading("d.sql", content)
        counts = {}
        for batch in batches:
            counts[batch.source] = counts.get(batch.source, 0) + batch.records

        assert (used, aside) == (["sql"], [])
        assert {source: count for source, count in counts.items() if source != "d.sql"} == {'d.sql:odd " name': 1, "d.sql:users": 5000, "d.sql:zebra": 1}


@pytest.fixture(scope="module")
def redis():
    """A server with keys of every type."""
    program, client = _program("redis-server"), _program("redis-cli")
    port = _port()
    process = subprocess.Popen([program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"], stdout=subprocess.DEVNULL)
    try:
        _answers(port)
        commands = ["SET mail:1 ana@x.org", "HSET user:1 name Ana phone 030", "RPUSH list a b", "SADD set x", "ZADD z 1 m", "XADD s * k v", *(f"SET n:{number} {number}" for number in range(300))]
        subprocess.run([client, "-p", str(port)], input="\n".join(commands), text=True, check=True, capture_output=True)
        yield f"redis://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def test_every_type_of_redis_key_is_read(redis, monkeypatch):
    """Values stand beside their key; a smaller budget draws the same keys again."""
    tables, aside = _taken(redis)
    rows = {row["key"]: row["value"] for row in tables["db0"]}

    assert (aside, len(rows)) == ([], 306)
    assert (rows["mail:1"], rows["user:1"], rows["list"], rows["set"], rows["z"]) == ("ana@x.org", {"name": "Ana", "phone": "030"}, ["a", "b"], ["x"], ["m"])
    monkeypatch.setenv("LEAKSCOPE_LIVE_ROWS", "50")
    live.acquire.cache_clear()
    some, rest = _taken(redis)
    assert 20 <= len(some["db0"]) <= 50
    assert rest[0].records == 306 - len(some["db0"])


@pytest.fixture(scope="module")
def mariadb():
    """A server with a table of people: (address, socket)."""
    install, server, client = _program("mariadb-install-db", "mysql_install_db"), _program("mariadbd", "mysqld"), _program("mariadb", "mysql")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        user = ["--user=root"] if os.geteuid() == 0 else []
        subprocess.run([install, "--no-defaults", f"--datadir={home / 'd'}", "--auth-root-authentication-method=normal", "--skip-test-db", *user], check=True, capture_output=True)
        port = _port()
        process = subprocess.Popen([server, "--no-defaults", f"--datadir={home / 'd'}", f"--port={port}", "--bind-address=127.0.0.1", f"--socket={home / 's'}", f"--pid-file={home / 'p'}", *user], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _answers(port)
            script = "CREATE DATABASE shop; USE shop; CREATE TABLE users (id int, name varchar(99), born date, raw blob); " + "".join(
                f"INSERT INTO users VALUES ({number}, 'O\\'Hara {number}; (x)', '1990-01-02', x'FF00');" for number in range(3000)
            )
            _ready([client, "--no-defaults", "-uroot", f"-S{home / 's'}", "-e", "SELECT 1"])
            subprocess.run([client, "--no-defaults", "-uroot", f"-S{home / 's'}"], input=script, text=True, check=True, capture_output=True)
            yield f"mysql://127.0.0.1:{port}/shop", home / "s"
        finally:
            process.terminate()
            process.wait(30)


def test_every_table_of_mariadb_is_evidence(mariadb, monkeypatch):
    """All rows, or a sample that comes again."""
    monkeypatch.setenv("MYSQL_PWD", "")
    tables, aside = _taken(mariadb[0])

    assert (aside, len(tables["users"])) == ([], 3000)
    assert tables["users"][5] == {"id": 5, "name": "O'Hara 5; (x)", "born": "1990-01-02", "raw": "ff00"}
    monkeypatch.setenv("LEAKSCOPE_LIVE_ROWS", "300")
    live.acquire.cache_clear()
    first, aside = _taken(mariadb[0])
    live.acquire.cache_clear()
    assert first == _taken(mariadb[0])[0]
    assert 200 <= len(first["users"]) <= 300
    assert aside[0].records == 3000 - len(first["users"])


def test_what_mariadb_dump_writes_is_read_back(mariadb, reading):
    """Row for row, extended inserts and single ones."""
    for form in ([], ["--skip-extended-insert", "--complete-insert"], ["--hex-blob"]):
        content = subprocess.run([_program("mariadb-dump", "mysqldump"), "--no-defaults", "-uroot", f"-S{mariadb[1]}", *form, "shop"], check=True, capture_output=True).stdout
        batches, aside, used = reading("d.sql", content)
        rows = [row for batch in batches if batch.source == "d.sql:users" for row in batch.frame.to_dicts()]

        assert (used, aside, len(rows)) == (["sql"], [], 3000)
        assert (rows[7]["id"], rows[7]["name"], rows[7]["born"]) == ("7", "O'Hara 7; (x)", "1990-01-02")


def test_an_address_with_a_password_is_refused():
    """Addresses end up in shell histories."""
    with pytest.raises(UsageError):
        list(gather(["postgresql://user:secret@127.0.0.1/x"]))


def test_a_host_that_does_not_answer_is_told_without_its_words():
    """The message names the address and the kind of error only."""
    with pytest.raises(UnreadableError) as told:
        list(gather([f"postgresql://127.0.0.1:{_port()}/x"]))

    assert "cannot be read" in str(told.value)


def test_an_unknown_scheme_is_bad_use():
    """With those that are known."""
    with pytest.raises(UsageError) as told:
        list(gather(["gopher://127.0.0.1/x"]))

    assert "redis" in str(told.value)
