"""Labels of several reviewers made one."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa as oracle
from statsmodels.stats.inter_rater import to_table

from leakscope.estimation.agreement import LABELS, cohens_kappa, settled

NAMES = ("right", "wrong", "unsure")
PAIRS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), min_size=2, max_size=60)


def labels(**given):
    """reviewer -> {item: label} as a frame."""
    return pl.DataFrame([{"item": item, "reviewer": reviewer, "label": label} for reviewer, own in given.items() for item, label in own.items()], schema=LABELS)


@given(PAIRS)
def test_kappa_is_cohens(pairs):
    """As statsmodels has it; null where chance leaves nothing to agree on."""
    found = cohens_kappa(pairs)
    numbers = [[NAMES.index(one), NAMES.index(other)] for one, other in pairs]
    table = to_table(numbers, bins=3)[0]

    assert (found is None) == (len({label for pair in pairs for label in pair}) == 1)
    assert found is None or found == pytest.approx(oracle(table, return_results=False))


def test_one_reviewer_is_taken_at_their_word():
    """Nothing to agree on."""
    chosen, agreement = settled(labels(a={"finding-1": "right", "finding-2": "unsure"}))

    assert chosen == {"finding-1": "right", "finding-2": "unsure"}
    assert (agreement.reviewers, agreement.items, agreement.kappa) == (1, 0, None)


def test_a_sure_label_outweighs_an_unsure_one_and_two_sure_ones_dispute():
    """Disputed items count as unsure."""
    chosen, agreement = settled(labels(a={"finding-1": "unsure", "finding-2": "right", "finding-10": "right"}, b={"finding-1": "wrong", "finding-2": "wrong", "finding-10": "wrong"}))

    assert chosen == {"finding-1": "wrong", "finding-2": "unsure", "finding-10": "unsure"}
    assert agreement.disputed == ("finding-2", "finding-10")
