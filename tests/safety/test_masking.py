"""Previews give too little away to be used."""

from hypothesis import given
from hypothesis import strategies as st

from leakscope.safety.masking import mask
from leakscope.vocabulary import entities

ENTITIES = sorted(entities())


@given(st.sampled_from(ENTITIES), st.text(alphabet=st.characters(codec="ascii", categories=["L", "N"]), min_size=8, max_size=60))
def test_a_preview_keeps_at_most_a_handful_of_the_value(entity, value):
    """No run of more than 8 characters of a value shows, and never half of it."""
    preview = mask(entity, value)
    longest = max((size for size in range(len(value) + 1) for start in range(len(value) - size + 1) if value[start : start + size] in preview), default=0)

    assert longest <= min(8, len(value) // 2)


def test_an_email_preview_keeps_a_letter_and_the_country():
    """Enough to recognise, not to write to."""
    assert mask("EMAIL_ADDRESS", "maria.silva@correio.example.pt") == "m***@***.pt"
