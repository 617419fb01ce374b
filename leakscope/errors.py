"""
Everything that can go wrong, as one tree.

LeakScopeError
├── UsageError           bad use: exit 2
│   ├── DomainError      a function was called outside its domain
│   ├── FactsError       the facts file does not say what it must
│   └── CatalogueError   a rule, law or pipeline file is not well formed
├── UnreadableError      nothing in the evidence could be read: exit 3
│   └── SetAsideError    one piece of evidence could not be read; the run goes on
└── InvariantError       counts that do not add up, a damaged case: exit 5

No error ever carries a value from the evidence: a locator says where it stands instead.
Errors of other libraries are replaced `from None`, because many of them quote what they read.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Locator:
    """
    Where in the evidence something stands, without saying what stands there.

    Args:
        source: printable source name (a pseudonym when the name itself is data).
        record: 0-based record number, when known.
        byte: offset in the source's bytes, when known.
    """

    source: str | None = None
    record: int | None = None
    byte: int | None = None

    def __str__(self) -> str:
        parts = [self.source or ""]
        if self.record is not None:
            parts.append(f"record {self.record}")
        if self.byte is not None:
            parts.append(f"byte {self.byte}")
        return ", ".join(part for part in parts if part)


class LeakScopeError(Exception):
    """
    Base of all errors; knows its exit code, where it happened and what to do next.

    Args:
        message: what happened, in plain words and without values.
        hint: what the user can do about it.
        locator: where in the evidence.
    """

    exit_code = 1
    code = "error"

    def __init__(self, message: str, *, hint: str | None = None, locator: Locator | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.locator = locator

    def __str__(self) -> str:
        where = f" ({self.locator})" if self.locator and str(self.locator) else ""
        hint = f"\nHint: {self.hint}" if self.hint else ""
        return f"{self.message}{where}{hint}"


class UsageError(LeakScopeError):
    """The command or function was used wrongly."""

    exit_code = 2
    code = "bad-use"


class DomainError(UsageError):
    """An argument lies outside the domain its docstring states."""

    code = "domain"


class FactsError(UsageError):
    """The facts file is malformed or contradicts itself."""

    code = "facts"


class CatalogueError(UsageError):
    """A rule, law or pipeline file is malformed."""

    code = "catalogue"


class UnreadableError(LeakScopeError):
    """Nothing that was given could be read."""

    exit_code = 3
    code = "unreadable"


class SetAsideError(UnreadableError):
    """
    One piece of evidence could not be read; callers write a ledger entry and go on.

    Args:
        reason: short code of the reason (`truncated`, `not-utf8`, `too-long`, ...), the ledger's key.
    """

    code = "set-aside"

    def __init__(self, message: str, *, reason: str, hint: str | None = None, locator: Locator | None = None) -> None:
        super().__init__(message, hint=hint, locator=locator)
        self.reason = reason


class InvariantError(LeakScopeError):
    """Something that must always hold does not: a defect or a damaged case."""

    exit_code = 5
    code = "invariant"
