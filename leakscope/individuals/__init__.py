"""From findings to data subjects: who the evidence speaks of, which elements of whom were exposed, and how many people that is."""

from __future__ import annotations

import sys
from types import ModuleType

import polars as pl

from leakscope.individuals.decisions import apply_decisions, load_decisions
from leakscope.individuals.linkage import link
from leakscope.individuals.model import LinkDecision, Linked

__all__ = ["LinkDecision", "Linked", "apply_decisions", "individuals", "link", "load_decisions"]


def individuals(frame: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """
    Which person each record is about; see `tables.individuals`.

    Args:
        frame: a plain table, one row a record, or findings.

    Returns:
        `record, person`, one row per record.
    """
    from leakscope.individuals import tables

    return tables.individuals(frame)


class _CallableModule(ModuleType):
    """`leakscope.individuals` is this package and, by the published interface, also its main function."""

    def __call__(self, frame: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
        return individuals(frame)


sys.modules[__name__].__class__ = _CallableModule
