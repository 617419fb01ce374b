"""Labels of several reviewers made one, and how far they agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import polars as pl

UNSURE = "unsure"
#: One row per label that a reviewer gave.
LABELS = pl.Schema({"item": pl.String, "reviewer": pl.String, "label": pl.String})


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """
    How far reviewers agree.

    Args:
        reviewers: who gave labels.
        items: labelled by two or more.
        agreed: of those, with one label only.
        kappa: Cohen's, the mean over pairs of reviewers; null when no two labelled the same items or chance leaves nothing to agree on.
        disputed: items on which sure labels differ; they count as unsure until the reviewers settle them.
    """

    reviewers: int
    items: int
    agreed: int
    kappa: float | None
    disputed: tuple[str, ...]


def cohens_kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """
    Agreement of two reviewers beyond chance: (observed - expected) / (1 - expected).

    Args:
        pairs: both labels of each item.

    Returns:
        At most 1; null without items, or when both gave one and the same label to everything.

    Source:
        Cohen (1960), Educ. Psychol. Meas. 20:37; agrees with statsmodels in tests.
    """
    if not pairs:
        return None
    size = len(pairs)
    observed = sum(one == other for one, other in pairs) / size
    names = {label for pair in pairs for label in pair}
    shares = [({name: sum(pair[side] == name for pair in pairs) / size for name in names}) for side in (0, 1)]
    expected = sum(shares[0][name] * shares[1][name] for name in names)
    return None if expected >= 1 else (observed - expected) / (1 - expected)


def settled(labels: pl.DataFrame) -> tuple[dict[str, str], Agreement]:
    """
    One label for each item, and the agreement.

    Args:
        labels: schema `LABELS`, one row per item and reviewer.

    Returns:
        item -> label: what all sure labels say; `unsure` where they differ or nobody was sure.
    """
    by_item: dict[str, dict[str, str]] = {}
    for item, reviewer, label in labels.select("item", "reviewer", "label").iter_rows():
        by_item.setdefault(item, {})[reviewer] = label
    sure = {item: {label for label in given.values() if label != UNSURE} for item, given in by_item.items()}
    chosen = {item: next(iter(found)) if len(found) == 1 else UNSURE for item, found in sure.items()}
    shared = {item: given for item, given in by_item.items() if len(given) > 1}
    agreement = Agreement(
        reviewers=labels.get_column("reviewer").n_unique(),
        items=len(shared),
        agreed=sum(len(set(given.values())) == 1 for given in shared.values()),
        kappa=_mean_kappa(shared),
        disputed=tuple(sorted((item for item, found in sure.items() if len(found) > 1), key=lambda item: (len(item), item))),
    )
    return chosen, agreement


def _mean_kappa(shared: Mapping[str, Mapping[str, str]]) -> float | None:
    """Over all pairs of reviewers; Light (1971), Psychol. Bull. 76:365."""
    names = sorted({reviewer for given in shared.values() for reviewer in given})
    found = [cohens_kappa([(given[one], given[other]) for given in shared.values() if one in given and other in given]) for one, other in combinations(names, 2)]
    known = [kappa for kappa in found if kappa is not None]
    return sum(known) / len(known) if known else None
