"""Takes records apart into their leaf values, through every nesting and encoding, each with the name beside it and its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import orjson
import polars as pl

from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey, new_key
from leakscope.schema import VALUES
from leakscope.text import layers, placed
from leakscope.text.describing import describe_rows
from leakscope.text.layers import Layer
from leakscope.text.leaf import Leaf, within
from leakscope.text.pairs import pair_of, parallel_of, row_of_table, tables_of
from leakscope.text.placed import Placed
from leakscope.text.statements import Cell
from leakscope.text.written_rows import around, as_tree, form_of, written_rows

__all__ = ["describe", "expand", "frame_of", "inner_leaves", "layered", "leaves", "loaded", "outer_leaves", "row_leaves", "rows", "unfold"]

#: Encodings inside one another that are followed (JSON in a string in JSON in a string, base64 twice ...).
MAX_LAYERS = 6
#: Code points decoded out of one text, for each of its own and besides, after which the rest stays encoded: bounds nested bombs.
MOST_DECODED, MOST_DECODED_BESIDES = 64, 4 * 1024 * 1024
#: What is written inside longer texts is not remembered.
CACHED_LENGTH = 20_000
#: Characters between which a name that is data stands until its key is known; names hold none.
_MARKS = str.maketrans("", "", "\x02\x03")
#: Names of fields that are themselves data: addresses, long numbers, ids, sentences.
_DATA_SEGMENT = re.compile(
    r"@|[0-9]{5,}|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}|^[0-9a-fA-F]{16,}$|^-?(?=[A-Za-z_-]*[0-9])(?=[0-9a-z_-]*[A-Z])(?=[0-9A-Z_-]*[a-z])[A-Za-z0-9_-]{20,}$"
    r"|^.{65,}$|^\+?[0-9][0-9 ()./-]{6,}$|^[0-9]{3}-[0-9]{2}-[0-9]{4}$",
    re.DOTALL,
)
#: How fields begin that stand for all of the value they were written in: JSON, SQL statements with rows, tables.
_WHOLE = ("->$", "->insert", "->table")
_EPHEMERAL = new_key()


def unfold(batch: Batch, key: IncidentKey | None = None) -> pl.DataFrame:
    """
    Every leaf value of the records of `batch`.

    Args:
        batch: records as exposed.
        key: incident key for the pseudonyms of path segments that are data; without it they do not compare between runs.

    Returns:
        Schema `VALUES`, in record order.
    """
    return frame_of(batch.source, ((number, leaf) for number, row in rows(batch) for leaf in leaves(row, key or _EPHEMERAL)))


def frame_of(source: str, numbered: Iterable[tuple[int, Leaf]]) -> pl.DataFrame:
    """
    Leaf values with the numbers of their records as a frame.

    Args:
        source: of all of them.
        numbered: in any order.

    Returns:
        Schema `VALUES`, in that order.
    """
    columns: tuple[list[Any], ...] = ([], [], [], [], [], [], [])
    record, field, name, value, start, end, offsets = columns
    for number, leaf in numbered:
        record.append(number)
        field.append(leaf.field)
        name.append(leaf.key or "")
        value.append(leaf.value)
        start.append(leaf.start)
        end.append(leaf.end)
        offsets.append(None if leaf.breaks is None else [place for pair in leaf.breaks for place in pair])
    names = ("record", "field", "key", "value", "outer_start", "outer_end", "offsets")
    frame = pl.DataFrame(dict(zip(names, columns, strict=True)), schema={column: VALUES[column] for column in names})
    return frame.with_columns(source=pl.lit(source)).select(VALUES.names())


def describe(batch: Batch) -> pl.DataFrame:
    """When, by which service and on which host each record of `batch` was written; schema `RECORDS`, in record order."""
    return describe_rows(batch.source, rows(batch), batch)


def rows(batch: Batch) -> Iterator[tuple[int, Any]]:
    """Each record of `batch` with its number, as plain Python values."""
    numbers = batch.numbers.to_list() if batch.numbers is not None else range(batch.first_record, batch.first_record + batch.records)
    if batch.frame is not None:
        yield from zip(numbers, batch.frame.iter_rows(named=True), strict=False)
        return
    for number, line in zip(numbers, (batch.lines or b"").split(b"\n"), strict=False):
        yield number, loaded(line)


def loaded(line: bytes) -> Any:
    """A line of NDJSON as plain values; a line that is none under the name `line`."""
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return {"line": line.decode("utf-8", "replace")} if line.strip() else {}


def outer_leaves(row: Any, key: IncidentKey) -> list[Leaf]:
    """The leaf values of one record before anything written inside them is taken apart."""
    return list(_walk(row, "", "", key))


def inner_leaves(outer: Leaf, key: IncidentKey) -> list[Leaf]:
    """The leaf values written inside one leaf, placed in it."""
    return [_inside_of(outer, part, key) for part in expand(outer.value)]


def layered(leaf: Leaf, depth: int, key: IncidentKey) -> list[Leaf]:
    """
    The leaf values written inside one leaf that is no JSON.

    Args:
        leaf: placed in the value before the first `->`.
        depth: JSON texts that it was taken out of already.
        key: incident key for data segments.
    """
    if not depth:
        return inner_leaves(leaf, key)
    parts = [within(leaf, part) for part in _inside(leaf.value, depth)]
    return [part._replace(field=_printed(part.field, key)) if "\x02" in part.field else part for part in parts]


def _inside_of(outer: Leaf, part: Leaf, key: IncidentKey) -> Leaf:
    field = _printed(part.field, key) if "\x02" in part.field else part.field
    return Leaf(outer.field + field, outer.key if part.key is None else part.key, part.value, part.start, part.end, part.breaks)


def whole(inner: list[Leaf] | tuple[Leaf, ...], outer: Leaf | None = None) -> bool:
    """Whether `inner` stands for all of its outer value, so that the outer value is not read itself."""
    return bool(inner) and inner[0].field.removeprefix(outer.field if outer else "").startswith(_WHOLE)


def leaves(row: Any, key: IncidentKey) -> Iterator[Leaf]:
    """Every leaf value of one record."""
    for leaf in _walk(row, "", "", key):
        inner = inner_leaves(leaf, key)
        if not whole(inner, leaf):
            yield leaf
        yield from inner


def _walk(node: Any, path: str, name: str, key: IncidentKey | None) -> Iterator[Leaf]:
    """Leaves of a nested value; `key` null: data segments stay marked for a later pass."""
    if isinstance(node, str):
        yield _leaf(path, name, node)
    elif isinstance(node, dict):
        yield from _walk_object(node, path, name, key)
    elif isinstance(node, (list, tuple)):
        yield from _walk_list(node, path, name, key)
    elif node is not None and not isinstance(node, bool):
        yield _leaf(path, name, _scalar(node))


def _scalar(node: Any) -> str:
    if isinstance(node, bytes):
        return node.decode("utf-8", "replace")
    if isinstance(node, float) and node.is_integer() and abs(node) < 2**53:
        return str(int(node))
    return str(node)


def _leaf(path: str, name: str, text: str) -> Leaf:
    if isinstance(text, Placed):
        return Leaf(path, name, str.__str__(text), text.start, text.end, text.breaks)
    return Leaf(path, name, text, 0, len(text))


def _walk_object(node: dict[str, Any], path: str, name: str, key: IncidentKey | None) -> Iterator[Leaf]:
    paired, tabled = parallel_of(node), tables_of(node)
    for field, value in node.items():
        if field in tabled:
            yield from _walk_table(tabled[field], value, _join(path, field, key), key)
            continue
        if field in paired:
            yield from _walk_parallel(node[paired[field]], value, _join(path, field, key), key)
            continue
        if field in paired.values():
            continue
        if is_data(field):
            yield _leaf(_join(path, field, key) + "#name", name, field)
        yield from _walk(value, _join(path, field, key), field, key)


def _walk_parallel(names: list[str], values: list[Any], path: str, key: IncidentKey | None) -> Iterator[Leaf]:
    for name, value in zip(names, values, strict=True):
        inner = f"{path}[{_segment(name, key)}]"
        if is_data(name):
            yield _leaf(inner + "#name", "", name)
        yield from _walk(value, inner, str.__str__(name), key)


def _walk_table(names: list[str], table: list[Any], path: str, key: IncidentKey | None) -> Iterator[Leaf]:
    for index, row in enumerate(table):
        for name, value in zip(names, row_of_table(row), strict=True):
            yield from _walk(value, _join(f"{path}[{index}]", name, key), str.__str__(name), key)


def _walk_list(node: list[Any] | tuple[Any, ...], path: str, name: str, key: IncidentKey | None) -> Iterator[Leaf]:
    for index, value in enumerate(node):
        pair = pair_of(value)
        if pair is None:
            yield from _walk(value, f"{path}[{index}]", name, key)
            continue
        label, inner = pair
        if is_data(label) or "name" in value:
            yield _leaf(f"{path}[{_segment(label, key)}]#name", "", label)
        yield from _walk(inner, f"{path}[{_segment(label, key)}]", str.__str__(label), key)


@lru_cache(maxsize=65536)
def is_data(segment: str) -> bool:
    """Whether a field's name is itself data (an address, an id, a number) rather than a name somebody chose; so is one with `_MARKS`."""
    return bool(_DATA_SEGMENT.search(segment)) or "\x02" in segment or "\x03" in segment


