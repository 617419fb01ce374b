"""
Live stores, read-only: what an outsider could have read, within a budget, as a consistent seeded sample.

A store is read once per run, inside one read-only transaction where it has them, into memory: each table becomes evidence of its own
(`postgresql://host/base:table`), JSON lines in the order read, with the queries that gave it. Only the host in the address is contacted.
Credentials come from the environment or from a prompt; an address with a password in it is refused, since addresses end up in histories.

Budget, from the environment: LEAKSCOPE_LIVE_ROWS (a table, 20,000), LEAKSCOPE_LIVE_BYTES (all tables, 256 MiB),
LEAKSCOPE_LIVE_SECONDS (all tables, 300), LEAKSCOPE_LIVE_SEED (0).
"""

from __future__ import annotations

import getpass
import io
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

from leakscope.errors import SetAsideError, UnreadableError, UsageError
from leakscope.model import SetAside
from leakscope.registry import discover
from leakscope.safety.escape import plain
from leakscope.sources.evidence import Evidence

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
#: Words in a table's name that make it worth a look before others, best first.
_FIRST = ("log_stream", "log", "chat", "message", "conversation", "prompt", "session", "user", "customer", "account", "person", "contact", "token", "secret", "key", "credential", "order", "payment")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """
    A table, collection or key space of a store.

    Args:
        name: as the store has it, with its schema where there are several.
        rows: how many there are; an estimate for large ones.
        exact: whether `rows` was counted.
        size_bytes: on the store's disk; null when it does not tell.
    """

    name: str
    rows: int
    exact: bool
    size_bytes: int | None = None


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
        """Rows of `table` as JSON objects, at most `limits.rows`: all of them, or a seeded sample."""

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
    return tuple(_taken(_shown(parts), kind, parts, user, _password(kind)))


def _password(kind: Kind) -> str | None:
    given = os.environ.get(kind.password_variable)
    return getpass.getpass(f"Password for {kind.title} (empty for none): ", stream=sys.stderr) or None if given is None and sys.stdin.isatty() else given


def _shown(parts: SplitResult) -> str:
    port = f":{parts.port}" if parts.port else ""
    return plain(f"{parts.scheme}://{parts.hostname}{port}{parts.path.rstrip('/')}")


def _taken(shown: str, kind: Kind, parts: SplitResult, user: str | None, password: str | None) -> Iterator[Evidence | SetAside]:
    queries, budget = Queries(), limits()
    try:
        store = kind.connect(parts, user, password, queries)
    except ImportError:
        raise UnreadableError(f"{kind.title} needs a client that is not installed.", hint=f"pip install '{kind.extra}'") from None
    except UnreadableError:
        raise
    except Exception as error:  # clients raise kinds of their own, with addresses and names in their words
        raise UnreadableError(f"{shown} cannot be read: {type(error).__name__}.", hint="Check host, port, user and password; set them as docs/sources.md says.") from None
    until, left = time.monotonic() + budget.seconds, budget.size_bytes
    try:
        for table in sorted(store.tables(), key=_rank):
            for piece in _table(shown, store, table, queries, budget, until=until, left=left):
                left -= piece.size_bytes or 0 if isinstance(piece, Evidence) else 0
                yield piece
    except Exception as error:  # as above
        yield SetAside(source=shown, reason="connection-lost", detail=f"The store stopped answering: {type(error).__name__}.")
    finally:
        store.close()


def _rank(table: Table) -> tuple[int, str]:
    """Tables that hold what matters first; names decide, the rest keeps the order of the alphabet."""
    name = table.name.lower()
    return next((place for place, word in enumerate(_FIRST) if word in name), len(_FIRST)), name


def _table(shown: str, store: Store, table: Table, queries: Queries, budget: Limits, *, until: float, left: int) -> Iterator[Evidence | SetAside]:
    source, before = f"{shown}:{plain(table.name)}", len(queries.sent)
    held: list[bytes] = []
    size, reason = 0, None
    lines = store.lines(table, budget) if table.rows else iter(())
    for line in lines:
        if size + len(line) > left or time.monotonic() > until:
            reason = "the budget of bytes" if size + len(line) > left else "the budget of time"
            break
        held.append(line)
        size += len(line) + 1
        if len(held) >= budget.rows:
            break
    content = b"".join(line + b"\n" for line in held)
    told = f"{table.rows:,} rows" + ("" if table.exact else " (estimated)") + (f", {table.size_bytes:,} bytes" if table.size_bytes is not None else "")
    if held:
        yield Evidence(name=source, opener=lambda: io.BytesIO(content), size_bytes=len(content), queries=tuple(queries.sent[before:]))
    missing = max(0, table.rows - len(held))
    if missing or not held:
        why = reason or ("a random sample was drawn" if held else "the table is empty" if not table.rows else "nothing could be read")
        detail = f"{len(held):,} rows read of {told}: {why}."
        yield SetAside(source=source, reason="not-sampled" if missing else "empty", detail=detail, records=missing if table.exact else None)


def own(address: SplitResult) -> bool:
    """Whether the store is on this machine, where a connection needs no encryption."""
    return address.hostname in _LOOPBACK


def broken(message: str) -> SetAsideError:
    """The store answered something that its protocol does not know."""
    return SetAsideError(message, reason="bad-answer")
