"""Schemes are data: every bundled one loads, gives its own worked scores, and a user's stands beside them."""

from __future__ import annotations

import pytest

from leakscope.errors import CatalogueError, DomainError, UsageError
from leakscope.severity import load_scheme, processing_context, scheme_names, severity_score
from leakscope.severity.score import band_of, combine

ENISA = load_scheme("enisa-2013")


@pytest.mark.parametrize("vector", ENISA.dpc_vectors, ids=lambda vector: vector["case"])
def test_enisa_scores_each_worked_example_of_the_annex(vector):
    """Category and adjustments give the published data processing context."""
    assert vector["dpc"] == processing_context(vector["category"], vector.get("adjustments", ()))


def test_all_worked_examples_of_the_annex_are_there():
    """Twenty-three examples, every category among them."""
    assert len(ENISA.dpc_vectors) == 23
    assert {"simple", "behavioural", "financial", "sensitive"} == {vector["category"] for vector in ENISA.dpc_vectors}


@pytest.mark.parametrize("name", scheme_names())
def test_a_scheme_gives_its_own_worked_scores(name):
    """Each vector of the file comes out with its score and level."""
    scheme = load_scheme(name)

    assert scheme.vectors
    for vector in scheme.vectors:
        score = combine(scheme, vector["measures"])
        assert vector["score"] == pytest.approx(score, abs=1e-4)
        assert vector["band"] == band_of(score, scheme)


@pytest.mark.parametrize(("score", "band"), [(0.25, "low"), (1.99, "low"), (2.0, "medium"), (2.99, "medium"), (3.0, "high"), (3.99, "high"), (4.0, "very_high"), (6.0, "very_high")])
def test_a_score_on_a_bound_belongs_to_the_higher_level(score, band):
    """Bands are closed below and open above."""
    assert band == band_of(score, ENISA)


@pytest.mark.parametrize(("dpc", "ei", "cb"), [(0, 0.5, 0), (5, 0.5, 0), (2, 0.1, 0), (2, 1.1, 0), (2, 0.5, -0.1), (2, 0.5, 2.1)])
def test_a_factor_outside_its_range_is_refused(dpc, ei, cb):
    """DPC 1 to 4, EI 0.25 to 1, CB 0 to 2."""
    with pytest.raises(DomainError):
        severity_score(dpc, ei, cb)


@pytest.mark.parametrize("category", ["simple", "behavioural", "financial", "sensitive"])
def test_a_category_never_leaves_one_to_four(category):
    """All adjustments at once, alone, and none stay within the scale."""
    adjustments = list(ENISA.grounds.categories[category].adjustments)

    scores = [processing_context(category, taken) for taken in ([], adjustments, *([one] for one in adjustments))]

    assert all(1 <= score <= 4 for score in scores)


def test_reasons_to_raise_do_not_add_up():
    """The largest step counts, as the annex picks one line of its table."""
    assert processing_context("simple", ["profile", "sensitive_inference", "safety"]) == 4
    assert processing_context("simple", ["profile", "sensitive_inference"]) == 3


def test_an_unknown_adjustment_or_category_is_refused():
    """With the ones that exist as a hint."""
    with pytest.raises(DomainError):
        processing_context("simple", ["no_such"])
    with pytest.raises(DomainError):
        processing_context("no_such")


def test_a_user_gives_the_path_of_a_scheme(tmp_path):
    """A file in the same form is a scheme like the bundled ones."""
    path = tmp_path / "ours.toml"
    path.write_text(
        """
schema_version = 1
id = "ours"
name = "Ours"
title = "Our policy"
combine = "max"
range = [1, 2]
confidence = "own judgement"
[[band]]
level = "green"
meaning = "fine"
[[band]]
level = "red"
at_least = 2
meaning = "not fine"
[[factor]]
id = "people"
name = "People"
measure = "people"
cuts = [{ at_least = 0, value = 1 }, { at_least = 10, value = 2 }]
why = "more than ten"
"""
    )

    scheme = load_scheme(str(path))

    assert (band_of(combine(scheme, {"people": 10}), scheme), band_of(combine(scheme, {"people": 9}), scheme)) == ("red", "green")


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("this is = not [toml", "not valid TOML"),
        ('id = "x"', "lacks"),
        ('id = "x"\nname = "x"\ntitle = "x"\ncombine = "guess"\nconfidence = "x"\nrange = [0, 1]\n[[band]]\nlevel = "a"\nmeaning = "b"', "combine must be"),
        ('id = "x"\nname = "x"\ntitle = "x"\ncombine = "max"\nconfidence = "x"\nrange = [0, 1]\n[[band]]\nlevel = "a"\nmeaning = "b"', "no factor"),
        ('id = "x"\nname = "x"\ntitle = "x"\ncombine = "max"\nconfidence = "x"\nrange = [0, 1]\n[[band]]\nlevel = "a"\nmeaning = "b"\nat_least = 1', "ascend"),
        ('id = "x"\nname = "x"\ntitle = "x"\ncombine = "max"\nconfidence = "x"\nrange = [0, 1]\n[[band]]\nlevel = "a"\nmeaning = "b"\n[[factor]]\nid = "f"\nname = "f"\nmeasure = "moon"\nwhy = "w"', "does not exist"),
    ],
)
def test_a_malformed_scheme_says_what_is_wrong(tmp_path, broken, message):
    """One plain message, exit code of bad use."""
    path = tmp_path / "broken.toml"
    path.write_text(broken)

    with pytest.raises(CatalogueError, match=message):
        load_scheme(str(path))


def test_a_scheme_that_does_not_exist_is_bad_use():
    """The hint lists the bundled ones."""
    with pytest.raises(UsageError, match="enisa-2013"):
        load_scheme("no-such-scheme")
