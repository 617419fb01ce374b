"""Two writings of one value get one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakscope.text.normalise import NORMALISERS, normalise
from leakscope.vocabulary import entities


@pytest.mark.parametrize(
    ("entity", "one", "other"),
    [
        ("EMAIL_ADDRESS", "Ana.Lima@Example.ORG", "ana.lima@example.org"),
        ("EMAIL_ADDRESS", "x@googlemail.com", "x@gmail.com"),
        ("MEDICAL_RECORD_NUMBER", "MRN-622 7466", "6227466"),
        ("CREDIT_CARD", "4539 1488 0343 6467", "4539-1488-0343-6467"),
        ("IBAN_CODE", "GB82 WEST 1234 5698 7654 32", "gb82west12345698765432"),
        ("PERSON", "Müller, Hans", "hans muller"),
        ("PHONE_NUMBER", "+49 (0)30 1234-567".replace("(0)", ""), "0049301234567"),
        ("SECRET_PRIVATE_KEY", "-----BEGIN PRIVATE KEY-----\\nAB\\nCD\\n-----END PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----\nABCD\n-----END PRIVATE KEY-----"),
    ],
)
def test_writings_of_one_value_are_equal(entity, one, other):
    """Case, separators, accents and order do not make another value."""
    assert normalise(entity, one) == normalise(entity, other)


@given(st.sampled_from(sorted(entities())), st.text(min_size=1))
def test_normalising_twice_changes_nothing(entity, text):
    """Normalising is idempotent, so that a fingerprint can be made again from the normalised value."""
    once = normalise(entity, text)

    assert normalise(entity, once) == once


def test_every_entity_names_a_normaliser_that_exists():
    """The vocabulary and the functions agree."""
    assert {entity.normalise for entity in entities().values()} <= set(NORMALISERS)
