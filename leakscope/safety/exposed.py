"""Values from the evidence, held so that they cannot be printed, pickled or written by accident."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar


class _Sized(Protocol):
    def __len__(self) -> int: ...


Held = TypeVar("Held", bound=_Sized)


class Exposed(Generic[Held]):
    """
    One value from the evidence, or a whole frame of them; prints as what it is and how much of it.

    Between the stages of a run values travel in columns, and an object for each cell would cost more than the scan itself.
    So the frame is what is wrapped: a stage gets at it by `reveal` alone, and writing it to the case or a log by mistake fails.

    Args:
        held: the text or the frame as exposed.
        kind: its entity type, or its schema's name, for the print form.

    Example:
        >>> Exposed("123-45-6789", "US_SSN")
        Exposed(US_SSN, 11 chars)
    """

    __slots__ = ("_held", "kind")

    def __init__(self, held: Held, kind: str = "VALUE") -> None:
        self._held = held
        self.kind = kind

    def __repr__(self) -> str:
        return f"Exposed({self.kind}, {len(self)} {'chars' if isinstance(self._held, str) else 'rows'})"

    __str__ = __repr__

    def __format__(self, specification: str) -> str:
        return format(repr(self), specification)

    def __len__(self) -> int:
        return len(self._held)

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("an exposed value is not pickled")

    def reveal(self) -> Held:
        """The text or frame itself; a test lists the modules that call this."""
        return self._held
