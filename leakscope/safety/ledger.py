"""The case's ledger: append-only, hash-chained, one JSON object a line; what happened and what was set aside."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from leakscope.errors import InvariantError, Locator

GENESIS = "0" * 64


def _digest(previous: str, body: bytes) -> str:
    return hashlib.sha256(previous.encode() + b"\n" + body).hexdigest()


class Ledger:
    """
    Appends entries to a chain whose every link hashes the one before it.

    Args:
        path: the ledger file; made with mode 0600 when absent.
        clock: gives the instant of an entry; an argument so that runs can be replayed.
    """

    def __init__(self, path: Path, *, clock: Any = None) -> None:
        self.path = path
        self._clock = clock or (lambda: datetime.now(UTC))
        entries = list(read_ledger(path)) if path.exists() else []
        self._previous = entries[-1]["hash"] if entries else GENESIS
        self._count = len(entries)

    def write(self, event: str, /, **facts: Any) -> str:
        """
        Append one entry.

        Args:
            event: short code of what happened (`opened`, `set-aside`, `override` ...).
            facts: what is recorded; never a value from the evidence.

        Returns:
            The entry's hash.
        """
        body = {"number": self._count, "at": self._clock().isoformat(), "event": event, "facts": facts, "previous": self._previous}
        digest = _digest(self._previous, orjson.dumps(body, option=orjson.OPT_SORT_KEYS))
        line = orjson.dumps({**body, "hash": digest}, option=orjson.OPT_SORT_KEYS) + b"\n"
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            file.write(line)
        self._previous, self._count = digest, self._count + 1
        return digest


def read_ledger(path: Path) -> list[dict[str, Any]]:
    """
    All entries of a ledger, the chain checked.

    Raises:
        InvariantError: a line is damaged, missing or out of order.
    """
    entries, previous = [], GENESIS
    for number, line in enumerate(path.read_bytes().splitlines()):
        try:
            entry = orjson.loads(line)
            body = {name: value for name, value in entry.items() if name != "hash"}
            held = entry["hash"] == _digest(previous, orjson.dumps(body, option=orjson.OPT_SORT_KEYS)) and entry["previous"] == previous
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
            held = False
        if not held:
            raise InvariantError("the ledger's chain is broken", locator=Locator(source=path.name, record=number))
        entries.append(entry)
        previous = entry["hash"]
    return entries
