"""Runs the batch function over all batches: in this process, in several, or on Spark; the results are the same."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from leakscope.engines.batch import Examined, Work
    from leakscope.model import Batch, SetAside

#: Modules of this folder that run batches, by the name a user gives.
ENGINES = ("local", "spark")


class Engine(Protocol):
    """Must give every piece back in order, with what was found in it, whatever runs where."""

    def __call__(self, batches: Iterator[Batch | SetAside], work: Work, *, workers: int = 1) -> Iterator[tuple[Batch | SetAside, Examined | None]]: ...


def engine(name: str) -> Engine:
    """
    What runs batches under the name `name`.

    Args:
        name: one of `ENGINES`.
    """
    return cast(Engine, import_module(f"leakscope.engines.{name}").run)
