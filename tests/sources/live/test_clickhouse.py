"""ClickHouse: a server of 2018 over HTTP and its native protocol, today's engine over HTTP, and the protocol's manners."""

from __future__ import annotations

import urllib.request
from pathlib import Path
from threading import Thread

import pytest

from leakscope.errors import UnreadableError, UsageError
from leakscope.model import SetAside
from leakscope.sources import live
from tests.sources.live.servers import free_port, program, running, servers_python

_CONFIG = """<yandex><logger><level>none</level></logger><http_port>{http}</http_port><tcp_port>{tcp}</tcp_port><listen_host>127.0.0.1</listen_host>
<path>{home}/data/</path><tmp_path>{home}/tmp/</tmp_path><users_config>users.xml</users_config><default_profile>default</default_profile>
<default_database>default</default_database><mark_cache_size>5368709</mark_cache_size></yandex>"""
_USERS = """<yandex><profiles><default><max_memory_usage>1000000000</max_memory_usage></default></profiles><users><default><password></password>
<networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota></default></users><quotas><default></default></quotas></yandex>"""
_FILL = (
    "CREATE DATABASE logs",
    "CREATE TABLE logs.log_stream (n UInt64, ts DateTime, `string.names` Array(String), `string.values` Array(String), gone Nullable(String)) ENGINE = MergeTree PARTITION BY tuple() ORDER BY n",
    "INSERT INTO logs.log_stream SELECT number, toDateTime('2024-01-02 03:04:05') + number, ['user'], [concat('u', toString(number), '@x.org')], NULL FROM system.numbers LIMIT 3000",
    "CREATE TABLE logs.rrweb (replay String) ENGINE = Log",
    "INSERT INTO logs.rrweb SELECT 'x' FROM system.numbers LIMIT 5",
    "CREATE TABLE logs.void (n UInt8) ENGINE = Log",
)


def _ask(port, query):
    with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/", data=query.encode())) as answer:
        return answer.read()


def _server(home: Path):
    http, tcp = free_port(), free_port()
    for folder in ("data", "tmp"):
        (home / folder).mkdir()
    (home / "config.xml").write_text(_CONFIG.format(http=http, tcp=tcp, home=home))
    (home / "users.xml").write_text(_USERS)
    return [program("clickhouse-server"), "--config-file=config.xml"], http, tcp


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """(HTTP port, native port) of a real server."""
    home = tmp_path_factory.mktemp("clickhouse")
    command, http, tcp = _server(home)
    with running(command, http, cwd=home):
        for query in _FILL:
            _ask(http, query)
        yield http, tcp


@pytest.fixture(scope="module")
def engine():
    """HTTP port of today's engine."""
    python, port = servers_python("chdb"), free_port()
    with running([python, str(Path(__file__).with_name("clickhouse_bridge.py")), str(port)], port):
        for query in _FILL:
            _ask(port, query)
        yield port


@pytest.fixture(params=["server-http", "server-native", "engine-http"])
def address(request):
    """Each way to ClickHouse."""
    if request.param == "engine-http":
        return f"clickhouse://127.0.0.1:{request.getfixturevalue('engine')}"
    http, tcp = request.getfixturevalue("server")
    if request.param == "server-http":
        return f"clickhouse://127.0.0.1:{http}"
    pytest.importorskip("clickhouse_driver")
    return f"clickhouse+native://127.0.0.1:{tcp}"


@pytest.mark.server
def test_every_table_comes_with_the_logs_before_the_replays(address, taken):
    """All rows, an empty table named as such."""
    tables, aside = taken(address)

    assert list(tables) == ["logs.log_stream", "logs.rrweb"]
    assert (len(tables["logs.log_stream"]), len(tables["logs.rrweb"])) == (3000, 5)
    assert tables["logs.log_stream"][7]["string.values"] == ["u7@x.org"]
    assert [(piece.source.rpartition(":")[2], piece.reason) for piece in aside] == [("logs.void", "empty")]


@pytest.mark.server
def test_the_store_tells_rows_size_and_span(address, pieces):
    """Of the whole table, not of what was read."""
    first = next(one for one in pieces(f"{address}/logs") if not isinstance(one, SetAside))

    assert (first.stored.rows, first.stored.exact) == (3000, True)
    assert first.stored.size_bytes > 1_000
    assert (first.stored.first[:10], first.stored.last[11:16]) == ("2024-01-02", "03:54")


