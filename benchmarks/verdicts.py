"""
Labelled strings of another tool's own tests, one verdict each: found at all, found at the default threshold, and not found where nothing is.

Run: LEAKSCOPE_DATA=... python benchmarks/verdicts.py [--misses]
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path

import orjson

from leakscope.catalogue import load
from leakscope.detection.kernel import Kernel
from leakscope.model import Batch
from leakscope.safety.keys import new_key
from leakscope.vocabulary import element_of, entities

DATA = Path(os.environ.get("LEAKSCOPE_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
#: Types of the set that are called otherwise here.
SAME = {"PHONE": {"PHONE_NUMBER"}, "TR_LICENSE_PLATE": {"TR_LICENSE_PLATE", "VEHICLE_REGISTRATION"}, "URL": {"URL"}}


def answers(entity: str) -> set[str]:
    """Types that answer `entity`: itself, and types of no country that say the same of a person."""
    element = element_of(entity) if entity in entities() else None
    return {entity, *SAME.get(entity, ()), *(name for name, one in entities().items() if element and one.country is None and element_of(name) == element)}


def said(kernel: Kernel, texts: list[str]) -> list[dict[str, float]]:
    """By text: every type found, or told as an alternative, with its confidence."""
    lines = b"".join(orjson.dumps({"line": text}) + b"\n" for text in texts)
    found: list[dict[str, float]] = [{} for _ in texts]
    rows = kernel.find_batch(Batch(source="set", first_record=0, records=len(texts), lines=lines)).select("record", "entity", "confidence", "attributes")
    for record, entity, confidence, attributes in rows.iter_rows():
        others = [(one["entity"], one["confidence"]) for one in orjson.loads(attributes).get("alternatives", ())]
        for name, how_sure in ((entity, confidence), *others):
            found[record][name] = max(found[record].get(name, 0.0), how_sure)
    return found


def main() -> None:
    """Print the table, and with `--misses` each string whose verdict differs."""
    rows = [orjson.loads(line) for line in (DATA / "presidio_unit_tests.jsonl").read_bytes().splitlines()]
    kernel = Kernel(load(), new_key(), min_confidence=0.0)
    any_time, default = said(kernel, [row["text"] for row in rows]), said(Kernel(load(), new_key()), [row["text"] for row in rows])
    counts: dict[str, Counter[str]] = {}
    for row, seen, shown in zip(rows, any_time, default, strict=True):
        count, wanted = counts.setdefault(row["entity"], Counter()), answers(row["entity"])
        kind = "valid" if row["label"] else "invalid"
        count[kind] += 1
        count[f"{kind} seen"] += bool(wanted & seen.keys())
        count[f"{kind} shown"] += any(shown.get(name, 0) >= 0.5 for name in wanted)
        if "--misses" in sys.argv and (row["label"] == 1) != bool(wanted & seen.keys()):
            print(kind, row["entity"], row["text"][:60], dict(list(seen.items())[:4]), sep="\t")
    print("| entity | valid | found | at 0.5 | invalid | found | at 0.5 |\n|---|---|---|---|---|---|---|")
    total: Counter[str] = Counter()
    for entity in sorted(counts):
        total.update(counts[entity])
        print(_line(entity, counts[entity]))
    print(_line("all", total))


def _line(name: str, count: Counter[str]) -> str:
    columns = ("valid", "valid seen", "valid shown", "invalid", "invalid seen", "invalid shown")
    return f"| {name} | " + " | ".join(str(count[column]) for column in columns) + " |"


if __name__ == "__main__":
    main()
