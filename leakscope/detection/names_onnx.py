"""Names by the small encoder that ships with the tool, or by any model of the same form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from leakscope.detection.beside import in_threads
from leakscope.detection.names_early import Stretch, groups, stretches
from leakscope.detection.names_span import FROM_LABELS, NameSpan
from leakscope.detection.names_windows import Window, marks, windows
from leakscope.errors import UsageError

Floats = npt.NDArray[np.float32]

#: Tokens read in one call.
TOGETHER = 512
#: Texts that one thread reads together: bounds memory whatever the number of texts.
BATCH = 256
#: Window lengths are rounded up to this, so that the runtime meets few shapes and keeps few buffers.
STEP = 4


def shipped_folder() -> Path:
    """Folder of the model that ships with the tool."""
    return Path(str(files("leakscope.detection"))) / "models" / "names"


@cache
def shipped_card() -> dict[str, Any]:
    """The shipped model's card; empty when the tool was built without one."""
    path = shipped_folder() / "card.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


class OnnxNames:
    """
    Names by a token classifier in ONNX form.

    Args:
        folder: holds `model.onnx`, `tokenizer.json` and `card.json` (`tags`, `thresholds`, `cases`, `languages`, `sha256`).
            Where the card has `exit` (`file`, `sha256`, `threshold`), `model.onnx` is only the first layers and gives their
            states and how likely each token is part of a name; what passes the threshold is read on by `file`.

    Raises:
        UsageError: a part is missing, or the model is not the one its card describes.
    """

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        try:
            self._card = json.loads((folder / "card.json").read_text("utf-8"))
            self._tokens: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._session: Any = _session(folder / "model.onnx", self._card["sha256"])
            self._exit: Mapping[str, Any] = self._card.get("exit", {})
            self._rest: Any = _session(folder / self._exit["file"], self._exit["sha256"]) if self._exit else None
        except (OSError, ValueError, KeyError):
            raise UsageError(f"{folder} holds no names model", hint="It needs model.onnx, tokenizer.json and card.json.") from None
        self._inputs = {value.name for value in self._session.get_inputs()}
        self._tokens.no_truncation()
        self._tokens.no_padding()
        self._marks = marks(self._tokens)
        self._kinds = sorted({FROM_LABELS[tag[2:]] for tag in self._card["tags"] if tag[2:] in FROM_LABELS})
        self._sums, self._begins = _sums(self._card["tags"], self._kinds)
        self._thresholds = np.array([self._card["thresholds"][kind] for kind in self._kinds], np.float32)
        self.name = str(self._card["name"])

    def reads(self, language: str) -> bool:
        """Whether the model was made for a language; what cannot be told is read."""
        return language == "und" or language in self._card["languages"]

    def find(self, texts: Sequence[str]) -> list[list[NameSpan]]:
        """The names of each text."""
        return in_threads(self._find, texts, BATCH)

    def _find(self, texts: Sequence[str]) -> list[list[NameSpan]]:
        coded = self._tokens.encode_batch(list(texts), add_special_tokens=False)
        every = [window for number, text in enumerate(texts) for window in windows(number, text, coded[number], self._marks)]
        found: list[dict[tuple[int, int], NameSpan]] = [{} for _ in texts]
        for window, likely in self._chances(every, texts):
            for span in self._spans(window, likely, texts[window.number]):
                _keep(found[window.number], span)
        return [list(spans.values()) for spans in found]

    def _chances(self, every: Sequence[Window], texts: Sequence[str]) -> Iterator[tuple[Window, Floats]]:
        """Windows, or the stretches of them that may name something, in the order of the windows, with each tag's probability for their tokens."""
        read: list[tuple[int, int, Window, Floats]] = []
        waiting: list[Stretch] = []
        for group in groups([len(window.ids) for window in every], TOGETHER):
            for place, output in zip(group, self._first([every[place] for place in group], texts), strict=True):
                if self._rest is None:
                    read.append((place, 0, every[place], output[0]))
                else:
                    waiting += stretches(place, every[place], *output, threshold=self._exit["threshold"])
            if sum(len(stretch.states) for stretch in waiting) >= TOGETHER:
                read += self._read_on(waiting)
                waiting = []
        read += self._read_on(waiting)
        for _, _, window, scores in sorted(read, key=itemgetter(0, 1)):
            scores = np.exp(scores - scores.max(-1, keepdims=True))
            yield window, scores / scores.sum(-1, keepdims=True)

    def _first(self, group: Sequence[Window], texts: Sequence[str]) -> list[tuple[Floats, ...]]:
        """What `model.onnx` says of each window of a group of like length, without its padding."""
        width = -(-max(len(window.ids) for window in group) // STEP) * STEP
        ids, mask, cases = (np.zeros((len(group), width), np.int64) for _ in range(3))
        for row, window in enumerate(group):
            size = len(window.ids)
            ids[row, :size], mask[row, :size] = window.ids, 1
            if self._card["cases"]:
                cases[row, :size] = _cases(window, texts[window.number])
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": cases}
        outputs = self._session.run(None, {name: feed[name] for name in self._inputs})
        return [tuple(output[row, : len(window.ids)] for output in outputs) for row, window in enumerate(group)]

    def _read_on(self, waiting: Sequence[Stretch]) -> Iterator[tuple[int, int, Window, Floats]]:
        """The scores of the tags for stretches that the first layers let pass, with the place of their window and their own in it."""
        for group in groups([len(stretch.states) for stretch in waiting], TOGETHER):
            chosen = [waiting[place] for place in group]
            width = -(-len(chosen[-1].states) // STEP) * STEP
            states, mask = np.zeros((len(chosen), width, chosen[0].states.shape[1]), np.float32), np.zeros((len(chosen), width), np.int64)
            for row, stretch in enumerate(chosen):
                states[row, : len(stretch.states)], mask[row, : len(stretch.states)] = stretch.states, 1
            scores = self._rest.run(None, {"states": states, "attention_mask": mask})[0]
            yield from ((stretch.place, stretch.first, stretch.window, scores[row, stretch.own : stretch.own + len(stretch.window.ids)]) for row, stretch in enumerate(chosen))

    def _spans(self, window: Window, chances: Floats, text: str) -> Iterator[NameSpan]:
        """Names of one window: words whose likeliest kind is over its threshold, joined while nothing says that a new one begins."""
        kinds = chances[: len(window.ids)] @ self._sums
        if kinds.max(initial=0.0) < self._thresholds.min():
            return
        begins = chances[: len(window.ids)] @ self._begins
        open_span: list[Any] | None = None
        for start, end, first, last in _words(window):
            means = kinds[first:last].mean(0)
            kind = int(means.argmax())
            sure = means[kind] >= self._thresholds[kind]
            if open_span and (not sure or kind != open_span[2] or _parted(text, open_span[1], start, begins[first, kind], kinds[first, kind])):
                yield self._closed(open_span)
                open_span = None
            if sure and open_span:
                open_span[1] = end
                open_span[3].append(float(means[kind]))
            elif sure:
                open_span = [start, end, kind, [float(means[kind])]]
        if open_span:
            yield self._closed(open_span)

    def _closed(self, span: list[Any]) -> NameSpan:
        start, end, kind, chances = span
        return NameSpan(start, end, self._kinds[kind], round(min(1.0, sum(chances) / len(chances)), 4))


def _session(path: Path, digest: str) -> Any:
    """A session on one model file that is checked to be the one its card describes."""
    import onnxruntime

    model = path.read_bytes()
    if hashlib.sha256(model).hexdigest() != digest:
        raise UsageError(f"the names model in {path.parent} is not the one its card describes")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # matrices this small gain nothing from more; texts are read beside each other instead
    options.enable_cpu_mem_arena = True
    # the fused addition and normalisation takes four times as long as its two parts (onnxruntime 1.32)
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"], disabled_optimizers=["SkipLayerNormFusion"])


def _sums(tags: Sequence[str], kinds: Sequence[str]) -> tuple[Floats, Floats]:
    """Matrices from tag probabilities to the probability of each kind, and of a beginning of each kind."""
    whole, begin = (np.zeros((len(tags), len(kinds)), np.float32) for _ in range(2))
    for row, tag in enumerate(tags):
        if tag[2:] in FROM_LABELS:
            column = kinds.index(FROM_LABELS[tag[2:]])
            whole[row, column] = 1
            begin[row, column] = float(tag.startswith("B-"))
    return whole, begin


def _cases(window: Window, text: str) -> list[int]:
    """For every token 0 lower, 1 initial, 2 upper, 3 mixed: the vocabulary itself knows no capitals."""
    return [_case(text[start:end]) for start, end in window.offsets]


def _case(word: str) -> int:
    if word == word.lower():
        return 0
    if word == word.upper():
        return 2 if len(word) > 1 else 1
    return 1 if word[1:] == word[1:].lower() else 3


def _words(window: Window) -> Iterator[tuple[int, int, int, int]]:
    """Start and end in the text, first and last token, of every word of a window."""
    previous, first = None, 0
    words = window.words
    for place, word in enumerate([*words, None]):
        if word != previous or word is None:
            if previous is not None:
                yield window.offsets[first][0], window.offsets[place - 1][1], first, place
            previous, first = word, place


def _parted(text: str, end: int, start: int, begin: float, kind: float) -> bool:
    """Whether a new name begins after the open one: a line ends between them, or the model says so."""
    between = text[end:start]
    return "\n\n" in between or len(between) > 3 or (begin > 0.5 * kind and start > end)


def _keep(spans: dict[tuple[int, int], NameSpan], span: NameSpan) -> None:
    """Add `span` unless a span of the window before covers the place; of two that overlap the longer stays."""
    for key, other in list(spans.items()):
        if span.start < other.end and other.start < span.end:
            if span.end - span.start <= other.end - other.start:
                return
            del spans[key]
    spans[span.start, span.end] = span