@pytest.mark.server
def test_a_sample_comes_again_though_a_column_is_null(address, taken, monkeypatch):
    """The same seed gives the same rows, another others; what was not drawn is counted."""
    monkeypatch.setenv("LEAKSCOPE_LIVE_ROWS", "500")
    tables, aside = taken(f"{address}/logs")
    again, _ = taken(f"{address}/logs")
    monkeypatch.setenv("LEAKSCOPE_LIVE_SEED", "7")
    other, _ = taken(f"{address}/logs")

    assert tables["log_stream"] == again["log_stream"] != other["log_stream"]
    assert 380 <= len(tables["log_stream"]) <= 500
    assert [piece.records for piece in aside if piece.reason == "not-sampled"] == [3000 - len(tables["log_stream"])]


@pytest.mark.server
def test_a_budget_of_bytes_ends_one_table_and_not_the_next_query(address, taken, monkeypatch):
    """What does not fit is counted; the connection is of use afterwards."""
    monkeypatch.setenv("LEAKSCOPE_LIVE_BYTES", "20000")
    tables, aside = taken(address)

    assert 0 < len(tables["logs.log_stream"]) < 3000
    assert len(tables["logs.log_stream"]) + aside[0].records == 3000
    assert "the budget of bytes" in aside[0].detail


@pytest.mark.server
def test_only_selects_are_sent_and_all_are_known(address, pieces):
    """Every query that went out starts with SELECT."""
    pieces(address)

    assert len(live.sent(address)) > 5
    assert {query.split()[0] for query in live.sent(address)} == {"SELECT"}


@pytest.mark.server
def test_the_server_itself_refuses_to_write(server):
    """Each request carries `readonly=1`, so that even a slip could not change anything."""
    from urllib.parse import urlsplit

    from leakscope.sources.live.clickhouse import connect

    store = connect(urlsplit(f"clickhouse://127.0.0.1:{server[0]}"), None, None, live.Queries())
    with pytest.raises(UnreadableError):
        list(store._asking.rows("CREATE TABLE logs.made (n UInt8) ENGINE = Log"))


@pytest.fixture
def manners(monkeypatch):
    """A server of our own that answers every request with one status: (status setter, address, requests it got)."""
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Answering(BaseHTTPRequestHandler):
        status, asked = 200, []

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.asked.append(self.path)
            self.send_response(self.status)
            self.send_header("Location", f"http://localhost:{self.server.server_port}/elsewhere")
            self.end_headers()
            self.wfile.write(b"canary4711 in the server's words")

        def log_message(self, *_):
            pass

    served = HTTPServer(("127.0.0.1", 0), Answering)
    Thread(target=served.serve_forever, daemon=True).start()
    yield Answering, f"clickhouse://127.0.0.1:{served.server_port}"
    served.shutdown()
    served.server_close()


@pytest.mark.server
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(manners, pieces, status):
    """Only the host that was named is contacted, once."""
    answering, address = manners
    answering.status, answering.asked[:] = status, []
    with pytest.raises(UnreadableError) as told:
        pieces(address)

    assert "points to another address" in str(told.value)
    assert len(answering.asked) == 1


@pytest.mark.server
def test_a_refusal_is_told_without_the_servers_words(manners, pieces):
    """They may quote data."""
    answering, address = manners
    answering.status = 401
    with pytest.raises(UnreadableError) as told:
        pieces(address)

    assert "401" in str(told.value)
    assert "canary" not in str(told.value)


@pytest.mark.parametrize("address", ["clickhouse://192.0.2.1", "clickhouse+native://192.0.2.1", "mongodb://192.0.2.1", "elasticsearch://192.0.2.1", "redis://192.0.2.1", "s3+http://192.0.2.1/b"])
def test_a_password_never_travels_in_the_open(address, pieces, monkeypatch):
    """Not to another machine without TLS, whatever the store; nothing is contacted."""
    kind = live.kinds()[address.partition("://")[0]]
    monkeypatch.setenv(kind.password_variable, "canary4711")
    monkeypatch.setenv(kind.user_variable, "reader")
    with pytest.raises(UsageError) as told:
        pieces(address)

    assert "canary" not in str(told.value)
