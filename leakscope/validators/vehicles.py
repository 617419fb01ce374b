"""Vehicle identification numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

_VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9, *range(10)], strict=True)
)
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def _vin(text: str) -> bool:
    """
    Vehicle identification number with its check digit, which North America and China require.

    Source:
        ISO 3779; 49 CFR 565.15 (c), tables III to V.
    """
    value = text.upper()
    if len(value) != 17 or any(c not in _VALUES for c in value) or len(set(value)) < 5:
        return False
    rest = sum(_VALUES[c] * w for c, w in zip(value, _WEIGHTS, strict=True)) % 11
    return value[8] == ("X" if rest == 10 else str(rest))


VALIDATORS: Mapping[str, Callable[[str], bool]] = {"vin": _vin}
