"""A value from the evidence, held so that it cannot be printed by accident."""

from __future__ import annotations


class Exposed:
    """
    A value from the evidence; prints as its entity type and length only.

    Args:
        value: the text as exposed.
        entity: its entity type, for the print form.

    Example:
        >>> Exposed("123-45-6789", "US_SSN")
        Exposed(US_SSN, 11 chars)
    """

    __slots__ = ("_value", "entity")

    def __init__(self, value: str, entity: str = "VALUE") -> None:
        self._value = value
        self.entity = entity

    def __repr__(self) -> str:
        return f"Exposed({self.entity}, {len(self._value)} chars)"

    __str__ = __repr__

    def __format__(self, specification: str) -> str:
        return format(repr(self), specification)

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("an exposed value is not pickled")

    def open(self) -> str:
        """The text itself; only detection, linkage and the vault call this."""
        return self._value
