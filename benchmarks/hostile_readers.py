"""
Damages seeds of every format many times and tells what became of each input.

    python benchmarks/hostile_readers.py [INPUTS_PER_FORMAT [FORMAT...]]

One line a format: inputs, inputs read without a loss, inputs with something set aside by reason, the slowest, and failures
(an exception, no outcome, or a value quoted in a message), which must be 0.
"""

from __future__ import annotations

import io
import sys
import time
from collections import Counter
from dataclasses import astuple
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "sources"))

from fuzzing import CANARY, SEEDS, mutated

from leakscope.model import SetAside
from leakscope.sources import expand, read
from leakscope.sources.evidence import Evidence


def outcome(name: str, content: bytes) -> list[object]:
    """Batches and pieces set aside of one input."""
    evidence = Evidence(name=name, opener=lambda: io.BytesIO(content), size_bytes=len(content))
    pieces: list[object] = []
    for found in expand(evidence):
        if isinstance(found, SetAside):
            pieces.append(found)
        else:
            pieces.extend(read(*found))
    return pieces


def campaign(form: str, count: int) -> str:
    """One line of the table."""
    name, make = SEEDS[form]
    seed = make()
    whole, failures, slowest, reasons = 0, 0, 0.0, Counter()
    for number in range(count):
        began = time.monotonic()
        try:
            pieces = outcome(name, mutated(seed, number))
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            failures += 1
            continue
        slowest = max(slowest, time.monotonic() - began)
        aside = [piece for piece in pieces if isinstance(piece, SetAside)]
        failures += not pieces or any(CANARY[:10] in str(astuple(piece)[1:]) for piece in aside)
        whole += not aside
        reasons.update({piece.reason for piece in aside})
    shown = ", ".join(f"{reason} {number}" for reason, number in sorted(reasons.items()))
    return f"| {form} | {count:,} | {whole:,} | {shown} | {slowest:.1f} | {failures} |"


if __name__ == "__main__":
    inputs = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    print("| format | inputs | read whole | set aside, inputs by reason | slowest s | failures |\n|---|---|---|---|---|---|")
    for form in sys.argv[2:] or SEEDS:
        print(campaign(form, inputs), flush=True)
