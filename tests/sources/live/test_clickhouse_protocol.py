"""ClickHouse's HTTP protocol against a server of our own that speaks as much of it as is used: a protocol check, no real server."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from leakscope.errors import UnreadableError
from leakscope.model import SetAside
from leakscope.sources import live
from leakscope.sources.evidence import gather

ROWS = [{"ts": "2024-01-02 03:04:05", "string.names": ["user"], "string.values": [f"u{number}@x.org"]} for number in range(10)]


class _Fake(BaseHTTPRequestHandler):
    asked: list[tuple[str, dict]] = []  # noqa: RUF012 (shared on purpose: what the server was asked)
    status = 200

    def do_POST(self):
        query = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked.append((query, parse_qs(urlsplit(self.path).query)))
        if "system.tables" in query:
            rows = [{"database": "logs", "name": name, "rows": count, "bytes": 100} for name, count in (("rrweb", 10), ("log_stream", 10), ("void", 0))]
        else:
            rows = ROWS if "FROM" in query else [{"1": 1}]
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(b"".join(json.dumps(row).encode() + b"\n" for row in rows))

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    """Its address."""
    monkeypatch.setenv("CLICKHOUSE_PASSWORD", "")
    live.acquire.cache_clear()
    _Fake.asked, _Fake.status = [], 200
    served = HTTPServer(("127.0.0.1", 0), _Fake)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield f"clickhouse://127.0.0.1:{served.server_port}"
    served.shutdown()
    served.server_close()


def test_tables_come_with_the_logs_first_and_every_request_is_read_only(server):
    """A stream of logs stands before session replays; an empty table is named."""
    pieces = list(gather([server]))
    found = [one for one in pieces if not isinstance(one, SetAside)]

    assert [one.name.rpartition(":")[2] for one in found] == ["logs.log_stream", "logs.rrweb"]
    assert [orjson.loads(line) for line in found[0].open().read().splitlines()] == ROWS
    assert [piece.reason for piece in pieces if isinstance(piece, SetAside)] == ["empty"]
    assert all(settings["readonly"] == ["1"] for _, settings in _Fake.asked)
    assert all(query.split()[0] == "SELECT" for query, _ in _Fake.asked)


def test_a_large_table_is_sampled_by_a_seeded_hash(server, monkeypatch):
    """The share stands in the query, so that it can be asked again."""
    monkeypatch.setenv("LEAKSCOPE_LIVE_ROWS", "5")
    monkeypatch.setenv("LEAKSCOPE_LIVE_SEED", "3")
    list(gather([server]))

    assert sum(f"cityHash64(3, *) < {2**63}" in query for query, _ in _Fake.asked) == 2


def test_a_refusal_is_told_by_kind_only(server):
    """Words of the server are not repeated."""
    _Fake.status = 401
    with pytest.raises(UnreadableError):
        list(gather([server]))
