"""The section on individuals: observed, estimated, exposed, and how they split."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from leakscope.estimation import Estimates
from leakscope.estimation.counts import scaled_group
from leakscope.individuals.residence import places
from leakscope.model import Basis, Estimate
from leakscope.severity.impact import scaled
from leakscope.vocabulary import elements


def exact(count: int, method: str) -> Estimate:
    """A count that is no estimate."""
    return Estimate(value=float(count), low=float(count), high=float(count), method=method, basis=Basis.EXACT)


def split(people: pl.DataFrame, column: str) -> list[dict[str, Any]]:
    """Counted people by one column, most first, unknown as null."""
    return people.group_by(column).len("people").sort(["people", column], descending=[True, False]).to_dicts()


STATE_UNKNOWN = " (state not known)"


def by_residence(people: pl.DataFrame, person_elements: pl.DataFrame, estimates: Estimates, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """
    Counted people by residence, with the bases that told it and the elements exposed of anybody there.

    Args:
        people: schema INDIVIDUALS, counted ones.
        person_elements: schema PERSON_ELEMENTS.
        estimates: people by residence in the evidence and, where it can be told, in the exposure.
        names: ISO 3166 code to name.
    """
    # a country beside its own states stands for those whose state nobody knows
    parts = {code.partition("-")[0] for code in people["residence"].drop_nulls().unique() if "-" in code}
    grouped = people.group_by("residence").agg(pl.len().alias("people"), pl.col("residence_basis").drop_nulls().unique().sort().alias("basis"))
    rows = grouped.sort(["people", "residence"], descending=[True, False]).to_dicts()
    held = person_elements.filter(pl.col("element").is_not_null()).join(people.select("person", "residence"), on="person")
    elements_of = dict(held.group_by("residence").agg(pl.col("element").unique().sort()).iter_rows())
    return [
        {
            "id": f"residence-{row['residence'] or 'unknown'}",
            "residence": row["residence"],
            "name": names.get(row["residence"], row["residence"]) + (STATE_UNKNOWN if row["residence"] in parts else "") if row["residence"] else "Unknown",
            "people": (estimates.by_residence.get(row["residence"]) or exact(row["people"], "people observed in the evidence")).to_dict(),
            "exposure": exposed.to_dict() if (exposed := estimates.by_residence_exposure.get(row["residence"])) is not None else None,
            "elements": elements_of.get(row["residence"], []),
            "basis": row["basis"],
            "weights": {basis: places()["weights"][basis] for basis in row["basis"]},
        }
        for row in rows
    ]


def by_element(
    person_elements: pl.DataFrame, counted: pl.DataFrame, record_counts: Mapping[str, int], stated: Mapping[str, Mapping[str, Any]], estimated: Estimate
) -> list[dict[str, Any]]:
    """
    Counted people by element of data, most first.

    Args:
        person_elements: schema PERSON_ELEMENTS.
        counted: schema INDIVIDUALS, counted ones.
        record_counts: records by element.
        stated: people by element as the impact summary has them, so that both say the same.
        estimated: all people in the evidence, for elements that it does not have.
    """
    kept = person_elements.join(counted.select("person"), on="person", how="semi")
    people = kept.group_by("element").agg(pl.col("person").n_unique().alias("people")).sort(["people", "element"], descending=[True, False])
    known = elements()
    return [
        {
            "element": code,
            "name": known[code].name if code in known else code,
            "people": dict(stated.get(code) or scaled(count, estimated, counted.height).to_dict()),
            "records": record_counts.get(code, 0),
        }
        for code, count in people.iter_rows()
    ]


#: What is said of the bands of people whom nobody has seen.
BAND_CAUTION = "as among the people seen; of those in records not read more may be exposed than of these"


def by_band(bands: pl.DataFrame, counted: pl.DataFrame, *, estimated: Estimate | None = None, exposure: Estimate | None = None) -> list[dict[str, Any]]:
    """
    Counted people by severity band of the leading scheme, gravest first; those without a weighed element are `none`.

    Args:
        bands: `person, band, score`.
        counted: schema INDIVIDUALS, counted ones.
        estimated: everybody in the evidence; null where nobody estimated them.
        exposure: everybody in the exposure; null likewise.

    Returns:
        `band, people` (those seen), and `estimated` and `exposure`, estimates or null.
    """
    joined = counted.select("person").join(bands.select("person", "band"), on="person", how="left").with_columns(pl.col("band").fill_null("none"))
    counts = dict(joined.group_by("band").len().iter_rows())
    gravest = bands.group_by("band").agg(pl.col("score").max()).sort("score", "band", descending=[True, False]).get_column("band").to_list()
    whole = exposure if exposure is not None and exposure.value is not None else None
    return [
        {
            "band": band,
            "people": counts[band],
            "estimated": _of_band(counts[band], estimated, counted.height),
            "exposure": _of_band(counts[band], whole, counted.height),
        }
        for band in (*gravest, "none")
        if counts.get(band)
    ]


def _of_band(seen: int, everybody: Estimate | None, counted: int) -> dict[str, Any] | None:
    if everybody is None:
        return None
    found = scaled_group(seen, everybody, counted)
    return (found if found.basis is Basis.EXACT else replace(found, method=f"{found.method}; {BAND_CAUTION}")).to_dict()


def kinds(counted: pl.DataFrame) -> tuple[int, int]:
    """Identified people, and those who are merely identifiable."""
    identified = counted.filter(pl.col("kind") == "identified").height
    return identified, counted.height - identified


def not_counted(reasons: Mapping[str, int]) -> list[dict[str, Any]]:
    """Who was found and not counted, and why, most first."""
    return [{"reason": reason, "count": count} for reason, count in sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))]


def record_counts_by_element(sightings: pl.DataFrame, element_of: Mapping[str, str | None]) -> dict[str, int]:
    """Distinct records that hold each element."""
    codes = {entity: code for entity, code in element_of.items() if code}
    if not codes or not sightings.height:
        return {}
    mapped = sightings.select("source", "record", pl.col("entity").replace_strict(codes, default=None, return_dtype=pl.String).alias("element")).drop_nulls("element")
    return dict(mapped.unique().group_by("element").len().iter_rows())


