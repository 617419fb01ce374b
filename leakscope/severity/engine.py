"""Assesses severity: for every individual, for the incident, for each data class; one scheme leads, the others stand beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl

from leakscope.model import Estimate
from leakscope.severity.circumstances import read_circumstances
from leakscope.severity.combinations import combinations, worst_combinations
from leakscope.severity.cost import NOT_ASKED, cost_ranges, no_cost
from leakscope.severity.counts import NOT_PERSONAL, element_counts, telling_records
from leakscope.severity.impact import summarise
from leakscope.severity.incident import Ground, circumstances_total, score_incident
from leakscope.severity.others import FORMULAS, measures_of, scale_of, score_range, score_with, sensitivity_of, working_of
from leakscope.severity.overrides import Override, fixed_factors, override_of, read_overrides, targets
from leakscope.severity.people import band_expression, exposed_elements, person_severity, score_expression
from leakscope.severity.scheme import DEFAULT_SCHEME, ENISA_KIND, grounds_of, load_scheme, scheme_names
from leakscope.severity.secrets import rate_secrets, secrets_by_severity
from leakscope.severity.shapes import Grounds, Scheme
from leakscope.severity.topics import rate_topics
from leakscope.severity.weights import before_weight

#: Stands for all findings when none could be linked to a person.
NOBODY = "not-linked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Severity:
    """
    The result of `assess`.

    Args:
        bands: one row per counted person with elements: `person, band, score, dpc, ei, cb, identification`; sorted by person.
        rated_secrets: secrets with their severity as rated, most dangerous first.
        overrides: what was overridden: `target, before, after, who, when, why`.
    """

    bands: pl.DataFrame
    rated_secrets: pl.DataFrame
    overrides: tuple[dict[str, Any], ...]
    _section: dict[str, Any]
    _impact: list[dict[str, Any]]

    def section(self) -> dict[str, Any]:
        """The `severity` part of the assessment."""
        return self._section

    def impact_summary(self) -> list[dict[str, Any]]:
        """The `impact_summary` part of the assessment, the largest share first."""
        return self._impact


def _findings_as_one(counts: pl.DataFrame) -> pl.DataFrame:
    """All findings as if one person had them, in the shape of `people.exposed_elements`."""
    told = counts.filter(~pl.col("element").is_in(NOT_PERSONAL))
    return told.select(pl.lit(NOBODY).alias("person"), "element", "values", "stated", pl.lit(False).alias("child"), "records")


def _override_columns(people: pl.DataFrame, grounds: Grounds, overrides: tuple[Override, ...], cb: float) -> pl.DataFrame:
    """Overrides of categories, EI and CB hold for every person they concern; DPC as a whole is the incident's alone. `before:` keeps what was."""
    before = [pl.col(name).alias(f"before:{name}") for name in ("ei", *(f"dpc:{code}" for code in grounds.categories))]
    scores = []
    for code in grounds.categories:
        override = override_of(overrides, f"DPC.{code}")
        column = pl.col(f"dpc:{code}")
        scores.append(pl.when(column.is_not_null()).then(pl.lit(override.after)).alias(f"dpc:{code}") if override else column.cast(pl.Float64))
    moved = people.with_columns(before).with_columns(scores)
    identification = override_of(overrides, "EI")
    return moved.with_columns(
        dpc=pl.max_horizontal(f"dpc:{code}" for code in grounds.categories).fill_null(1.0),
        ei=pl.lit(identification.after) if identification else pl.col("ei").cast(pl.Float64),
        cb=pl.lit(cb),
    )


def _not_assessed(scheme: Scheme) -> dict[str, Any]:
    why = "no personal data was found in what was read; the scheme scores breaches of personal data"
    return {
        "scheme": scheme.name, "scheme_id": scheme.id, "formula": FORMULAS[scheme.combine], "working": why, "score": None, "band": "not_assessed",
        "meaning": why, "low": None, "high": None, "factors": [], "flags": [], "sensitivity": [], "scale": scale_of(scheme), "combine": scheme.combine, "confidence": scheme.confidence, "note": scheme.note,
    }  # fmt: skip


