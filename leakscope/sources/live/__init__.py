"""
Live stores, read-only: what an outsider could have read, within a budget, as a consistent seeded sample.

A store is read once per run, inside one read-only transaction where it has them, into memory: each table becomes evidence of its own
(`postgresql://host/base:table`), JSON lines in the order read, with the queries that gave it; each object of a bucket is evidence with its
own bytes. Only the host in the address is contacted.
Credentials come from the environment or from a prompt; an address with a password in it is refused, since addresses end up in histories.

Budget, from the environment: LEAKSCOPE_LIVE_ROWS (a table, 20,000), LEAKSCOPE_LIVE_BYTES (all tables, 256 MiB),
LEAKSCOPE_LIVE_SECONDS (all tables, 300), LEAKSCOPE_LIVE_SEED (0).
"""

from __future__ import annotations

import getpass
import hashlib
import io
import os
import sys
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

from leakscope.errors import SetAsideError, UnreadableError, UsageError
from leakscope.model import SetAside
from leakscope.registry import discover
from leakscope.safety.escape import plain
from leakscope.sources.evidence import Evidence, Stored
from leakscope.sources.promise import rank

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """
    What may be taken from a store.

    Args:
        rows: from one table.
        size_bytes: from all tables together.
        seconds: for all of it.
        seed: of the sample.
    """

    rows: int = 20_000
    size_bytes: int = 256 << 20
    seconds: float = 300.0
    seed: int = 0

    def share(self, rows: int) -> float:
        """Share of a table of `rows` to draw, independently each, so that more than the budget is unlikely: two standard deviations below it."""
        return min(1.0, max(self.rows - 2 * self.rows**0.5, self.rows / 2) / rows) if rows > self.rows else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """
    A table, collection or key space of a store.

    Args:
        name: as the store has it, with its schema where there are several.
        rows: how many there are; an estimate for large ones.
        exact: whether `rows` was counted.
        size_bytes: on the store's disk; null when it does not tell.
        first, last: span of the times in all its rows (RFC 3339), where the store told them.
        is_file: an object of a bucket: what comes of it are its bytes, not rows.
    """

    name: str
    rows: int
    exact: bool
    size_bytes: int | None = None
    first: str | None = None
    last: str | None = None
    is_file: bool = False


@dataclass(slots=True)
class Queries:
    """Every query sent, in order."""

    sent: list[str] = field(default_factory=list)

    def note(self, query: str) -> str:
        """`query`, after writing it down."""
        self.sent.append(" ".join(query.split()))
        return query


