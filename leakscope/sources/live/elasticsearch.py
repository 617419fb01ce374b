"""
Elasticsearch and OpenSearch over HTTP: indices by scroll, which reads one consistent view of each.

The sample of a large index is the server's `random_score` with a seed over `_seq_no`: the same documents again for the same seed.
Only reading requests are sent; a scroll is a cursor that the server forgets, and it is told to when the reading ends.

References:
    https://www.elastic.co/docs/api/doc/elasticsearch/ (search, scroll, cat indices, function score), https://docs.opensearch.org/latest/api-reference/
    (read 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import SplitResult, quote

import orjson

from leakscope.errors import SetAsideError
from leakscope.sources.json_lenient import written
from leakscope.sources.live import Kind, Limits, Queries, Store, Table
from leakscope.sources.live.web import Site, basic, require_tls

_FETCH = 1_000
_KEEP = "2m"
_SECURE = ("elasticsearchs", "opensearchs")


class _Elasticsearch:
    """A node; every request is one of its own."""

    def __init__(self, site: Site, queries: Queries, only: str | None) -> None:
        self._site, self._queries, self._only = site, queries, only

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The answer, after the request was noted; the scroll's own id is left out of the note."""
        shown = "" if body is None or "scroll_id" in body else f" {orjson.dumps(body).decode()}"
        self._queries.note(f"{method} {path}{shown}")
        return self._site.json(method, path, body)

    def tables(self) -> list[Table]:
        """Open indices of the pattern in the address, or all but the cluster's own (a dot before the name)."""
        listed = self.ask("GET", f"/_cat/indices{f'/{quote(self._only)}' if self._only else ''}?format=json&bytes=b&h=index,docs.count,store.size,status")
        names = sorted((one for one in listed if one.get("status", "open") == "open" and (self._only or not one["index"].startswith("."))), key=lambda one: one["index"])
        return [self._table(one) for one in names]

    def _table(self, row: dict[str, Any]) -> Table:
        name = row["index"]
        count = self.ask("GET", f"/{quote(name)}/_count")["count"]
        first, last = self._span(name) if count else (None, None)
        size = str(row.get("store.size") or "")
        return Table(name=name, rows=int(count), exact=True, size_bytes=int(size) if size.isdigit() else None, first=first, last=last)

    def _span(self, name: str) -> tuple[str | None, str | None]:
        """The span of `@timestamp`, else of the first date in the mapping."""
        dates = sorted(_dates(self.ask("GET", f"/{quote(name)}/_mapping").get(name, {}).get("mappings", {})), key=lambda one: (one != "@timestamp", one))
        if not dates:
            return None, None
        try:
            found = self.ask("POST", f"/{quote(name)}/_search", {"size": 0, "aggs": {kind: {kind: {"field": dates[0]}} for kind in ("min", "max")}})["aggregations"]
        except (SetAsideError, KeyError):
            return None, None
        return found["min"].get("value_as_string"), found["max"].get("value_as_string")

    def lines(self, table: Table, limits: Limits) -> Iterator[bytes]:
        """Documents, each with its id."""
        answer = self.ask("POST", f"/{quote(table.name)}/_search?scroll={_KEEP}", {"size": _FETCH, "sort": ["_doc"], **_sampled(table, limits)})
        held = answer.get("_scroll_id")
        try:
            while hits := answer["hits"]["hits"]:
                yield from (written({"_id": hit.get("_id"), **hit.get("_source", {})}) for hit in hits)
                answer = self.ask("POST", "/_search/scroll", {"scroll": _KEEP, "scroll_id": held})
                held = answer.get("_scroll_id", held)
        finally:
            self.ask("DELETE", "/_search/scroll", {"scroll_id": held})

    def close(self) -> None:
        """Nothing stays open."""


def _sampled(table: Table, limits: Limits) -> dict[str, Any]:
    """The query: all documents, or those whose seeded score is high enough."""
    if table.rows <= limits.rows:
        return {"query": {"match_all": {}}}
    score = {"query": {"match_all": {}}, "random_score": {"seed": limits.seed, "field": "_seq_no"}, "boost_mode": "replace"}
    return {"query": {"function_score": score}, "min_score": 1 - limits.share(table.rows)}


def _dates(mapping: dict[str, Any], before: str = "") -> Iterator[str]:
    """Fields of type date, by their paths."""
    for name, one in mapping.get("properties", {}).items():
        if one.get("type") in ("date", "date_nanos"):
            yield f"{before}{name}"
        yield from _dates(one, f"{before}{name}.")


def connect(address: SplitResult, user: str | None, password: str | None, queries: Queries) -> Store:
    """
    A node that answered once; a password without a user is an API key.

    Raises:
        UsageError: a password would go over a plain line.
    """
    secure = address.scheme in _SECURE
    if not secure:
        require_tls(address, password, f"{address.scheme}s")
    headers = basic(user, password) or ({"Authorization": f"ApiKey {password}"} if password else {})
    store = _Elasticsearch(Site(host=address.hostname or "", port=address.port or 9200, secure=secure, headers=headers), queries, address.path.strip("/") or None)
    store.ask("GET", "/")
    return store


KIND = Kind(schemes=("elasticsearch", "elasticsearchs", "opensearch", "opensearchs"), title="Elasticsearch or OpenSearch", connect=connect, user_variable="ELASTIC_USER", password_variable="ELASTIC_PASSWORD")
