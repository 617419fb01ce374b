"""Frames of open values compressed in memory: columns of logs repeat so much that they take a tenth or less of their size."""

from __future__ import annotations

import io

import polars as pl

from leakscope.safety.exposed import Exposed

#: Bytes of frames that are gathered before they are compressed together.
_TOGETHER = 32 << 20


class PackedFrame(Exposed[pl.DataFrame]):
    """
    A frame of open values that is held compressed and opened by column; it is put together part by part.

    Args:
        schema: of every part, and of what is opened.
        kind: its schema's name, for the print form.

    Example:
        >>> packed = PackedFrame(pl.Schema({"a": pl.Int64, "b": pl.String}), "ROWS")
        >>> packed.add(pl.DataFrame({"a": [1, 2], "b": ["x", "y"]}))
        >>> packed, packed.reveal("a").rows()
        (Exposed(ROWS, 2 rows), [(1,), (2,)])
    """

    __slots__ = ("_parts", "_rows", "_schema", "_waiting", "_waiting_bytes")

    def __init__(self, schema: pl.Schema, kind: str) -> None:
        super().__init__(pl.DataFrame(schema=schema), kind)
        self._schema = schema
        self._parts: list[bytes] = []
        self._waiting: list[pl.DataFrame] = []
        self._waiting_bytes = self._rows = 0

    def __len__(self) -> int:
        return self._rows

    def add(self, frame: pl.DataFrame) -> None:
        """Put `frame`, of the same schema, behind what is there."""
        if not frame.height:
            return
        self._rows += frame.height
        self._waiting.append(frame.select(list(self._schema)))
        self._waiting_bytes += int(frame.estimated_size())
        if self._waiting_bytes >= _TOGETHER:
            self._pack()

    def with_more(self, frame: pl.DataFrame) -> PackedFrame:
        """The same with `frame` behind it; this one stays as it is."""
        other = PackedFrame(self._schema, self.kind)
        other._parts, other._waiting, other._waiting_bytes, other._rows = [*self._parts], [*self._waiting], self._waiting_bytes, self._rows
        other.add(frame)
        return other

    def _pack(self) -> None:
        buffer = io.BytesIO()
        pl.concat(self._waiting, rechunk=True).write_ipc(buffer, compression="zstd")
        self._parts.append(buffer.getvalue())
        self._waiting, self._waiting_bytes = [], 0

    def reveal(self, *columns: str) -> pl.DataFrame:
        """The frame, or these columns of it, in the order in which its parts were added."""
        names = list(columns) or list(self._schema)
        parts = [pl.read_ipc(io.BytesIO(part), columns=names).select(names) for part in self._parts]
        return pl.concat([pl.DataFrame(schema={name: self._schema[name] for name in names}), *parts, *(frame.select(names) for frame in self._waiting)], rechunk=True)
