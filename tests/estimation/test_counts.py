"""Every count of an assessment, by design."""

from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakscope.estimation import Accuracy, estimate_counts
from leakscope.estimation.beyond import distinct_by_strata
from leakscope.estimation.counts import scaled_group
from leakscope.model import Basis, Estimate, Sample, SampleDesign
from leakscope.schema import FINDINGS, INDIVIDUALS, PERSON_ELEMENTS, RECORD_PERSONS, RECORDS, SECRETS


@dataclass
class People:
    """What linkage gives."""

    individuals: pl.DataFrame
    person_elements: pl.DataFrame
    record_persons: pl.DataFrame
    interval: Estimate


def frame(rows, schema):
    """Rows with some columns of a schema, null elsewhere."""
    missing = [pl.lit(None, kind).alias(name) for name, kind in schema.items() if rows and name not in rows[0]]
    made = pl.DataFrame(rows).with_columns(missing) if rows else pl.DataFrame(schema=schema)
    return made.select(pl.col(name).cast(kind) for name, kind in schema.items())


def exposure(records=100, people=20, sources=("a",), secret=False):
    """`records` a source; every fifth names one of `people` by a mailbox; half the people live in Germany."""
    rows = [{"source": source, "record": number} for source in sources for number in range(records)]
    hits = [{**row, "person": f"p{row['record'] // 5 % people}", "fingerprint": f"f{row['record'] // 5 % people}"} for row in rows if row["record"] % 5 == 0]
    names = sorted({hit["person"] for hit in hits})
    individuals = [{"person": name, "counted": True, "residence": "DE" if number % 2 else None, "kind": "identified"} for number, name in enumerate(names)]
    elements = [{"person": name, "element": "email_personal", "entity": "EMAIL_ADDRESS"} for name in names]
    findings = [{"source": hit["source"], "record": hit["record"], "entity": "EMAIL_ADDRESS", "fingerprint": hit["fingerprint"]} for hit in hits]
    findings += [{"source": "a", "record": 1, "entity": entity, "fingerprint": mark} for entity, mark in (("SECRET_API_KEY", "s1"), ("SECRET_GENERIC", "s2"))] if secret else []
    counted = Estimate(value=len(names), low=len(names), high=len(names), method="test", basis=Basis.EXACT)
    linked = People(frame(individuals, INDIVIDUALS), frame(elements, PERSON_ELEMENTS), frame(hits, RECORD_PERSONS), counted)
    known = [{"fingerprint": "s1", "fingerprints": ["s1", "s2"]}] if secret else []
    return frame(rows, RECORDS), frame(findings, FINDINGS), linked, frame(known, SECRETS)


def estimates(design=SampleDesign.UNKNOWN, population=None, *, accuracy=None, drawn=None, supplied=None, **made):
    """Estimates of an exposure under a design."""
    sample = Sample(design=design, population=population or {}, drawn=drawn, supplied=supplied)
    return estimate_counts(*exposure(**made), sample, accuracy=accuracy)


def test_people_in_the_evidence_are_those_counted():
    """Whatever is known of the exposure."""
    found = estimates()

    assert found.individuals_estimated.value == found.individuals_observed.value == 20
    assert (found.by_residence[None].value, found.by_residence["DE"].value) == (10, 10)
    assert found.by_element["email_personal"].value == 20
    assert found.entities["EMAIL_ADDRESS"].people == 20


@pytest.mark.parametrize(
    ("design", "population", "facts"),
    [
        (SampleDesign.UNKNOWN, {}, ["population.records", "population.design"]),
        (SampleDesign.UNKNOWN, {"": 1000}, ["population.design"]),
        (SampleDesign.BERNOULLI, {}, ["population.records"]),
        (SampleDesign.BERNOULLI, {"": 1000}, []),
        (SampleDesign.FULL, {}, []),
    ],
)
def test_the_exposure_is_null_with_the_missing_fact_until_design_and_population_are_stated(design, population, facts):
    """Never a guess."""
    found = estimates(design, population)

    assert [fact["fact"] for fact in found.missing_facts] == facts
    assert (found.individuals_exposure is None) == bool(facts)


def test_a_full_sample_is_a_count():
    """Of records and people."""
    found = estimates(SampleDesign.FULL)

    assert found.individuals_exposure.basis is Basis.EXACT
    assert (found.entities["EMAIL_ADDRESS"].exposure_records.low, found.entities["EMAIL_ADDRESS"].exposure_records.high) == (20, 20)
    assert found.unseen_share.high == 0


@pytest.mark.parametrize("design", [SampleDesign.FIRST, SampleDesign.LAST])
def test_the_first_records_allow_no_inference_beyond_bounds(design):
    """No value, and the method says why."""
    found = estimates(design, {"": 1000})

    assert (found.individuals_exposure.value, found.individuals_exposure.low, found.individuals_exposure.high) == (None, 20, 920)
    assert "no random sample" in found.individuals_exposure.method
    assert found.entities["EMAIL_ADDRESS"].exposure_records.value is None


@pytest.mark.parametrize("design", [SampleDesign.BERNOULLI, SampleDesign.RESERVOIR, SampleDesign.SYSTEMATIC])
def test_random_records_give_totals_with_intervals(design):
    """The share of the sample, within the hypergeometric ends."""
    total = estimates(design, {"": 1000}).entities["EMAIL_ADDRESS"].exposure_records

    assert total.value == pytest.approx(200)
    assert 120 < total.low < 200 < total.high < 300
    assert total.basis is Basis.SAMPLE


