"""
Whether the intervals of the expensive tier hold what reading everything finds, and how wide they are.

    leakscope corpus make log_stream --rows 200000 --seed 3 -o demo
    python benchmarks/expensive_coverage.py demo --budget 60 --seeds 20

Everything is read once; each seed then draws its sample as a run does and uses the same readings, so twenty seeds cost one
reading. The number of units is what the budget allows at the speed measured here, or at `--speed` characters a second.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from leakscope.detection import expensive
from leakscope.detection.expensive import PLANNED_SHARE, _affordable, _read_all
from leakscope.detection.expensive_totals import totals_of
from leakscope.detection.expensive_units import strata, units
from leakscope.detection.topics import NONE
from leakscope.engines import local
from leakscope.engines.batch import Work
from leakscope.model import Batch, SetAside
from leakscope.safety.keys import IncidentKey

COMMON = 0.02  # share of turns above which the half-width has to be small
HALF_WIDTH = 0.25


def batches(folder: Path) -> Iterator[Batch | SetAside]:
    """The records of a made exposure."""
    with next(folder.glob("*.ndjson")).open("rb") as file:
        first = 0
        while lines := file.readlines(10_000_000):
            yield Batch(source="made", first_record=first, records=len(lines), lines=b"".join(lines))
            first += len(lines)


def read(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Turns and sentences of a made exposure; one text for each distinct turn is enough."""
    work, turns, sentences = Work(key=IncidentKey(b"c" * 32)), [], []
    for _, found in local.run(batches(folder), work, workers=local.workers_for(1 << 40)):
        turns.append(found.turns.unique("turn", keep="first", maintain_order=True))
        sentences.append(found.prose.unique("value", keep="first", maintain_order=True))
    return pl.concat(turns).unique("turn", keep="first", maintain_order=True), pl.concat(sentences).unique("value", keep="first", maintain_order=True)


def sample_at(said: pl.DataFrame, sentences: pl.DataFrame, given: argparse.Namespace) -> int | None:
    """Units that the budget allows at the speed given; null: to be measured."""
    return None if given.speed is None else _affordable(strata(units(said, sentences)), given.budget * PLANNED_SHARE * given.speed)


def main() -> None:
    """Print one line a total."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--budget", type=float, default=60.0)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--speed", type=float, help="characters a second that names and topics are read at, instead of measuring")
    given = parser.parse_args()
    said, sentences = read(given.folder)
    by_budget = expensive.plan(said, sentences, budget_seconds=given.budget, expensive_sample=sample_at(said, sentences, given), seed=0)
    print(f"{said.height} distinct turns, {sentences.height} distinct sentences; {by_budget.speed or given.speed:,.0f} characters/s; {by_budget.size} of {by_budget.units.height} units in {given.budget:.0f} s", flush=True)
    started = time.monotonic()
    spans, topics = _read_all(by_budget.texts.filter("worthwhile"), "default", None)
    print(f"everything read in {time.monotonic() - started:.0f} s", flush=True)
    told = topics.join(by_budget.texts.select("turn", "conversation", "unit", "language", "role"), on="turn").filter(pl.col("topic") != NONE)
    every = by_budget.units.with_columns(chosen=pl.lit(True))
    truth = totals_of(every, by_budget.texts, spans, told)
    user_turns = int(every.filter(pl.col("kind") == "chat")["turns"].sum())
    held: dict[str, list[bool]] = {name: [] for name in truth}
    widths: dict[str, list[float]] = {name: [] for name in truth}
    for seed in range(given.seeds):
        plan = expensive.plan(said, sentences, expensive_sample=by_budget.size, seed=seed)
        chosen = plan.texts.join(plan.units.filter("chosen").select("unit"), on="unit").select("turn")
        found = totals_of(plan.units, plan.texts, spans.join(chosen, on="turn", how="semi"), told.join(chosen, on="turn", how="semi"))
        for name in truth:
            if name in found:
                estimate, whole = found[name], truth[name].value or 0
                held[name].append(estimate.low <= whole <= estimate.high)
                widths[name].append((estimate.high - estimate.low) / 2 / whole if whole else float("nan"))
    print(f"\n| total | reading everything | share of turns | intervals that hold it, of {given.seeds} | mean half-width |\n|---|---|---|---|---|")
    for name, estimate in truth.items():
        if name.count(".") == 1 and held[name] and estimate.value:
            print(f"| {name} | {estimate.value:.0f} | {estimate.value / user_turns:.1%} | {sum(held[name])} | {sum(widths[name]) / len(widths[name]):.0%} |")
    common = [name for name in truth if name.startswith("turns.") and name.count(".") == 1 and (truth[name].value or 0) > COMMON * user_turns]
    print(f"\nover {COMMON:.0%} of turns: {len(common)}; each held at least 17 times: {all(sum(held[n]) >= 17 for n in common)}; half-width under {HALF_WIDTH:.0%}: {all(sum(widths[n]) / len(widths[n]) < HALF_WIDTH for n in common)}")


if __name__ == "__main__":
    main()
