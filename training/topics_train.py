"""
Train the shipped head of sensitive topics from the seeds, and say how it does on seeds it has not seen.

    python training/topics_train.py

Every seed is learnt twice, as it stands and between the greeting and the plea that people put around what they say
(`templates/*.toml`), so that "quick question: ... any ideas?" does not drown one disclosing sentence.
Five times a fifth of the seeds is left out: the scores of the left-out fifth give the slope of the calibration. The
threshold is fixed by hand, at the score that 3% of bank-support questions and assistant prompts pass (docs/chat.md).
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from leakscope.detection.topics_head import NONE, head_path, read_seeds, save_head, seed_folder, seeds_hash, train

THRESHOLD = 0.65
FOLDS, SEED = 5, 20261124
TEMPLATES = Path(__file__).parent / "templates"

Seed = tuple[str, str, str]


def framed(seeds: Sequence[Seed]) -> list[Seed]:
    """Each seed of a language with templates, behind a greeting, before a plea, or both; the same for equal seeds."""
    known = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(TEMPLATES.glob("??.toml"))}
    draw, made = random.Random(SEED), []
    for topic, language, text in seeds:
        if language not in known:
            continue
        place = draw.random()
        before = draw.choice(known[language]["open"]) + draw.choice((" ", ", ", ". ")) if place < 0.7 else ""
        after = draw.choice((" ", ", ", "? ")) + draw.choice(known[language]["close"]) if place > 0.4 else ""
        made.append((topic, language, before + text + after))
    return made


def left_out_scores(seeds: list[Seed]) -> tuple[np.ndarray, np.ndarray, float]:
    """Score and truth of every seed by a head that has not seen it, and the share of sensitive ones given their topic."""
    fold = np.random.default_rng(SEED).integers(0, FOLDS, len(seeds))
    score, right = np.zeros(len(seeds)), []
    for number in range(FOLDS):
        kept = [seed for seed, place in zip(seeds, fold, strict=True) if place != number]
        head = train(kept + framed(kept), threshold=0.5, slope=1.0)
        for place in np.flatnonzero(fold == number):
            topic, chance = head.score([[seeds[place][2]]])[0]
            score[place] = chance
            if seeds[place][0] != NONE:
                right.append(topic == seeds[place][0])
    return score, np.array([topic != NONE for topic, _, _ in seeds]), float(np.mean(right))


def slope_of(score: np.ndarray, truth: np.ndarray) -> float:
    """Slope of the logistic curve through left-out scores, at the fixed threshold (Platt 1999)."""
    logit = np.log(np.clip(score, 1e-4, 1 - 1e-4) / np.clip(1 - score, 1e-4, 1))
    shift = np.log(THRESHOLD / (1 - THRESHOLD))
    loss = lambda value: np.logaddexp(0, -(2 * truth - 1) * value[0] * (logit - shift)).sum()  # noqa: E731
    return float(minimize(loss, [1.0]).x[0])


def main() -> None:
    """Train, report, write."""
    seeds = read_seeds(seed_folder())
    score, truth, right = left_out_scores(seeds)
    slope = slope_of(score, truth)
    print(f"{len(seeds)} seeds; left out: topic right {right:.3f}, found {np.mean(score[truth] > THRESHOLD):.3f}, false {np.mean(score[~truth] > THRESHOLD):.3f}, slope {slope:.2f}")
    save_head(train(seeds + framed(seeds), threshold=THRESHOLD, slope=slope), head_path(), seeds_hash(seeds))


if __name__ == "__main__":
    main()
