"""
How often the stated intervals hold the truth: simulated exposures of several designs, with records per person from even to heavy-tailed.

    python -m benchmarks.estimation_coverage [--runs 1000] [--people 500] [--fraction 0.2]

Prints Markdown tables: coverage of the interval for records with an element, and for distinct people with the median of value and
of both ends over the true number. Nothing here shares code with the estimators but the interfaces they are called by.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np

from leakscope.estimation.beyond import distinct_beyond, distinct_by_counted_clusters, distinct_by_strata
from leakscope.estimation.exposure import total_of_records
from leakscope.estimation.reach import Reach
from leakscope.model import Estimate, SampleDesign

SKEWS: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "one each": lambda draw, people: np.ones(people, dtype=int),
    "a few": lambda draw, people: 1 + draw.poisson(2, people),
    "skewed": lambda draw, people: draw.geometric(0.3, people),
    "mixed": lambda draw, people: np.where(draw.random(people) < 0.7, 1, draw.geometric(0.05, people)),
    "heavy tail": lambda draw, people: np.minimum(np.ceil(draw.pareto(1.2, people) + 1e-9), 400).astype(int),
}
DAYS, FILES, NOBODY = 8, 40, 0.3


def _exposure(draw: np.random.Generator, people: int, skew: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Person, day, file and whether the record holds the element, of each record in random order; all three depend on the person."""
    owner = np.repeat(np.arange(people), SKEWS[skew](draw, people))
    # three records in ten name nobody
    owner = np.concatenate([owner, np.full(round(len(owner) * NOBODY / (1 - NOBODY)), -1)])
    owner = owner[draw.permutation(len(owner))]
    habit, home = draw.beta(0.6, 2.4, people), draw.integers(0, FILES, people)
    day = (np.where(owner >= 0, owner, draw.integers(0, DAYS, len(owner))) % DAYS + draw.integers(0, 3, len(owner))) % DAYS
    file = np.where((draw.random(len(owner)) < 0.6) & (owner >= 0), home[owner], draw.integers(0, FILES, len(owner)))
    return owner, day, file, draw.random(len(owner)) < np.where(owner >= 0, habit[owner], 0.05)


def _simple(draw: np.random.Generator, design: SampleDesign, size: int, fraction: float) -> np.ndarray:
    if design is SampleDesign.BERNOULLI:
        return np.flatnonzero(draw.random(size) < fraction)
    if design is SampleDesign.RESERVOIR:
        return draw.choice(size, round(size * fraction), replace=False)
    return np.floor((np.arange(round(size * fraction)) + draw.random()) * size / round(size * fraction)).astype(int)


def _counts(owners: np.ndarray) -> list[int]:
    """Records per person of those that name one."""
    return np.unique(owners[owners >= 0], return_counts=True)[1].tolist()


def one(draw: np.random.Generator, design: str, people: int, skew: str, fraction: float) -> tuple[Estimate, float, Estimate]:
    """One exposure: the estimate of records with the element, their true number, and the estimate of people."""
    owner, day, file, has = _exposure(draw, people, skew)
    size, truth = len(owner), float(has.sum())
    if design in ("bernoulli", "reservoir", "systematic"):
        rows = _simple(draw, SampleDesign(design), size, fraction)
        reach = Reach(read={"": len(rows)}, whole=size, design=SampleDesign(design), by="table")
        found = total_of_records(int(has[rows].sum()), reach, {})
        return found, truth, distinct_beyond(_counts(owner[rows]), len(rows) / size, total=size, share=float((owner[rows] >= 0).mean()))  # type: ignore[return-value]
    if design == "stratified":
        # days are sampled at rates from half to twice the fraction
        rates = fraction * np.linspace(0.5, 2.0, DAYS) / 1.25
        parts = [np.flatnonzero(day == one_day) for one_day in range(DAYS)]
        drawn = [draw.choice(part, max(2, round(len(part) * rate)), replace=False) for part, rate in zip(parts, rates, strict=True) if len(part) > 2]
        strata = {str(place): len(part) for place, part in enumerate(part for part in parts if len(part) > 2)}
        read = {str(place): len(part) for place, part in enumerate(drawn)}
        reach = Reach(read=read, whole=size, design=SampleDesign.STRATIFIED, by="day", strata=strata)
        rows = np.concatenate(drawn)
        found = total_of_records(int(has[rows].sum()), reach, {str(place): int(has[part].sum()) for place, part in enumerate(drawn)})
        seen = [(person, int((owner[part] == person).sum()), read[str(place)] / strata[str(place)]) for place, part in enumerate(drawn) for person in np.unique(owner[part]) if person >= 0]
        people_found = distinct_by_strata(*map(list, zip(*seen, strict=True)), linkage=None, ceiling=1e12, by="day")  # type: ignore[arg-type]
        return found, truth, people_found  # type: ignore[return-value]
    by, total = (file, FILES) if design == "cluster of files" else (np.where(owner >= 0, owner, people + np.arange(size)), people + int((owner < 0).sum()))
    names = np.unique(by)
    chosen = draw.choice(names, round(len(names) * fraction), replace=False)
    rows = np.flatnonzero(np.isin(by, chosen))
    sizes = [float((by[rows] == cluster).sum()) for cluster in chosen]
    hits = [float(has[rows][by[rows] == cluster].sum()) for cluster in chosen]
    reach = Reach(read={"": len(rows)}, whole=size, design=SampleDesign.CLUSTER, by="file", clusters=total)
    found = total_of_records(int(has[rows].sum()), reach, {}, (hits, sizes))
    if design == "cluster of files":
        pairs = np.unique(np.stack([owner[rows], file[rows]]), axis=1)
        return found, truth, distinct_beyond(_counts(pairs[0]), len(chosen) / FILES, total=FILES, per="file")  # type: ignore[return-value]
    return found, truth, distinct_by_counted_clusters(np.isin(chosen, owner).astype(int).tolist(), len(names), 1e12)  # type: ignore[return-value]


DESIGNS = ("bernoulli", "reservoir", "systematic", "stratified", "cluster of people", "cluster of files")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, kind, default in (("runs", int, 1000), ("people", int, 500), ("fraction", float, 0.2), ("seed", int, 7)):
        parser.add_argument(f"--{name}", type=kind, default=default)
    args = parser.parse_args()
    print("| design | records per person | records: coverage | people: coverage | value, low, high over the truth (medians) |\n|---|---|---|---|---|")
    for design in DESIGNS:
        for skew in SKEWS:
            draw = np.random.default_rng(args.seed)
            rows = []
            for _ in range(args.runs):
                found, truth, people = one(draw, design, args.people, skew, args.fraction)
                held = [float(est.low - 1e-9 <= true <= est.high + 1e-9) for est, true in ((found, truth), (people, args.people))]  # type: ignore[operator]
                rows.append([*held, people.value / args.people, people.low / args.people, people.high / args.people])  # type: ignore[operator]
            table = np.array(rows)
            ends = " ".join(f"{value:.2f}" for value in np.median(table[:, 2:], axis=0))
            print(f"| {design} | {skew} | {table[:, 0].mean():.3f} | {table[:, 1].mean():.3f} | {ends} |", flush=True)


if __name__ == "__main__":
    main()
