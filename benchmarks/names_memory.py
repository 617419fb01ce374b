"""
Resident memory of the names model over many texts: it must not grow.

    python benchmarks/names_memory.py 40000
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from leakscope.detection.names import find_names

WORDS = "please call my friend about the invoice tomorrow in berlin with anna miller and send it back thanks how do i cook rice".split()


def resident_mb() -> float:
    """Resident memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def main() -> None:
    """Print memory after every tenth."""
    texts, draw = int(sys.argv[1]), random.Random(1)
    step = texts // 10
    for done in range(0, texts, step):
        find_names([" ".join(draw.choices(WORDS, k=draw.randint(3, 40))) + f" {number}" for number in range(done, done + step)])
        print(f"{done + step} texts: {resident_mb():.0f} MB", flush=True)


if __name__ == "__main__":
    main()
