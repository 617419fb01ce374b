"""
Precision and recall on our own labelled corpora, per entity, with the counts.

    python benchmarks/corpus_truth.py CORPUS_DIR [CASE]

CORPUS_DIR holds the evidence and truth/ as `leakscope corpus make` writes them.
A planted value counts as found when its record has a finding of an agreeing entity with the same normalised value;
a finding counts as right when its record has a planted value of an agreeing entity that contains it or is contained in it.
Only counts are printed, never values.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import polars as pl

from leakscope.engines.batch import Work, examine
from leakscope.model import SetAside
from leakscope.safety.keys import new_key
from leakscope.sources import expand, read
from leakscope.sources.evidence import gather
from leakscope.text.normalise import normalise
from leakscope.vocabulary import element_of

#: Entities that name the same thing at different sharpness agree.
SAME = (
    {"ONLINE_IDENTIFIER", "ACCOUNT_ID", "USERNAME"},
    {"LOCATION", "POSTAL_ADDRESS", "POSTAL_CODE"},
    {"DATE_OF_BIRTH", "DATE_TIME"},
)


def agree(one: str, other: str) -> bool:
    """Whether two entity names could both be right for one value."""
    if one == other or any({one, other} <= group for group in SAME):
        return True
    secret = ("SECRET_", "CREDENTIAL_")
    if one.startswith(secret) and other.startswith(secret):
        return True
    return element_of(one) is not None and element_of(one) == element_of(other)


def sightings_of(evidence: Path) -> pl.DataFrame:
    """All findings of the pattern tier in `evidence`."""
    work = Work(key=new_key())
    found = []
    for item in gather([str(evidence)]):
        for piece in () if isinstance(item, SetAside) else expand(item):
            if not isinstance(piece, SetAside):
                found += [examine(batch, work).sightings for batch in read(*piece) if not isinstance(batch, SetAside)]
    return pl.concat(found)


def compare(truth: pl.DataFrame, sightings: pl.DataFrame) -> pl.DataFrame:
    """Counts, recall and precision by entity."""
    planted: dict[tuple[str, int], list[tuple[str, str]]] = {}
    for source, record, entity, value in truth.select("source", "record", "entity", "value").unique(maintain_order=True).iter_rows():
        planted.setdefault((source, record), []).append((entity, normalise(entity, value)))
    found: dict[tuple[str, int], set[tuple[str, str]]] = {}
    for source, record, entity, value in sightings.select("source", "record", "entity", "value").unique().iter_rows():
        found.setdefault((source, record), set()).add((entity, normalise(entity, value)))
    hit, total, right, reported = Counter(), Counter(), Counter(), Counter()
    for place, values in planted.items():
        for entity, value in values:
            total[entity] += 1
            hit[entity] += any(agree(entity, other) and _touch(value, seen) for other, seen in found.get(place, ()))
    for place, pairs in found.items():
        for entity, value in pairs:
            reported[entity] += 1
            right[entity] += any(agree(entity, other) and _touch(value, seen) for other, seen in planted.get(place, ()))
    rows = [
        (name, total[name], hit[name], hit[name] / total[name] if total[name] else None, reported[name], right[name], right[name] / reported[name] if reported[name] else None)
        for name in sorted(total | reported)
    ]
    return pl.DataFrame(rows, schema=["entity", "planted", "found", "recall", "reported", "right", "precision"], orient="row")


def _touch(one: str, other: str) -> bool:
    return one == other or (len(one) > 3 and len(other) > 3 and (one in other or other in one))


def main(folder: Path) -> None:
    """Print the table."""
    truth = pl.read_parquet(folder / "truth" / "findings.parquet")
    evidence = next(path for path in sorted(folder.iterdir()) if path.is_file() and path.suffix in (".ndjson", ".gz", ".csv", ".sql"))
    sightings = sightings_of(evidence)
    if evidence.suffix != ".sql":
        truth = truth.with_columns(pl.lit(sightings["source"][0] if sightings.height else evidence.name).alias("source"))
    table = compare(truth, sightings)
    with pl.Config(tbl_rows=-1, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True, float_precision=3):
        print(table)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
