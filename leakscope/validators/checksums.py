"""Check-digit arithmetic that several countries share, and the checks that are nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

_LUHN_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def digits_of(text: str) -> str:
    """The ASCII digits of `text`, in order."""
    return "".join(c for c in text if "0" <= c <= "9")


def alnum_of(text: str) -> str:
    """The ASCII letters (upper case) and digits of `text`, in order."""
    return "".join(c for c in text if c.isascii() and c.isalnum()).upper()


def luhn_holds(digits: str) -> bool:
    """
    Whether the last digit is the Luhn check digit of the others.

    Source:
        ISO/IEC 7812-1, annex B.
    """
    odd = sum(int(d) for d in digits[-1::-2])
    return bool(digits) and (odd + sum(_LUHN_DOUBLED[int(d)] for d in digits[-2::-2])) % 10 == 0


def weighted_sum(digits: str, weights: Sequence[int]) -> int:
    """Sum of digit times weight over the shorter of the two."""
    return sum(int(d) * w for d, w in zip(digits, weights, strict=False))


def icao_check_digit(text: str) -> int:
    """
    Check digit of a machine-readable field: weights 7, 3, 1 over 0-9, A=10 .. Z=35, filler 0.

    Source:
        ICAO Doc 9303 part 3, section 4.9.
    """
    values = (0 if c == "<" else int(c, 36) for c in text)
    return sum(v * (7, 3, 1)[i % 3] for i, v in enumerate(values)) % 10


def is_not_repeated(digits: str) -> bool:
    """Whether the digits are not all the same, which is how people fill a field they do not want to fill."""
    return len(set(digits)) > 1


VALIDATORS: Mapping[str, Callable[[str], bool]] = {"not_repeated": lambda text: is_not_repeated(digits_of(text))}
