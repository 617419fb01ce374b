"""Gives records back with every finding masked in place, also inside what was nested or encoded."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from leakscope.detection.kernel import Kernel
from leakscope.detection.keyed_rows import label_in
from leakscope.detection.names_span import NameSpan
from leakscope.text import layers, placed
from leakscope.text.layers import Layer
from leakscope.text.leaf import Leaf, place
from leakscope.text.pairs import pair_of, parallel_of, row_of_table, tables_of
from leakscope.text.placed import Placed
from leakscope.text.statements import Cell
from leakscope.text.unfold import MAX_LAYERS, row_leaves
from leakscope.text.written_rows import around, written_rows

Spans = list[tuple[int, int, str]]
Names = Callable[[Sequence[str]], Sequence[Iterable[NameSpan]]]
_LETTERS = re.compile(r"[^\W\d_]{2}")


def no_names(texts: Sequence[str]) -> Sequence[Iterable[NameSpan]]:
    """Finds no names: for records in which only patterns are masked."""
    return [() for _ in texts]


class Redactor:
    """
    Masks findings in records.

    Args:
        kernel: finds them.
        names: finds names of people and places in running text: texts -> spans of each.
    """

    def __init__(self, kernel: Kernel, names: Names = no_names) -> None:
        self._kernel = kernel
        self._names = names

    def record(self, row: Any) -> Any:
        """The record with every finding replaced by its entity type in brackets; a value without findings stays as it was."""
        return self._node(row, "", "")

    def _node(self, node: Any, path: str, name: str) -> Any:
        if isinstance(node, dict):
            return self._object(node, path)
        if isinstance(node, (list, tuple)):
            return [self._entry(value, f"{path}[{index}]", name) for index, value in enumerate(node)]
        if isinstance(node, str):
            return self.text(node, path, name)
        if node is None or isinstance(node, bool):
            return node
        written = str(node)
        masked = self.text(written, path, name)
        return node if masked == written else masked

    def _object(self, node: dict[str, Any], path: str) -> dict[str, Any]:
        paired, tabled, labelled = parallel_of(node), tables_of(node), label_in(node)
        masked: dict[str, Any] = {}
        for field, value in node.items():
            inner = f"{path}.{field}" if path else field
            if field in tabled:
                masked[self._key(field)] = [self._row(tabled[field], row, f"{inner}[{index}]") for index, row in enumerate(value)]
            elif field in paired:
                labels = node[paired[field]]
                masked[self._key(field)] = [self._node(one, f"{inner}[{label}]", label) for label, one in zip(labels, value, strict=True)]
            else:
                named = self._node(value, labelled[1], labelled[1]) if labelled and field == labelled[0] else value
                masked[self._key(field)] = self._node(named, inner, field)
        return masked

    def _row(self, names: list[str], row: Any, path: str) -> Any:
        values = [self._node(value, f"{path}.{name}", name) for name, value in zip(names, row_of_table(row), strict=True)]
        return {"f": [{"v": value} for value in values]} if isinstance(row, dict) else values

    def _entry(self, value: Any, path: str, name: str) -> Any:
        pair = pair_of(value)
        if pair is None:
            return self._node(value, path, name)
        label = pair[0]
        return {field: self._node(one, f"{path}[{label}]", label) if field == "value" else self._node(one, path, field) for field, one in value.items()}

    def _key(self, field: str) -> str:
        masked = self.text(field, "", "")
        return field if masked == field else f"{masked}#{self._kernel.key.pseudonym('path', field)[:6]}"

    def text(self, text: str, path: str, name: str, depth: int = 0) -> str:
        """One value with its findings masked."""
        tree = placed.parse(text) if depth < MAX_LAYERS else None
        if tree is not None:
            return self._json(text, tree, path, name, depth)
        rows = written_rows(text) if depth < MAX_LAYERS else []
        if rows:
            return replaced(text, [*self._through(around(text, rows), path, name, depth), *self._in_rows(rows, path, depth)])
        spans = [*self._found(text, path, name), *self._in_layers(text, path, name, depth)]
        masked = replaced(text, spans)
        return self._in_base64(masked, path, name, depth) if depth < MAX_LAYERS else masked

    def _found(self, text: str, path: str, name: str) -> Spans:
        spans = [(one.start, one.end, f"[{one.entity}]") for one in self._kernel.standing(path, name, text)]
        if _LETTERS.search(text) and " " in text:
            spans += [(span.start, span.end, f"[{span.entity}]") for span in self._names([text])[0]]
        return spans

    def _in_layers(self, text: str, path: str, name: str, depth: int) -> Spans:
        """Findings that only show once the whole text is decoded, at their places in the text as written."""
        spans: Spans = []
        for read in (layers.utf16, layers.percent, layers.entities, layers.escapes, layers.disguised):
            layer = read(text) if depth < MAX_LAYERS else None
            if layer is not None:
                spans += self._through(layer, path, name, depth)
        return spans

    def _in_rows(self, rows: list[Cell], path: str, depth: int) -> Spans:
        cell_at = {cell.text.start: cell for cell in rows}
        spans: Spans = []
        for leaf in row_leaves(rows):
            masked = self.text(leaf.value, f"{path}{leaf.field}", leaf.key or "", depth + 1)
            if masked != leaf.value:
                spans.append((leaf.start, leaf.end, cell_at[leaf.start].written(masked)))
        return spans

    def _through(self, layer: Layer, path: str, name: str, depth: int) -> Spans:
        leaf = Leaf(f"{path}->{layer.name}", name, layer.text, layer.start, layer.end, layer.breaks or ())
        if placed.parse(layer.text) is not None or self._in_base64(layer.text, path, name, depth + 1) != layer.text:
            return [(layer.start, layer.end, "[REDACTED]")] if self.text(layer.text, leaf.field, name, depth + 1) != layer.text else []
        inner = [*self._found(layer.text, leaf.field, name), *self._in_layers(layer.text, leaf.field, name, depth + 1)]
        return [(*place(leaf, start, end), mask) for start, end, mask in inner]

    def _in_base64(self, text: str, path: str, name: str, depth: int) -> str:
        spans: Spans = []
        for run in layers.base64_runs(text):
            masked = self.text(run.text, f"{path}->{run.name}", name, depth + 1)
            if masked != run.text:
                written = layers.encode_base64(run.name, masked, text[run.start : run.end])
                spans.append((run.start, run.end, written or "[REDACTED]"))
        return replaced(text, spans)

    def _json(self, text: str, tree: Any, path: str, name: str, depth: int) -> str:
        spans: Spans = []
        self._json_spans(tree, f"{path}->$", name, depth, text, spans)
        return replaced(text, spans)

    def _json_spans(self, node: Any, path: str, name: str, depth: int, text: str, spans: Spans) -> None:
        if isinstance(node, Placed):
            plain = str.__str__(node)
            masked = self.text(plain, path, name, depth + 1)
            if masked != plain:
                quoted = text[node.start - 1 : node.start] == '"'
                written = json.dumps(masked, ensure_ascii=False)
                spans.append((node.start, node.end, written[1:-1] if quoted else written))
        elif isinstance(node, dict):
            paired, tabled = parallel_of(node), tables_of(node)
            for field, value in node.items():
                key = self._key(str.__str__(field))
                if key != str.__str__(field):
                    spans.append((field.start, field.end, json.dumps(key, ensure_ascii=False)[1:-1]))
                if field in tabled:
                    for index, row in enumerate(value):
                        for label, one in zip(tabled[field], row_of_table(row), strict=True):
                            self._json_spans(one, f"{path}.{field}[{index}].{label}", str.__str__(label), depth, text, spans)
                    continue
                labels = node[paired[field]] if field in paired else None
                for index, one in enumerate(value) if labels else ():
                    self._json_spans(one, f"{path}.{field}[{labels[index]}]", str.__str__(labels[index]), depth, text, spans)
                if not labels:
                    self._json_spans(value, f"{path}.{field}", str.__str__(field), depth, text, spans)
        elif isinstance(node, list):
            for index, value in enumerate(node):
                pair = pair_of(value)
                if pair is None:
                    self._json_spans(value, f"{path}[{index}]", name, depth, text, spans)
                else:
                    for field, one in value.items():
                        self._json_spans(one, f"{path}[{pair[0]}]", str.__str__(pair[0]) if field == "value" else str.__str__(field), depth, text, spans)


def replaced(text: str, spans: Spans) -> str:
    """`text` with each span replaced by its mask; overlapping spans are masked together, under the first one's name."""
    parts: list[str] = []
    at = 0
    for start, end, mask in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start < at:
            at = max(at, end)
            continue
        parts += (text[at:start], mask)
        at = end
    return "".join((*parts, text[at:]))
