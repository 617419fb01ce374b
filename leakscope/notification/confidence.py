"""How far a rule of law was checked, against what, and where that stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

#: From the statute's own words down to nobody's check; `docs/notification.md` says what each asks.
LEVELS = ("verified-primary", "verified-secondary", "verified-weak", "inherits-verified", "memory")


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """
    How far a rule was checked.

    Args:
        level: one of `LEVELS`.
        sources: what was read, by title.
        addresses: where it stands, one for each source and in their order, empty where none is on record; none at all for rows that name their sources only.
        as_of: month, or range of months, of what was read.
        note: what to beware of.

    Raises:
        ValueError: the level is none, an address is none of the web, or addresses and sources are not as many.
    """

    level: str
    sources: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    as_of: str | None = None
    note: str | None = None

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ValueError(f"confidence level {self.level}")
        if self.addresses and len(self.addresses) != len(self.sources):
            raise ValueError(f"{len(self.addresses)} addresses for {len(self.sources)} sources")
        if wrong := [address for address in self.addresses if address and not is_web_address(address)]:
            raise ValueError(f"address {wrong[0]}")

    @property
    def unverified(self) -> bool:
        """True when nobody checked the rule against a source."""
        return self.level == "memory"

    @property
    def read(self) -> tuple[tuple[str, str | None], ...]:
        """Title and address of each source; the address is null where none is on record."""
        return tuple((title, address or None) for title, address in zip(self.sources, self.addresses or ("",) * len(self.sources), strict=True))

    def to_dict(self, *, level: str | None = None, note: str | None = None) -> dict[str, Any]:
        """
        As a duty states it.

        Args:
            level: that of the duty itself where it differs; the row's sources then do not speak for it.
            note: of the duty, after the row's own.
        """
        return {
            "level": level or self.level,
            "sources": [] if level else list(self.sources),
            "addresses": [] if level else list(self.addresses),
            "as_of": self.as_of,
            "note": "; ".join(part for part in (self.note, note) if part) or None,
            "unverified": (level or self.level) == "memory",
        }


def is_web_address(text: str) -> bool:
    """Whether `text` is a whole address of a page on the web, as a link may name it."""
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and "." in parts.netloc and not any(sign.isspace() or sign in "\"'<>()" for sign in text)
