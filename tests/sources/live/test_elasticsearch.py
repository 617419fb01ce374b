"""Elasticsearch's and OpenSearch's search API, against osmem, a server made to answer OpenSearch's clients."""

from __future__ import annotations

import json
import subprocess
import urllib.request

import pytest

from leakscope.errors import UnreadableError
from leakscope.model import SetAside
from leakscope.sources import live
from tests.sources.live.servers import free_port, running, servers_python

pytestmark = pytest.mark.server


def _send(port, method, path, body, kind="application/json"):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=body.encode(), method=method, headers={"Content-Type": kind})
    with urllib.request.urlopen(request) as answer:
        return answer.read()


@pytest.fixture(scope="module")
def address():
    """A node with two indices."""
    python, port = servers_python("osmem_server"), free_port()
    binary = subprocess.run([python, "-c", "import osmem_server; print(osmem_server.resolve_binary())"], check=True, capture_output=True, text=True).stdout.strip()
    with running([binary, "-addr", f"127.0.0.1:{port}", "-no-stdin-watch"], port):
        _send(port, "PUT", "/people", '{"mappings":{"properties":{"@timestamp":{"type":"date"},"email":{"type":"keyword"}}}}')
        rows = (
            json.dumps({"index": {"_index": index, "_id": str(number)}}) + "\n" + json.dumps({"email": f"u{number}@x.org", "@timestamp": f"2024-01-{1 + number % 28:02d}T00:00:00Z"}) + "\n"
            for index, count in (("people", 2500), ("metrics", 3))
            for number in range(count)
        )
        _send(port, "POST", "/_bulk?refresh=true", "".join(rows), "application/x-ndjson")
        yield f"opensearch://127.0.0.1:{port}"


def test_every_index_is_read_through_its_scroll(address, taken):
    """Over several pages, each document once, with its id."""
    tables, aside = taken(address)

    assert (list(tables), aside) == (["people", "metrics"], [])
    assert sorted(int(row["_id"]) for row in tables["people"]) == list(range(2500))
    assert tables["people"][0].keys() == {"_id", "email", "@timestamp"}


def test_the_store_tells_rows_size_and_span(address, pieces):
    """The span is that of `@timestamp`."""
    stored = next(one.stored for one in pieces(f"{address}/people") if not isinstance(one, SetAside))

    assert (stored.rows, stored.first[:10], stored.last[:10]) == (2500, "2024-01-01", "2024-01-28")
    assert stored.size_bytes > 10_000


def test_a_sample_comes_again(address, taken, monkeypatch):
    """By the server's seeded score; what was not drawn is counted."""
    monkeypatch.setenv("LEAKSCOPE_LIVE_ROWS", "500")
    first, aside = taken(f"{address}/people")
    again, _ = taken(f"{address}/people")
    monkeypatch.setenv("LEAKSCOPE_LIVE_SEED", "5")
    other, _ = taken(f"{address}/people")

    assert first["people"] == again["people"] != other["people"]
    assert 350 <= len(first["people"]) <= 500
    assert [piece.records for piece in aside] == [2500 - len(first["people"])]


def test_every_scroll_is_let_go_and_no_document_is_written(address, pieces):
    """The only requests that are no search are those that end one."""
    pieces(address)
    asked = live.sent(address)

    assert sum(query.startswith("DELETE /_search/scroll") for query in asked) == sum("?scroll=" in query for query in asked) == 2
    assert all(query.startswith("GET ") or "_search" in query for query in asked)


def test_an_index_that_is_not_there_is_told(address, pieces):
    """By the status only."""
    with pytest.raises(UnreadableError):
        found = pieces(f"{address}/nothing-of-the-kind")
        raise UnreadableError(found[0].detail)
