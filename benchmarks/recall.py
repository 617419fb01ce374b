"""
Precision and recall on labelled sets that nobody here wrote, one line per set and type, never averaged together; and calibration.

Run: LEAKSCOPE_DATA=... python benchmarks/recall.py
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from leakscope.catalogue import load
from leakscope.detection.kernel import Kernel
from leakscope.detection.overlaps import is_secret
from leakscope.model import Batch
from leakscope.safety.keys import new_key

DATA = Path(os.environ.get("LEAKSCOPE_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
#: Labels of the sets -> entity types of ours that answer them.
SAME: dict[str, set[str]] = {
    "EMAIL": {"EMAIL_ADDRESS"}, "EMAIL_ADDRESS": {"EMAIL_ADDRESS"}, "CORREO_ELECTRONICO": {"EMAIL_ADDRESS"}, "PHONE": {"PHONE_NUMBER"},
    "PHONE_NUMBER": {"PHONE_NUMBER"}, "NUMERO_TELEFONO": {"PHONE_NUMBER"}, "CREDIT_CARD": {"CREDIT_CARD"}, "SSN": {"US_SSN"}, "US_SSN": {"US_SSN"},
    "IBAN_CODE": {"IBAN_CODE"}, "IP_ADDRESS": {"IP_ADDRESS"}, "US_DRIVER_LICENSE": {"US_DRIVER_LICENSE", "DRIVER_LICENSE"}, "CRYPTO": {"CRYPTO"},
    "STREET_ADDRESS": {"POSTAL_ADDRESS"}, "ADDRESS": {"POSTAL_ADDRESS"}, "AGE": {"AGE"}, "EDAD_SUJETO_ASISTENCIA": {"AGE"},
}  # fmt: skip
SPANS = ("presidio_generated_large", "datafog_corpus", "ambient_standard", "meddocan_train")
SECRETS = ("gitleaks", "betterleaks", "noseyparker", "detect_secrets", "secretlint")
BINS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.01)


def rows_of(name: str) -> list[dict[str, Any]]:
    """The rows of a set, those that were expanded from patterns left out; of MEDDOCAN, the last hundred."""
    rows = [orjson.loads(line) for line in (DATA / f"{name}.jsonl").read_bytes().splitlines()]
    return rows[-100:] if name == "meddocan_train" else [row for row in rows if not row.get("generated")]


def found_in(kernel: Kernel, texts: Iterable[str]) -> pl.DataFrame:
    """Findings, one record a text."""
    lines = [orjson.dumps({"line": text}) + b"\n" for text in texts]
    return kernel.find_batch(Batch(source="set", first_record=0, records=len(lines), lines=b"".join(lines)))


def held_back(kernel: Kernel, text: str) -> set[str]:
    """Entity types found in `text` and suppressed there as documented, reserved, private or placeholders."""
    before = _counts(kernel)
    found_in(kernel, [text])
    return {entity for (entity, reason), count in _counts(kernel).items() if reason != "low-confidence" and count > before[entity, reason]}


def _counts(kernel: Kernel) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for entity, _, reason, count in kernel.suppressed.iter_rows():
        counts[entity, reason] += count
    return counts


def spans(kernel: Kernel, name: str) -> list[tuple[float, bool]]:
    """Prints recall per label, and gives (confidence, right) of every finding of a labelled type."""
    rows = rows_of(name)
    found = found_in(kernel, (row["text"] for row in rows))
    by_record: dict[int, list[tuple[int, int, str, float]]] = defaultdict(list)
    for record, start, end, entity, confidence in found.select("record", "start", "end", "entity", "confidence").iter_rows():
        by_record[record].append((start, end, entity, confidence))
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    held: Counter[str] = Counter()
    judged = []
    labels = {span["label"] for row in rows for span in row["spans"]}
    measured = {entity for label in labels for entity in SAME.get(label, ())}
    for record, row in enumerate(rows):
        truth = [(span["start"], span["end"], SAME[span["label"]], span["label"]) for span in row["spans"] if span["label"] in SAME]
        for start, end, wanted, label in truth:
            asked[label] += 1
            hit = any(entity in wanted and s < end and start < e for s, e, entity, _ in by_record[record])
            right[label] += hit
            held[label] += not hit and bool(held_back(kernel, row["text"]) & wanted)
        for s, e, entity, confidence in by_record[record]:
            if entity in measured:
                judged.append((confidence, any(entity in wanted and s < end and start < e for start, end, wanted, _ in truth)))
    for label in sorted(asked):
        print(f"| {name} | {label} | {right[label]} of {asked[label]} | {held[label] or ''} |")
    correct = sum(ok for _, ok in judged)
    print(f"| {name} | precision of those types | {correct} of {len(judged)} | |")
    return judged


def secrets(kernel: Kernel, name: str) -> None:
    """Prints how many positive rows give any finding of a secret, and how many negative ones do."""
    rows = rows_of(name)
    found = found_in(kernel, (row["text"] for row in rows))
    hit = set(found.filter(pl.col("entity").str.contains("^(?:SECRET|CREDENTIAL)_"))["record"])
    positive = [number for number, row in enumerate(rows) if row["label"] == 1]
    missed = [number for number in positive if number not in hit]
    held = sum(any(map(is_secret, held_back(kernel, rows[number]["text"]))) for number in missed)
    print(f"| {name} | rows with a secret | {len(positive) - len(missed)} of {len(positive)} | {held} |")
    print(f"| {name} | rows that are not that rule's, flagged by any | {len(hit - set(positive))} of {len(rows) - len(positive)} | |")


def background(kernel: Kernel) -> None:
    """Prints the records of ordinary conversations that are flagged."""
    rows = rows_of("chat_background")
    found = found_in(kernel, (row["text"] for row in rows)).with_columns(secret=pl.col("entity").str.contains("^(?:SECRET|CREDENTIAL)_"))
    for kind, flagged in (("secrets", found.filter("secret")), ("personal data, the genuine included", found.filter(~pl.col("secret")))):
        count = flagged["record"].n_unique()
        print(f"| chat_background | records flagged for {kind} | {count} of {len(rows)} ({1000 * count / len(rows):.2f} in 1,000) | |")


def reliability(judged: list[tuple[float, bool]]) -> None:
    """Prints, by printed confidence, the share of findings that are right."""
    print("\n| confidence | findings | right |\n|---|---|---|")
    for low, high in pairwise(BINS):
        inside = [ok for confidence, ok in judged if low <= confidence < high]
        if inside:
            print(f"| {low:.2f} to {min(high, 1):.2f} | {len(inside)} | {100 * sum(inside) / len(inside):.1f}% |")


def main() -> None:
    """Print all tables."""
    kernel = Kernel(load(), new_key())
    print("| set | what | found | of the rest, suppressed with a reason |\n|---|---|---|---|")
    judged = [one for name in SPANS for one in spans(kernel, name)]
    for name in SECRETS:
        secrets(kernel, name)
    background(kernel)
    reliability(judged)


if __name__ == "__main__":
    main()