def _segment(name: str, key: IncidentKey | None) -> str:
    name = str.__str__(name)
    if not is_data(name):
        return name
    name = name.translate(_MARKS)
    return f"\x02{name}\x03" if key is None else _pseudonym(name, key)


def _pseudonym(name: str, key: IncidentKey) -> str:
    return f"<{key.pseudonym('path', name)[:12]}>"


def _printed(field: str, key: IncidentKey) -> str:
    return re.sub("\x02(.*?)\x03", lambda found: _pseudonym(found[1], key), field, flags=re.DOTALL)


def _join(path: str, field: str, key: IncidentKey | None) -> str:
    segment = _segment(field, key)
    return f"{path}.{segment}" if path else segment


def expand(text: str) -> tuple[Leaf, ...]:
    """
    The leaf values written inside one text, at any depth; empty when it is only what it says.

    Fields are relative (`->$.user.email`, `->base64->$`), data segments stay marked; the first field starts with `->$`
    when the whole text is JSON, whose leaves then stand for it, and is `->insert` when it holds rows of SQL, `->table` when it holds
    a table: the text around their values, which follow (`->insert.users[0].email`, `->table[0].email`).
    """
    return _remembered(text) if len(text) <= CACHED_LENGTH else tuple(_inside(text, 0))


@lru_cache(maxsize=4096)
def _remembered(text: str) -> tuple[Leaf, ...]:
    return tuple(_inside(text, 0))