def _by_band(bands: pl.DataFrame, scheme: Scheme) -> list[dict[str, Any]]:
    counts = dict(bands.group_by("band").len().rows())
    return [{"id": f"band-{band.level}", "band": band.level, "people": counts.get(band.level, 0), "meaning": band.meaning} for band in reversed(scheme.bands)]


def _recorded(overrides: tuple[Override, ...], section: Mapping[str, Any], grounds: Grounds) -> tuple[dict[str, Any], ...]:
    before = {}
    for scored in (section["incident"], *section["other_schemes"]):
        head = "" if scored.get("combine") == ENISA_KIND else f"{scored['scheme_id']}."
        marked = [part for factor in scored["factors"] for part in (factor, *factor.get("parts", ()))]
        before |= {head + (part["factor"] if "factor" in part else part["id"]): part["overridden"]["before"] for part in marked if part.get("overridden")}
    rows = []
    for override in overrides:
        old = before_weight(override.target, grounds) if override.target.startswith("weight.") else before.get(override.target)
        rows.append({**asdict(override), "target": f"severity.{override.target}", "before": old})
    return tuple(rows)


def _last_seen(secrets: pl.DataFrame) -> datetime:
    return max(secrets["last_seen"].drop_nulls().to_list(), default=datetime(1970, 1, 1, tzinfo=UTC))


def _stated_overrides(facts: Any) -> Iterable[Any]:
    stated = facts.get("overrides") if isinstance(facts, Mapping) else getattr(facts, "overrides", None)
    return stated or ()


def check_overrides(facts: Any, scheme: str = DEFAULT_SCHEME) -> None:
    """
    Hold the overrides in `facts` to what can be overridden, before anything is read.

    Args:
        facts: of the incident, or null.
        scheme: that leads, by name or path.

    Raises:
        UsageError: the scheme does not exist, or an override is not usable.
    """
    read_overrides(_stated_overrides(facts), targets(grounds_of(load_scheme(scheme)), _schemes(scheme)))


def assess(
    *,
    person_elements: pl.DataFrame,
    individuals: pl.DataFrame,
    estimates: Mapping[str, Estimate],
    findings: pl.DataFrame,
    secrets: pl.DataFrame,
    chat: Mapping[str, Any] | None,
    facts: Any,
    scheme: str = DEFAULT_SCHEME,
    overrides: Iterable[Override | Mapping[str, Any]] = (),
    on: datetime | None = None,
    cost: bool = False,
) -> Severity:
    """
    Severity of an exposure, per individual and as a whole.

    Args:
        person_elements: schema `PERSON_ELEMENTS`; any order.
        individuals: schema `INDIVIDUALS`; any order.
        estimates: `individuals` (people in the evidence) and, when it can be stated, `exposure`.
        findings: schema `FINDINGS`, every occurrence; any order. Records and values of a data class are counted from it.
        secrets: schema `SECRETS`.
        chat: the chat section, or null.
        facts: facts of the incident, or null.
        scheme: name of a bundled scheme or path of a TOML file; it bands individuals and leads the incident.
        overrides: of factors and weights, each with a reason; those in the facts come first.
        on: the instant at which the life of secrets is judged; null: the latest time seen on any secret, else the epoch.
        cost: whether to reckon a rough range of what such breaches cost.

    Returns:
        frames and the parts of the assessment; the same input gives the same output.

    Raises:
        UsageError: the scheme does not exist, or an override is not usable.
    """
    leading, schemes = load_scheme(scheme), _schemes(scheme)
    grounds = grounds_of(leading)
    chosen = read_overrides([*_stated_overrides(facts), *overrides], targets(grounds, schemes))
    circumstances = read_circumstances(facts)
    cb = circumstances_total(circumstances, grounds, chosen)
    exposed = exposed_elements(person_elements, individuals, minimum_confidence=grounds.minimum_confidence)
    linked, counts = not exposed.is_empty(), element_counts(findings)
    base = exposed if linked else _findings_as_one(counts)
    people = _override_columns(person_severity(base, grounds, circumstances), grounds, chosen, cb)
    score = score_expression(leading, people=people.height if linked else 0, circumstances=circumstances, grounds=grounds, fixed=fixed_factors(chosen, leading))
    people = people.with_columns(score=score.cast(pl.Float64)).with_columns(band=band_expression(leading))
    rated = rate_secrets(secrets, on=on or _last_seen(secrets))
    sets = combinations(exposed, people if linked else people.clear())
    bands = (people if linked else people.clear()).select("person", "band", "score", "dpc", "ei", "cb", "identification")
    impact = summarise(
        exposed, sets, rated, grounds,
        counts=counts, chat=chat, individuals=estimates.get("individuals"), observed=individuals["counted"].sum() or None, overrides=chosen,
    )  # fmt: skip
    ground = Ground(people=people, grounds=grounds, circumstances=circumstances, overrides=chosen, linked=linked)
    section = _section(ground, leading, schemes, cb=cb, records=telling_records(findings), codes=set(base["element"].to_list()))
    section |= {
        "individuals_by_band": _by_band(bands, leading),
        "by_data_class": [
            {"id": f"weight-{row['data_class']}", "element": row["data_class"], "weight": row["severity_weight"], "source": row["weight_source"]} for row in impact
        ],
        "worst_combinations": worst_combinations(sets, grounds),
        "secrets_by_severity": secrets_by_severity(rated),
        "topics": rate_topics(chat, grounds, chosen),
        "cost": cost_ranges(estimates.get("exposure") or estimates.get("individuals")) if cost else no_cost(NOT_ASKED),
        "not_weighed": _not_weighed(person_elements, individuals, grounds),
    }
    return Severity(bands=bands, rated_secrets=rated, overrides=_recorded(chosen, section, grounds), _section=section, _impact=impact)


