"""
How well sensitive topics, and about whom they are, are told: recall against false alarms, by topic and by language.

    python benchmarks/topics.py

Sets: `counsel_chat` against `banking77` and `chat_background` (found through `LEAKSCOPE_DATA`), and the turns of
`corpora/labelled_turns`.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from pathlib import Path
from typing import Any

from leakscope.detection.language import tell
from leakscope.detection.subjects import SUBJECTS, about_whom
from leakscope.detection.topics import NONE, classify

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("LEAKSCOPE_DATA", ROOT.parent / "shared" / "data"))
TURNS = ROOT / "corpora" / "labelled_turns" / "turns.ndjson"


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Rows of a JSON-lines file."""
    return [json.loads(line) for line in path.open(encoding="utf-8")]


def against_background() -> None:
    """Share called sensitive on each set: high on the first, low on the others."""
    background = [row["text"] for row in rows_of(DATA / "chat_background.jsonl") if row["role"] == "user"]
    sets = {"counsel_chat": [row["text"] for row in rows_of(DATA / "counsel_chat.jsonl")], "banking77": [row["text"] for row in rows_of(DATA / "banking77.jsonl")], "chat_background, prompts": background}
    print("| set | texts | called sensitive | commonest topics | characters per CPU-second |\n|---|---|---|---|---|")
    for name, texts in sets.items():
        started = time.process_time()
        told = classify(texts)
        speed = sum(map(len, texts)) / (time.process_time() - started)
        kinds = Counter(topic for topic in told["topic"] if topic != NONE).most_common(4)
        print(f"| {name} | {len(texts)} | {sum(n != NONE for n in told['topic']) / len(texts):.1%} | {', '.join(f'{topic} {count}' for topic, count in kinds)} | {speed:,.0f} |")


def by_language(rows: list[dict[str, Any]], guesses: list[dict[str, Any]]) -> None:
    """One line a language."""
    print("\n| language | turns | sensitive found | false alarms | topic right, of those found | about whom right, of all sensitive | about whom right, of those found |\n|---|---|---|---|---|---|---|")
    for language in [*dict.fromkeys(row["language"] for row in rows), "all"]:
        chosen = [(row, guess) for row, guess in zip(rows, guesses, strict=True) if language in (row["language"], "all")]
        true = [(row, guess) for row, guess in chosen if row["topic"] != NONE]
        found = [(row, guess) for row, guess in true if guess["topic"] != NONE]
        false = [guess for row, guess in chosen if row["topic"] == NONE]
        whom = [about_whom(row["text"], row["language"]) == row["about"] for row, _ in true]
        print(
            f"| {language} | {len(chosen)} | {len(found) / len(true):.1%} | {sum(g['topic'] != NONE for g in false) / len(false):.1%} |"
            f" {sum(r['topic'] == g['topic'] for r, g in found) / len(found):.1%} | {sum(whom) / len(whom):.1%} | {sum(r['about'] == g['about'] for r, g in found) / len(found):.1%} |"
        )


def by_topic(rows: list[dict[str, Any]], guesses: list[dict[str, Any]]) -> None:
    """One line a topic: found as sensitive, called by its name, and what it is confused with."""
    print("\n| topic | turns | called sensitive | called by its name | precision of the name | most confused with |\n|---|---|---|---|---|---|")
    for topic in sorted({row["topic"] for row in rows}):
        mine = [guess["topic"] for row, guess in zip(rows, guesses, strict=True) if row["topic"] == topic]
        named = [row["topic"] for row, guess in zip(rows, guesses, strict=True) if guess["topic"] == topic]
        wrong = Counter(guess for guess in mine if guess not in (topic, NONE)).most_common(2)
        right = sum(guess == topic for guess in mine)
        print(f"| {topic} | {len(mine)} | {sum(g != NONE for g in mine) / len(mine):.0%} | {right / len(mine):.0%} | {right / max(len(named), 1):.0%} | {', '.join(f'{name} {count}' for name, count in wrong)} |")


def whom_confusion(rows: list[dict[str, Any]]) -> None:
    """Truth by rows, answer by columns, over all sensitive turns."""
    counts = Counter((row["about"], about_whom(row["text"], row["language"])) for row in rows if row["topic"] != NONE)
    print("\n| truth | " + " | ".join(SUBJECTS) + " |\n|---|---|---|---|")
    for truth in SUBJECTS:
        print(f"| {truth} | " + " | ".join(str(counts[truth, answer]) for answer in SUBJECTS) + " |")


def main() -> None:
    """Print all tables."""
    if DATA.exists():
        against_background()
    rows = rows_of(TURNS)
    guesses = classify([row["text"] for row in rows], [row["language"] for row in rows]).to_dicts()
    by_language(rows, guesses)
    by_topic(rows, guesses)
    whom_confusion(rows)
    told = sum(tell(row["text"]) == row["language"] for row in rows)
    print(f"\nLanguage told right: {told} of {len(rows)}")


if __name__ == "__main__":
    main()
