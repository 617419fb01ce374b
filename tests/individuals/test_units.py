"""Which findings of one record speak of one person."""

import pytest

from leakscope.individuals.units import group_of, slot_of
from leakscope.individuals.vocabulary import has_phrase, path_words, rank_of


@pytest.mark.parametrize(
    ("field", "group"),
    [
        ("email", ""),
        ("user.profile.email", ""),
        ("customers[3].email", "customers[3]"),
        ("data.customers[3].contact.phone", "data.customers[3]"),
        ("user.emails[1]", ""),
        ("to[0]", "to[0]"),
        ("string.values[message]->$.users[2].name", "string.values[message]->$.users[2]"),
        ("orders[0].items[4]", "orders[0]"),
        ("string.values[message]", ""),
    ],
)
def test_a_field_lies_in_the_innermost_element_of_a_list(field, group):
    """Lists of values belong to whoever holds them; lists of people make one each."""
    assert group_of(field) == group


@pytest.mark.parametrize(
    ("field", "slot"),
    [
        ("email", ""),
        ("manager_email", "manager"),
        ("createdBy", "editor"),
        ("emergency_contact.phone", "emergency"),
        ("ticket.assignee.name", "staff"),
        ("http.user_agent", ""),
        ("payload.to", "recipient"),
        ("to_email", "recipient"),
        ("ship_to", ""),
        ("valid_from", ""),
        ("token", ""),
        ("history.total", ""),
        ("Cellulare genitore 2", "parent"),
        ("Médecin", "clinician"),
    ],
)
def test_a_path_tells_another_s_part(field, slot):
    """By whole words, in snake and camel case."""
    assert slot_of(field) == slot


def test_words_of_a_path():
    """Camel case, brackets and punctuation part them."""
    assert path_words("data.createdBy[0].e-mail") == ("data", "created", "by", "0", "e", "mail")
    assert path_words("Né(e) le, 会員番号, ガス") == ("ne", "e", "le", "会員番号", "ガス")
    assert has_phrase("user.countryCode", ["country_code"])
    assert not has_phrase("discount", ["count"])


@pytest.mark.parametrize(("entity", "rank"), [("PASSPORT", 5), ("EMAIL_ADDRESS", 4), ("ONLINE_IDENTIFIER", 3), ("CREDIT_CARD", 2), ("DEVICE_ID", 1), ("PERSON", 0), ("NO_SUCH_ENTITY", 0)])
def test_identifiers_have_ranks(entity, rank):
    """What names one person best ranks highest."""
    assert rank_of(entity) == rank


@pytest.mark.parametrize(("field", "group"), [("resource.name[0].given[1]", ""), ("resource.telecom[1].value", ""), ("entry[3].resource.identifier[0].value", "entry[3]"), ("contact[1].name[0].family", "contact[1]"), ("names[1].first", "names[1]")])
def test_lists_of_names_and_numbers_of_one_person(field, group):
    """FHIR's `name[]`, `telecom[]` and `identifier[]` tell of the one whom they stand in; `names[]` may be of several people."""
    assert group_of(field) == group