class _Budget:
    """Code points that may still be decoded out of one text."""

    __slots__ = ("left",)

    def __init__(self, text: str) -> None:
        self.left = MOST_DECODED * len(text) + MOST_DECODED_BESIDES

    def takes(self, layer: Layer) -> bool:
        """Whether there is room for `layer`; then it is taken."""
        self.left -= len(layer.text)
        return self.left >= 0


def _inside(text: str, depth: int, budget: _Budget | None = None) -> Iterator[Leaf]:
    if depth >= MAX_LAYERS or len(text) < 6:
        return
    tree = placed.parse(text)
    if tree is not None:
        yield from _through(_walk(tree, "->$", "", None), depth, budget)
        return
    budget = budget or _Budget(text)
    if rows := written_rows(text):
        yield from _through([_of_layer(around(text, rows))], depth, budget)
        yield from _through(row_leaves(rows), depth, budget)
    else:
        yield from _through(map(_of_layer, filter(budget.takes, _layers(text))), depth, budget)


def _through(found: Iterable[Leaf], depth: int, budget: _Budget | None) -> Iterator[Leaf]:
    """Leaves that were written in one text, each with what is written inside it."""
    for leaf in found:
        inner = list(_inside(leaf.value, depth + 1, budget))
        if not whole(inner):
            yield leaf
        yield from (within(leaf, part) for part in inner)


def row_leaves(rows: list[Cell]) -> Iterator[Leaf]:
    """The values of rows in a text, as `expand` gives them; segments that are data stay marked."""
    return _walk(as_tree(rows), f"->{form_of(rows)}", "", None)


def _of_layer(layer: Layer) -> Leaf:
    return Leaf(f"->{layer.name}", None, layer.text, layer.start, layer.end, () if layer.breaks is None else layer.breaks)


def _layers(text: str) -> Iterator[Layer]:
    for read in (layers.utf16, layers.percent, layers.entities, layers.escapes, layers.disguised):
        layer = read(text)
        if layer is not None:
            yield layer
    yield from layers.base64_runs(text)