def _not_weighed(person_elements: pl.DataFrame, individuals: pl.DataFrame, grounds: Grounds) -> dict[str, Any]:
    """What stayed below the confidence line: an element of a person that may be there, and does not weigh."""
    counted = individuals.filter(pl.col("counted")).select("person")
    below = person_elements.join(counted, on="person", how="semi").filter(pl.col("confidence") < grounds.minimum_confidence)
    return {"minimum_confidence": grounds.minimum_confidence, "elements": below.height, "people": below["person"].n_unique()}


def _schemes(leading: str) -> list[Scheme]:
    """Every bundled scheme, and the leading one where it is a user's."""
    bundled = [load_scheme(name) for name in scheme_names()]
    return bundled if leading in scheme_names() else [*bundled, load_scheme(leading)]


def _section(ground: Ground, leading: Scheme, schemes: list[Scheme], *, cb: float, records: int, codes: set[str]) -> dict[str, Any]:
    enisa = leading if leading.combine == ENISA_KIND else load_scheme()
    if ground.people.is_empty():
        return {"incident": _not_assessed(leading), "other_schemes": []}
    measures = measures_of(ground.people if ground.linked else ground.people.head(1), records, circumstances=ground.circumstances, grounds=ground.grounds, cb=cb)
    measures["people"] = measures["people"] if ground.linked else 0.0
    scored = [
        score_with(other, measures, codes, circumstances=ground.circumstances, grounds=ground.grounds, overrides=ground.overrides)
        for other in schemes
        if other.combine != ENISA_KIND
    ]
    incident = {**score_incident(ground, enisa), "scale": scale_of(enisa)}
    if leading.combine == ENISA_KIND:
        return {"incident": incident, "other_schemes": scored}
    lead = next(row for row in scored if row["scheme_id"] == leading.id)
    moved = dict(zip(("low", "high"), score_range(leading, measures, codes, ground), strict=True))
    merged = {
        **lead, **moved, "formula": FORMULAS[leading.combine], "working": working_of(leading, lead), "flags": incident["flags"], "scale": scale_of(leading),
        "factors": [{**factor, "id": f"factor-{factor['factor']}", "category": "", "evidence": None, "source": leading.title} for factor in lead["factors"]],
        "sensitivity": sensitivity_of(leading, measures, codes, ground),
    }  # fmt: skip
    rest = [row for row in scored if row["scheme_id"] != leading.id]
    own = {name: incident[name] for name in ("scheme", "scheme_id", "combine", "score", "band", "meaning", "factors", "note", "confidence")}
    return {"incident": merged, "other_schemes": [{"id": f"scheme-{enisa.id}", "title": enisa.title, **own}, *rest]}
