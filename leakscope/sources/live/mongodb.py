"""
MongoDB: collections by `find`, with the one server that was named (no discovery of others) and reading commands alone.

A large collection is sampled by its ids: they are read in the order of their index, and a seeded hash of each decides, so the same
documents come again. On a replica set (5.0 and later) all reads are of one snapshot. Every command that the client sends is noted.

References:
    https://www.mongodb.com/docs/manual/reference/command/, /docs/manual/reference/read-concern-snapshot/ (read 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any
from urllib.parse import SplitResult

import orjson

from leakscope.sources.json_lenient import written
from leakscope.sources.live import Kind, Limits, Queries, Store, Table, drawn
from leakscope.sources.live.web import require_tls
from leakscope.sources.tables import text_of

_OWN = ("admin", "config", "local")
#: The first wire version whose replica sets read from a snapshot outside a transaction (5.0).
_SNAPSHOTS = 13
_FETCH = 500


def _text(value: Any) -> Any:
    return {str(name): inner for name, inner in value.items()} if isinstance(value, dict) else text_of(value)


def _line(document: Any) -> bytes:
    return written(document, default=_text, option=orjson.OPT_NON_STR_KEYS)


def _listener(queries: Queries) -> Any:
    """Notes each command by its name and collection; filters stay out, since they hold ids."""
    from pymongo.monitoring import CommandListener

    class Listener(CommandListener):
        """Told by the client of everything it sends."""

        def started(self, event: Any) -> None:
            """A command is about to be sent."""
            target = event.command.get(event.command_name)
            queries.note(f"{event.command_name} {event.database_name}{f'.{target}' if isinstance(target, str) else ''}")

        def succeeded(self, event: Any) -> None:
            """Nothing to note."""

        def failed(self, event: Any) -> None:
            """Nothing to note."""

    return Listener()


class _MongoDB:
    """A client of one server."""

    def __init__(self, client: Any, only: str | None) -> None:
        self._client, self._only = client, only
        self._names: dict[str, tuple[str, str]] = {}
        answer = client.admin.command("hello")
        snapshot = "setName" in answer and answer.get("maxWireVersion", 0) >= _SNAPSHOTS
        self._session = client.start_session(snapshot=True) if snapshot else None

    def tables(self) -> list[Table]:
        """Collections of the database named, or of all that are not the server's own."""
        databases = [self._only] if self._only else [name for name in self._client.list_database_names() if name not in _OWN]
        return [self._table(database, name) for database in databases for name in sorted(self._client[database].list_collection_names(filter={"type": "collection"})) if not name.startswith("system.")]

    def _table(self, database: str, name: str) -> Table:
        shown = name if self._only else f"{database}.{name}"
        self._names[shown] = database, name
        collection = self._client[database][name]
        first, last = self._span(collection)
        return Table(name=shown, rows=collection.count_documents({}, session=self._session), exact=True, size_bytes=self._size(database, name), first=first, last=last)

    def _size(self, database: str, name: str) -> int | None:
        from pymongo.errors import PyMongoError

        with suppress(PyMongoError, KeyError, TypeError, ValueError):
            answer = self._client[database].command("collStats", name)
            return int(answer.get("totalSize") or answer["size"])
        return None

    def _span(self, collection: Any) -> tuple[str | None, str | None]:
        """When the first and the last document were made, where their ids tell (ObjectId)."""
        from bson import ObjectId

        ends = [collection.find_one({}, {"_id": 1}, sort=[("_id", way)], session=self._session) for way in (1, -1)]
        times = [end["_id"].generation_time.isoformat() for end in ends if end and isinstance(end.get("_id"), ObjectId)]
        return (times[0], times[1]) if len(times) == 2 else (None, None)

    def lines(self, table: Table, limits: Limits) -> Iterator[bytes]:
        """Documents in the order of their ids."""
        database, name = self._names[table.name]
        collection = self._client[database][name]
        if table.rows <= limits.rows:
            yield from map(_line, collection.find({}, sort=[("_id", 1)], batch_size=_FETCH, session=self._session))
            return
        share = limits.share(table.rows)
        ids = (one["_id"] for one in collection.find({}, {"_id": 1}, sort=[("_id", 1)], session=self._session))
        chosen = (one for one in ids if drawn(_line({"_id": one}), share, limits.seed))
        while some := list(islice(chosen, _FETCH)):
            yield from map(_line, collection.find({"_id": {"$in": some}}, sort=[("_id", 1)], session=self._session))

    def close(self) -> None:
        """Hang up."""
        if self._session is not None:
            self._session.end_session()
        self._client.close()


def connect(address: SplitResult, user: str | None, password: str | None, queries: Queries) -> Store:
    """
    The server that the address names; the path names one database, none means all.

    Raises:
        UsageError: a password would go over a plain line.
    """
    from pymongo import MongoClient

    secure = address.scheme == "mongodbs"
    if not secure:
        require_tls(address, password, "mongodbs")
    login: dict[str, Any] = {"username": user, "password": password or "", "authSource": "admin"} if user else {}
    client: Any = MongoClient(
        address.hostname, address.port or 27017, directConnection=True, tls=secure, serverSelectionTimeoutMS=20_000, socketTimeoutMS=120_000, retryWrites=False, appname="leakscope", event_listeners=[_listener(queries)], tz_aware=True, unicode_decode_error_handler="replace", **login
    )
    return _MongoDB(client, address.path.strip("/") or None)


KIND = Kind(schemes=("mongodb", "mongodbs"), title="MongoDB", connect=connect, user_variable="MONGODB_USER", password_variable="MONGODB_PASSWORD")
