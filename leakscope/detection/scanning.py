"""Scans evidence from its readers to findings, batch by batch, and counts what was set aside."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from leakscope.catalogue import load
from leakscope.detection.held_back import HeldBack
from leakscope.detection.kernel import Kernel
from leakscope.detection.names_in_scan import NamesReader
from leakscope.detection.suppressions import Suppression, without
from leakscope.errors import UsageError
from leakscope.model import Batch, SetAside
from leakscope.safety.keys import IncidentKey, load_key, new_key
from leakscope.schema import FINDINGS, conform
from leakscope.sources import expand, read
from leakscope.sources.evidence import gather


@dataclass(slots=True)
class Tally:
    """What a scan saw: records read and pieces set aside, with their reasons."""

    records: int = 0
    suppressed: int = 0
    set_aside: list[SetAside] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 all read, 4 something set aside, 3 nothing readable."""
        if not self.set_aside:
            return 0
        return 4 if self.records else 3


def batches(paths: tuple[str, ...], tally: Tally) -> Iterator[Batch]:
    """Every batch of the files, folders or standard input that `paths` name; what cannot be read goes to `tally`."""
    for evidence in gather(paths):
        if isinstance(evidence, SetAside):
            tally.set_aside.append(evidence)
            continue
        for found in expand(evidence):
            if isinstance(found, SetAside):
                tally.set_aside.append(found)
                continue
            for piece in read(*found):
                if isinstance(piece, SetAside):
                    tally.set_aside.append(piece)
                else:
                    tally.records += piece.records
                    yield piece


def kernel_for(rules: Path | None, key_file: Path | None, *, entities: tuple[str, ...] = (), min_confidence: float = 0.5) -> Kernel:
    """
    A kernel as the command line asks for it.

    Args:
        rules: a user's rule file.
        key_file: the incident key; null: one for this run only.
        entities: entity types to report; empty: all.
        min_confidence: least confidence reported.

    Raises:
        UsageError: there is no such entity type.
    """
    catalogue = load(rules)
    for name in entities:
        if name not in catalogue.entities:
            near = difflib.get_close_matches(name.upper(), sorted(catalogue.entities), 1) or [one for one in sorted(catalogue.entities) if name.upper() in one]
            meant = f"Did you mean {near[0]}? " if near else ""
            raise UsageError(f"There is no entity type {name}.", hint=f"{meant}leakscope catalogue list entities names them all.")
    key: IncidentKey = load_key(key_file) if key_file else new_key()
    return Kernel(catalogue, key, entities=frozenset(entities) or None, min_confidence=min_confidence)


def findings(
    paths: tuple[str, ...],
    kernel: Kernel,
    tally: Tally,
    *,
    names: NamesReader | None = None,
    suppressions: tuple[Suppression, ...] = (),
    harmless: bool = False,
    found_in: Callable[[Iterator[Batch]], Iterator[tuple[Batch, pl.DataFrame]]] | None = None,
) -> Iterator[pl.DataFrame]:
    """
    Findings of each batch, schema `FINDINGS`, by record, field and place.

    Args:
        paths: files, folders or `-`.
        kernel: finds patterns.
        tally: counts what was read, set aside and suppressed.
        names: finds names in running text; null: they are not sought.
        suppressions: findings to leave out.
        harmless: show too what the benign catalogue suppresses, the reason in `attributes.suppressed`.
        found_in: gives each batch with what stands in it, in order; null: `kernel`, in this process.
    """
    held_back = HeldBack(kernel) if harmless else None
    today = datetime.now(UTC).date()
    searched = found_in(batches(paths, tally)) if found_in else ((batch, kernel.find_batch(batch)) for batch in batches(paths, tally))
    for batch, sighted in searched:
        found = conform(sighted, FINDINGS)
        named = names.find(batch, found) if names else None
        if named is not None and named.height:
            found = pl.concat([found, named]).sort("record", "field", "start", maintain_order=True)
        if held_back is not None:
            found = pl.concat([found, held_back.find(batch)]).sort("record", "field", "start", maintain_order=True)
        kept = without(found, suppressions, today)
        tally.suppressed += found.height - kept.height
        if kept.height:
            yield kept
