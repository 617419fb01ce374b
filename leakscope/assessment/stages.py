"""The whole system on one screen: what happens to the evidence, in order. Each stage takes a run and returns it with more known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import polars as pl

from leakscope.assessment.assemble import assemble
from leakscope.assessment.collect import detect
from leakscope.assessment.opening import open_evidence
from leakscope.assessment.relink import with_decisions
from leakscope.assessment.sections.findings import findings_by_entity
from leakscope.assessment.state import Run
from leakscope.model import Estimate, Sample, SampleDesign
from leakscope.safety.packed import PackedFrame
from leakscope.schema import FINDINGS, SIGHTINGS, VALUES, conform, empty


@dataclass(frozen=True, slots=True)
class Stage:
    """
    One step of the way.

    Args:
        name: as the progress and the method section show it.
        run: pure but for reading evidence; never drops what an earlier stage found.
        says: what it does, in one sentence, for the method section.
    """

    name: str
    run: Callable[[Run], Run]
    says: str


def read_expensively(run: Run) -> Run:
    """Names and topics: a seeded sample of the conversations and prose, as large as the time budget allows."""
    options = run.options
    if options.names == "none":
        return run
    from leakscope.detection import expensive

    turns, prose = run.turns.reveal().with_columns(pl.col("text").drop_nulls().first().over("turn")), run.prose.reveal()
    plan = expensive.plan(turns, prose, budget_seconds=options.time_budget_seconds, expensive_sample=options.expensive_sample, seed=options.seed, names=options.names)
    run.ledger.write("planned", units=plan.size)
    result = expensive.read(plan, turns, prose, run.key, names=options.names, progress=run.progress)
    sightings = run.sightings.with_more(conform(result.sightings, SIGHTINGS))
    return replace(run, expensive=replace(result, sightings=empty(SIGHTINGS)), expensive_size=plan.size, sightings=sightings, prose=PackedFrame(VALUES, "VALUES"))


def describe_chat(run: Run) -> Run:
    """What was said, counted: conversations, turns, people, languages, and sensitive topics as estimates."""
    from leakscope.detection import chat_summary

    topics, totals = (run.expensive.topics, run.expensive.totals) if run.expensive is not None else (None, None)
    return replace(run, chat=chat_summary.summary(run.turns.reveal(*chat_summary.COUNTED), topics, totals=totals))


def find_secrets(run: Run) -> Run:
    """Distinct secrets, decoded offline, most dangerous first."""
    from leakscope.detection.secrets import secrets

    return replace(run, secrets=secrets(run.sightings.reveal(), run.records, run.catalogue, now=run.now))


def link_individuals(run: Run) -> Run:
    """Findings to people: strong identifiers exactly, the rest by probability; conflicts stay for a human, remembered decisions hold."""
    from leakscope.individuals import link
    from leakscope.individuals.linkage import LINKED_BY, SAID

    reading = run.expensive.reading if run.expensive is not None else None
    run.progress.start("linking people", None, "people")
    linked = link(run.sightings.reveal(*LINKED_BY), run.records, run.turns.reveal(*SAID), run.key, reading=reading, seed=run.options.seed)
    run.progress.stop()
    after, decided = with_decisions(run.case, run.ledger, linked, run.decisions, run.sightings.reveal("fingerprint", "entity"))
    return replace(run, linked=after, decided=decided)


def estimate(run: Run) -> Run:
    """From the sample to the evidence and the whole exposure, as far as the design allows."""
    from leakscope.estimation import estimate_counts

    stated, drawn = run.facts.population, run.drawn
    design = run.options.design or (SampleDesign(stated.design) if stated.design != "unknown" else SampleDesign.UNKNOWN)
    by = run.options.design_by or (stated.by if stated.by != "unknown" else None)
    some = drawn.design is not None
    sample = Sample(
        design=design, by=by, population=dict(run.options.population or stated.records), seed=run.options.seed,
        unreadable=sum(one.collected - one.examined - one.not_drawn for one in run.exhibits),
        drawn=run.records.height if some else None, supplied=sum(one.examined + one.not_drawn for one in run.exhibits) if some else None,
        drawn_design=drawn.design, drawn_by=drawn.by, drawn_from=dict(drawn.strata), clusters=drawn.clusters,
    )  # fmt: skip
    return replace(run, sample=sample, estimates=estimate_counts(run.records, run.sightings.reveal("source", "record", "entity", "fingerprint"), run.linked, run.secrets, sample, drawn_units=drawn.units))


def weigh(run: Run) -> Run:
    """Severity for each person and for the incident, with every factor on show."""
    from leakscope.severity import assess

    counted = run.linked.individuals.filter(pl.col("counted"))
    elements = run.linked.person_elements.join(counted.select("person"), on="person", how="semi")
    estimates = run.estimates
    findings = run.sightings.reveal(*FINDINGS)
    rows = findings_by_entity(findings, run.records, elements, estimates.entities)
    severity = assess(
        person_elements=elements,
        individuals=counted,
        estimates=counts_of(run),
        findings=findings,
        secrets=run.secrets,
        chat=run.chat,
        facts=run.facts,
        scheme=run.options.leading_scheme,
        cost=run.options.cost,
    )
    return replace(run, findings_rows=tuple(rows), severity=severity, secrets=severity.rated_secrets)


def counts_of(run: Run) -> dict[str, Estimate]:
    """People in the evidence and, where it can be told, in the whole exposure."""
    counts = {"individuals": run.estimates.individuals_estimated}
    return counts | {"exposure": run.estimates.individuals_exposure} if run.estimates.individuals_exposure is not None else counts


def decide(run: Run) -> Run:
    """Who must be told, by when, and what would change the answer."""
    from leakscope.notification import decide as evaluate

    counted = run.linked.individuals.filter(pl.col("counted"))
    decision = evaluate(
        individuals=counted,
        person_elements=run.linked.person_elements.join(counted.select("person"), on="person", how="semi"),
        counts=counts_of(run),
        facts=run.facts,
        on=run.options.on or run.now.date(),
        severity=run.severity.section(),
        now=run.now,
    )
    return replace(run, decision=decision)


STAGES: tuple[Stage, ...] = (
    Stage("open", open_evidence, "Every file is hashed (and again after reading), its format told from its content, and containers are opened."),
    Stage("detect", detect, "Every value of every record is unfolded and searched by the pattern detectors; conversations are recognised."),
    Stage("read", read_expensively, "Names and topics are read in a seeded random sample of conversations and prose, as large as the time budget allows."),
    Stage("chat", describe_chat, "Conversations are counted: each distinct turn once, however often it is repeated; topics as estimates."),
    Stage("secrets", find_secrets, "Distinct secrets are decoded offline and ordered by what they open."),
    Stage("link", link_individuals, "Findings are linked to individuals: strong identifiers exactly, the rest by probability."),
    Stage("estimate", estimate, "Counts become estimates of the evidence and of the whole exposure, as the sample design allows."),
    Stage("weigh", weigh, "Severity is weighed for each person and for the incident."),
    Stage("decide", decide, "Notification duties are evaluated in three-valued logic, with deadlines."),
    Stage("assemble", assemble, "Everything is written into assessment.json and the case's tables."),
)
