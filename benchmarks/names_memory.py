"""
Resident memory of the names model over many texts: it must not grow.

    python benchmarks/names_memory.py 40000
    python benchmarks/names_memory.py 1000000 4

The second number is the most words of a text.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from leakscope.detection.names import find_names

WORDS = "please call my friend about the invoice tomorrow in berlin with anna miller and send it back thanks how do i cook rice".split()


#: Texts read in one go, as a run does.
TOGETHER = 2_000


def resident_mb() -> float:
    """Resident memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def main() -> None:
    """Print memory after every tenth."""
    texts, longest, draw = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 40, random.Random(1)
    for tenth in range(10):
        for first in range(tenth * texts // 10, (tenth + 1) * texts // 10, TOGETHER):
            find_names([" ".join(draw.choices(WORDS, k=draw.randint(3, longest))) + f" {number}" for number in range(first, min(first + TOGETHER, (tenth + 1) * texts // 10))])
        print(f"{(tenth + 1) * texts // 10} texts: {resident_mb():.0f} MB", flush=True)


if __name__ == "__main__":
    main()
