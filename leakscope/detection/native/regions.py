"""Where in a text an expression can stand at all: inside runs of characters that are no blanks, beside a mark."""

from __future__ import annotations

from collections import deque

from leakscope.detection.native.positions import SYMBOLS, Expression, Positions

#: Blanks as `\s` reads them; a region is a longest run without any.
BLANKS = frozenset(b" \t\n\r\f\v")
#: The character beside which addresses stand.
MARK = ord("@")
_SOLID = frozenset(range(256)) - BLANKS


def region_of(expressions: tuple[Expression, ...]) -> tuple[int, int]:
    """
    Fewest bytes of the one region that every match of `expressions` stands in, and `MARK` if every match holds it, else 0.

    A match may reach out of its region by one symbol on either side, the edge of a word or of the text. The first is 0 where a match
    can hold blanks.
    """
    positions = Positions()
    for one in expressions:
        positions.seek(0, one)
    least = _shortest(positions, _weights(positions))
    return least, MARK if least and _shortest(positions, [None if symbols == {MARK} else 1 for symbols in positions.symbols]) == 0 else 0


def _weights(positions: Positions) -> list[int | None]:
    """1 for a position inside the region, 0 for one that may be outside at its edge, null for one that holds blanks inside."""
    followed = {to for follow in positions.follow for to in follow}
    weights: list[int | None] = []
    for number, symbols in enumerate(positions.symbols):
        if symbols <= _SOLID:
            weights.append(1)
        elif number in followed and positions.follow[number]:
            return [None] * len(positions.symbols)
        else:
            weights.append(0)
    return weights


def _shortest(positions: Positions, weights: list[int | None]) -> int:
    """Least weight on a way from a start to an acceptance; 0 where there is none. Positions without a weight are not on any way."""
    far = len(positions.symbols) + SYMBOLS
    best = [far] * len(positions.symbols)
    queue: deque[int] = deque()

    def reach(to: int, cost: int) -> None:
        weight = weights[to]
        if weight is not None and cost + weight < best[to]:
            best[to] = cost + weight
            queue.append(to)

    for starts in positions.starts:
        for start in starts:
            reach(start, 0)
    while queue:
        at = queue.popleft()
        for to in positions.follow[at]:
            reach(to, best[at])
    least = min((cost for cost, accept in zip(best, positions.accept, strict=True) if accept >= 0), default=far)
    return 0 if least == far else least