class Store(Protocol):
    """An open connection that can only read."""

    def tables(self) -> list[Table]:
        """What there is."""

    def lines(self, table: Table, limits: Limits) -> Iterator[bytes]:
        """Rows of `table` as JSON objects, at most `limits.rows`: all of them, or a seeded sample; pieces of a file as they come."""

    def close(self) -> None:
        """Let go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """
    A kind of store.

    Args:
        schemes: address schemes.
        title: for people to read.
        connect: (address, user, password, queries) -> store; raises any error of its library.
        user_variable, password_variable: where the environment holds the credentials.
        extra: what to install when the client is missing.
    """

    schemes: tuple[str, ...]
    title: str
    connect: Callable[[SplitResult, str | None, str | None, Queries], Store]
    user_variable: str
    password_variable: str
    extra: str | None = None


@cache
def kinds() -> Mapping[str, Kind]:
    """Kinds of stores by address scheme."""
    return {scheme: kind for kind in discover(sys.modules[__name__], "KIND").values() for scheme in kind.schemes}


def is_address(text: str) -> bool:
    """Whether `text` names a live store rather than a file."""
    scheme, mark, _ = text.partition("://")
    return bool(mark) and scheme.lower() in kinds()


def limits() -> Limits:
    """
    The budget as the environment states it.

    Raises:
        UsageError: a figure is no number.
    """
    standard = Limits()
    try:
        return Limits(
            rows=int(os.environ.get("LEAKSCOPE_LIVE_ROWS", standard.rows)),
            size_bytes=int(os.environ.get("LEAKSCOPE_LIVE_BYTES", standard.size_bytes)),
            seconds=float(os.environ.get("LEAKSCOPE_LIVE_SECONDS", standard.seconds)),
            seed=int(os.environ.get("LEAKSCOPE_LIVE_SEED", standard.seed)),
        )
    except ValueError:
        raise UsageError("A LEAKSCOPE_LIVE_ variable is not a number") from None


@cache
def acquire(address: str) -> tuple[Evidence | SetAside, ...]:
    """
    The tables of the store at `address` as evidence, those most worth a look first; the same answer within one process.

    Raises:
        UsageError: the address is malformed or holds a password.
        UnreadableError: the store cannot be reached.
    """
    parts = urlsplit(address)
    kind = kinds()[parts.scheme.lower()]
    if parts.password is not None:
        raise UsageError("An address must not hold a password.", hint=f"Put it into {kind.password_variable}, or leave it out to be asked.")
    if not parts.hostname:
        raise UsageError(f"The address names no host; write {parts.scheme}://host/database.")
    user = parts.username or os.environ.get(kind.user_variable)
    queries = Queries()
    _SENT[address] = queries
    return tuple(_taken(_shown(parts), kind, parts, (user, _password(kind)), queries))


#: What was asked at each address, for the ledger.
_SENT: dict[str, Queries] = {}


def sent(address: str) -> tuple[str, ...]:
    """Every query that was sent to `address` in this process, in order."""
    return tuple(_SENT[address].sent) if address in _SENT else ()


def _password(kind: Kind) -> str | None:
    given = os.environ.get(kind.password_variable)
    return getpass.getpass(f"Password for {kind.title} (empty for none): ", stream=sys.stderr) or None if given is None and sys.stdin.isatty() else given


def _shown(parts: SplitResult) -> str:
    port = f":{parts.port}" if parts.port else ""
    return plain(f"{parts.scheme}://{parts.hostname}{port}{parts.path.rstrip('/')}")


def _taken(shown: str, kind: Kind, parts: SplitResult, login: tuple[str | None, str | None], queries: Queries) -> Iterator[Evidence | SetAside]:
    budget = limits()
    try:
        store = kind.connect(parts, *login, queries)
    except ImportError:
        raise UnreadableError(f"{kind.title} needs a client that is not installed.", hint=f"pip install '{kind.extra}'") from None
    except (UnreadableError, UsageError):
        raise
    except Exception as error:  # clients raise kinds of their own, with addresses and names in their words
        raise UnreadableError(f"{shown} cannot be read: {type(error).__name__}.", hint="Check host, port, user and password; set them as docs/sources.md says.") from None
    until, left = time.monotonic() + budget.seconds, budget.size_bytes
    try:
        for table in sorted(store.tables(), key=lambda one: rank(one.name)):
            for piece in _told(shown, store, table, queries, budget, until=until, left=left):
                left -= piece.size_bytes or 0 if isinstance(piece, Evidence) else 0
                yield piece
        yield from getattr(store, "aside", lambda: ())()
    except SetAsideError as error:
        yield SetAside(source=shown, reason=error.reason, detail=error.message)
    except Exception as error:  # as above
        yield SetAside(source=shown, reason="connection-lost", detail=f"The store stopped answering: {type(error).__name__}.")
    finally:
        store.close()


def _told(shown: str, store: Store, table: Table, queries: Queries, budget: Limits, *, until: float, left: int) -> Iterator[Evidence | SetAside]:
    """As `_table`; a table that the store refuses does not end the others."""
    try:
        yield from _table(shown, store, table, queries, budget, until=until, left=left)
    except SetAsideError as error:
        rows = table.rows if table.exact and not table.is_file else None
        yield SetAside(source=f"{shown}:{plain(table.name)}", reason=error.reason, detail=error.message, records=rows, size_bytes=table.size_bytes)


def _table(shown: str, store: Store, table: Table, queries: Queries, budget: Limits, *, until: float, left: int) -> Iterator[Evidence | SetAside]:
    source, before = f"{shown}:{plain(table.name)}", len(queries.sent)
    held, reason = _held(store, table, budget, until=until, left=left)
    gathered = b"" if table.is_file else b"\n"
    content = b"".join(line + gathered for line in held)
    if table.is_file:
        yield from _whole(source, table, content, reason, tuple(queries.sent[before:]))
        return
    told = f"{table.rows:,} rows" + ("" if table.exact else " (estimated)") + (f", {table.size_bytes:,} bytes" if table.size_bytes is not None else "")
    if held:
        yield Evidence(name=source, opener=lambda: io.BytesIO(content), size_bytes=len(content), queries=tuple(queries.sent[before:]), stored=_stored(source, table))
    missing = max(0, table.rows - len(held))
    if missing or not held:
        why = reason or ("a random sample was drawn" if held else "the table is empty" if not table.rows else "nothing could be read")
        detail = f"{len(held):,} rows read of {told}: {why}."
        yield SetAside(source=source, reason="not-sampled" if missing else "empty", detail=detail, records=missing if table.exact else None)


def _held(store: Store, table: Table, budget: Limits, *, until: float, left: int) -> tuple[list[bytes], str | None]:
    """What was read of `table`, and which budget ended it."""
    held: list[bytes] = []
    size = 0
    if table.is_file and (table.size_bytes or 0) > left:
        return [], "the budget of bytes"
    with closing(_lines(store, table, budget)) as lines:
        for line in lines:  # a row at a time, since each counts against the budget
            if size + len(line) > left or time.monotonic() > until:
                return held, "the budget of bytes" if size + len(line) > left else "the budget of time"
            held.append(line)
            size += len(line) + 1
            if len(held) >= budget.rows and not table.is_file:
                break
    return held, None


def _lines(store: Store, table: Table, budget: Limits) -> Generator[bytes, None, None]:
    """The store's rows; closing this lets the store end its query."""
    if table.rows:
        yield from store.lines(table, budget)