def test_people_are_not_scaled_by_the_fraction():
    """Twenty people seen five times each in half the records are about twenty."""
    found = estimates(SampleDesign.BERNOULLI, {"": 1000}, records=500, people=20).individuals_exposure

    assert found.value == pytest.approx(20, abs=1)
    assert found.low <= 20 <= found.high < 35


def test_each_source_counts_with_its_own_population():
    """Two sources sampled at different rates are weighted."""
    found = estimates(SampleDesign.STRATIFIED, {"a": 1000, "b": 200}, sources=("a", "b"))

    assert found.entities["EMAIL_ADDRESS"].exposure_records.value == pytest.approx(240)
    assert "stratified by source" in found.entities["EMAIL_ADDRESS"].exposure_records.method


def test_clusters_use_the_ratio_estimator():
    """People per record when people are the clusters."""
    found = estimates(SampleDesign.CLUSTER, {"": 1000})

    assert found.individuals_exposure.value == pytest.approx(200)
    assert "linearised" in found.individuals_exposure.method


def test_records_drawn_by_the_run_make_the_evidence_an_estimate():
    """A full exposure of which a fifth was read."""
    found = estimates(SampleDesign.FULL, drawn=100, supplied=500, people=1000)

    assert found.individuals_estimated.basis is Basis.SAMPLE
    assert found.individuals_estimated.high > 40
    assert found.entities["EMAIL_ADDRESS"].share_of_records.low < 0.2 < found.entities["EMAIL_ADDRESS"].share_of_records.high


def test_nobody_seen_is_not_nobody_affected():
    """An upper bound instead of zero."""
    records, _, linked, secrets = exposure(people=1)
    nobody = People(*(part.clear() for part in (linked.individuals, linked.person_elements, linked.record_persons)), Estimate(value=0, low=0, high=0, method="test", basis=Basis.EXACT))
    found = estimate_counts(records, frame([], FINDINGS), nobody, secrets, Sample(design=SampleDesign.BERNOULLI, population={"": 10_000}))

    assert (found.individuals_exposure.value, found.individuals_exposure.low) == (0, 0)
    assert found.individuals_exposure.high == pytest.approx(10_000 * (1 - 0.05 ** (1 / 100)))
    assert found.unseen_share.high == pytest.approx(1 - 0.05 ** (1 / 100))


def test_totals_are_corrected_for_detector_error_where_it_is_known():
    """Rogan and Gladen, said in the method."""
    accuracy = {"EMAIL_ADDRESS": Accuracy(hits=90, positives=100, clear=190, negatives=200)}
    found = estimates(SampleDesign.BERNOULLI, {"": 1000}, accuracy=accuracy).entities["EMAIL_ADDRESS"].exposure_records

    assert found.value == pytest.approx(1000 * (0.2 + 0.95 - 1) / (0.9 + 0.95 - 1))
    assert "Rogan-Gladen" in found.method


def test_distinct_secrets_are_a_floor_and_an_estimate():
    """One seen once in a tenth of the records, read as two kinds there."""
    found = estimates(SampleDesign.BERNOULLI, {"": 1000}, secret=True)

    assert found.secrets_observed.value == 1
    assert found.secrets_exposure.low == 1
    assert found.secrets_exposure.high > 5
    assert estimates(secret=True).secrets_exposure is None


def test_hard_bounds_take_the_fullest_record():
    """As many new people in each unread record as the fullest one read."""
    assert estimates(population={"": 1000}).bounds == {"low": 20, "high": 920, "note": estimates(population={"": 1000}).bounds["note"]}
    assert estimates().bounds["high"] is None


@given(st.integers(1, 5000), st.floats(0, 1), st.floats(0.3, 50), st.floats(0, 1), st.floats(1, 30), st.sampled_from(list(Basis)))
def test_people_of_a_group_are_never_fewer_than_were_seen(everybody, part, growth, under, over, basis):
    """But by the doubt of telling people apart; and the value lies inside its ends."""
    observed = round(everybody * part)
    value = everybody * growth
    whole = Estimate(value=value, low=max(value * under, everybody * min(growth, 1.0)), high=value * over, method="test", basis=basis)
    group = scaled_group(observed, whole, everybody)

    assert group.low <= group.value <= group.high
    assert group.low >= observed * min(1.0, whole.low / everybody) - 1e-9
    assert growth < 1 or group.low >= observed - 1e-9


@given(st.lists(st.integers(0, 400), min_size=1, max_size=8), st.floats(1, 20))
def test_groups_of_everybody_add_up_to_everybody(sizes, growth):
    """The values of a partition sum to the whole's value."""
    everybody = sum(sizes)
    whole = Estimate(value=everybody * growth, low=everybody, high=everybody * growth * 2, method="test", basis=Basis.SAMPLE)

    assert not everybody or sum(scaled_group(size, whole, everybody).value for size in sizes) == pytest.approx(whole.value)


def test_strata_read_at_different_rates_count_a_person_of_several_once():
    """300 people with a record in each of two sources, of which a half and a fifth were read."""
    draw = np.random.default_rng(2)
    rows = [(person, 1, rate) for rate in (0.5, 0.2) for person in np.flatnonzero(draw.random(300) < rate)]
    found = distinct_by_strata(*map(list, zip(*rows, strict=True)), linkage=None, ceiling=1e9)

    assert found.low <= 300 <= found.high
    assert found.value == pytest.approx(300, rel=0.35)  # equal people are rare; the value allows for unequal ones
    assert found.low >= len({person for person, _, _ in rows})