def _whole(source: str, table: Table, content: bytes, reason: str | None, queries: tuple[str, ...]) -> Iterator[Evidence | SetAside]:
    """An object as evidence; one that the budget cut off is set aside rather than read in part."""
    if reason:
        yield SetAside(source=source, reason="not-sampled", detail=f"Not read: {reason}.", size_bytes=table.size_bytes)
    elif not content:
        yield SetAside(source=source, reason="empty", detail="The object is empty.", records=0, size_bytes=0)
    else:
        yield Evidence(name=source, opener=lambda: io.BytesIO(content), size_bytes=len(content), queries=queries, stored=_stored(source, table))


def _stored(source: str, table: Table) -> Stored:
    return Stored(address=source.removesuffix(f":{plain(table.name)}"), rows=None if table.is_file else table.rows, exact=table.exact, size_bytes=table.size_bytes, first=table.first, last=table.last)


def drawn(key: bytes, share: float, seed: int) -> bool:
    """Whether a seeded hash of `key` falls under `share`: the same answer for the same seed, whatever the order."""
    ticket = int.from_bytes(hashlib.blake2b(key, digest_size=8, salt=seed.to_bytes(8, "little", signed=True)).digest(), "big")
    return ticket < share * 2**64


def own(address: SplitResult) -> bool:
    """Whether the store is on this machine, where a connection needs no encryption."""
    return address.hostname in _LOOPBACK


def broken(message: str, reason: str = "bad-answer") -> SetAsideError:
    """The store answered something that its protocol does not know, or that must not be followed."""
    return SetAsideError(message, reason=reason)
