"""Who is one person and who is not."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leakscope.individuals import link
from leakscope.model import Basis
from leakscope.schema import INDIVIDUALS, PERSON_ELEMENTS, RECORD_PERSONS, TURNS, empty
from tests.individuals.evidence import KEY, OTHER_USER, USER, records, said, sightings, turns


def linked(found, spoken=None):
    """Linkage of `found`."""
    return link(found, records(found), empty(TURNS) if spoken is None else spoken, KEY)


def people(result):
    """The counted individuals."""
    return result.individuals.filter("counted")


def test_nothing_found_is_nobody():
    """Empty tables of the right schemas."""
    result = linked(sightings())

    assert result.individuals.schema == INDIVIDUALS
    assert result.interval.value == 0


def test_the_tables_have_their_schemas_and_agree():
    """Elements and records speak of the people of the table."""
    result = linked(sightings((0, "email", "EMAIL_ADDRESS", "ann@gmx.de"), (0, "name", "PERSON", "Ann Lee"), (1, "email", "EMAIL_ADDRESS", "bob@gmx.de")))

    assert (result.individuals.schema, result.person_elements.schema, result.record_persons.schema) == (INDIVIDUALS, PERSON_ELEMENTS, RECORD_PERSONS)
    assert set(result.person_elements["person"]) == set(result.record_persons["person"]) == set(result.individuals["person"])
    assert result.interval.basis is Basis.EXACT


def test_one_mailbox_in_two_records_is_one_person():
    """Whatever else the records hold."""
    result = linked(sightings((0, "email", "EMAIL_ADDRESS", "ann@gmx.de"), (0, "phone", "PHONE_NUMBER", "+4930123456"), (7, "email", "EMAIL_ADDRESS", "Ann@GMX.de")))

    assert people(result).select("kind", "records", "elements").rows() == [("identified", 2, 2)]


def test_a_number_in_log_text_is_the_field_s_of_that_name():
    """`user=123` in a message is `user_id` 123 of another record, and `customer_id=123` is somebody else's."""
    told = sightings(
        (0, "user_id", "ONLINE_IDENTIFIER", "123"), (0, "email", "EMAIL_ADDRESS", "ann@gmx.de"), (1, "message", "ONLINE_IDENTIFIER", "123"), (1, "phone", "PHONE_NUMBER", "+4930123456"),
        (2, "message", "ONLINE_IDENTIFIER", "123"), (2, "phone", "PHONE_NUMBER", "+4930123499"),
    )  # fmt: skip
    names = pl.col("record").replace_strict({1: '{"named":"user"}', 2: '{"named":"customer id"}'}, default="{}", return_dtype=pl.String)
    found = told.with_columns(attributes=pl.when(pl.col("field") == "message").then(names).otherwise("attributes"))

    assert people(linked(found)).select("records").to_series().sort().to_list() == [1, 2]


def test_identifiers_that_meet_in_a_record_join():
    """Account to mailbox to number: a chain of three records is one person."""
    found = sightings(
        (0, "user_id", "ONLINE_IDENTIFIER", USER), (0, "email", "EMAIL_ADDRESS", "ann@gmx.de"), (1, "email", "EMAIL_ADDRESS", "ann@gmx.de"),
        (1, "passport", "PASSPORT", "C01X00T47"), (2, "passport", "PASSPORT", "C01X00T47"),
    )  # fmt: skip

    assert people(linked(found)).height == 1


def test_elements_of_a_list_of_people_are_different_people():
    """Each with the fields of its own object."""
    found = sightings(
        (0, "customers[0].email", "EMAIL_ADDRESS", "ann@gmx.de"), (0, "customers[0].name", "PERSON", "Ann Lee"),
        (0, "customers[1].email", "EMAIL_ADDRESS", "bob@gmx.de"), (0, "customers[1].name", "PERSON", "Bob Ray"),
    )  # fmt: skip
    result = linked(found)

    assert people(result).height == 2
    assert result.person_elements.group_by("person").len()["len"].to_list() == [2, 2]


def test_lists_of_things_belong_to_the_record_s_person():
    """Addresses and cards in lists make nobody new."""
    found = sightings(
        (0, "email", "EMAIL_ADDRESS", "ann@gmx.de"), (0, "addresses[0].street", "POSTAL_ADDRESS", "12 High Street"),
        (0, "addresses[1].street", "POSTAL_ADDRESS", "3 Low Road"), (0, "cards[0].number", "CREDIT_CARD", "4929000000006"),
    )  # fmt: skip

    assert people(linked(found)).height == 1


def test_another_part_in_a_record_is_another_person():
    """The manager of a row is not its employee, and stands as business data."""
    result = linked(sightings((0, "email", "EMAIL_ADDRESS", "ann@gmx.de"), (0, "manager_email", "EMAIL_ADDRESS", "boss@firm.de")))

    assert sorted(people(result)["role"].to_list()) == ["account_holder", "employee"]
    assert set(result.person_elements["role"]) == {"own", "business"}


def test_two_addresses_in_one_text_are_two_people():
    """Free text names several."""
    found = sightings((0, "message", "EMAIL_ADDRESS", "ann@gmx.de", 0), (0, "message", "EMAIL_ADDRESS", "bob@gmx.de", 30))

    assert people(linked(found)).height == 2


def test_numbered_columns_hold_several_people():
    """`name_1, email_1, name_2, email_2` in one row."""
    rows = [(r, f"{what}_{n}", entity, f"{text}{r}{n}{tail}") for r in range(3) for n in (1, 2) for what, entity, text, tail in (("name", "PERSON", "Ann Lee", "x"), ("email", "EMAIL_ADDRESS", "ann", "@gmx.de"))]

    assert people(linked(sightings(*rows))).height == 6


def shared_by_many(entity, value, field):
    """Ten people with one identifier in common."""
    rows = [(r, "email", "EMAIL_ADDRESS", f"person{r}@gmx.de") for r in range(10)]
    names = ["Ann Lee", "Bob Ray", "Cy Fox", "Dee Orr", "Eli Poe", "Flo Kim", "Gus Hay", "Hal Ivy", "Ira Joy", "Kay Low"]
    return sightings(*rows, *((r, "name", "PERSON", names[r]) for r in range(10)), *((r, field, entity, value) for r in range(10)))


@pytest.mark.parametrize(
    ("entity", "value", "field"),
    [
        ("ONLINE_IDENTIFIER", USER, "user_id"),
        ("IBAN_CODE", "DE89370400440532013000", "iban"),
        ("PHONE_NUMBER", "+4930123456", "phone"),
        ("DEVICE_ID", "9f86d081884c7d65", "device"),
        ("ACCOUNT_ID", "0", "account_id"),
        ("IP_ADDRESS", "81.2.69.142", "client_ip"),
    ],
)
def test_a_shared_identifier_merges_nobody(entity, value, field):
    """Recognised by fan-out, or because it joins nobody by its nature."""
    assert people(linked(shared_by_many(entity, value, field))).height == 10


def test_a_role_mailbox_is_nobody_and_merges_nobody():
    """Two customers who gave the same office address stay two."""
    found = sightings(
        (0, "email", "EMAIL_ADDRESS", "office@firm.de"), (0, "name", "PERSON", "Ann Lee"), (0, "dob", "DATE_OF_BIRTH", "1980-02-03"),
        (1, "email", "EMAIL_ADDRESS", "office@firm.de"), (1, "name", "PERSON", "Bob Ray"), (1, "dob", "DATE_OF_BIRTH", "1975-12-01"),
        (2, "email", "EMAIL_ADDRESS", "office@firm.de"),
    )  # fmt: skip
    result = linked(found)

    assert people(result).height == 2
    assert result.not_counted["only a role mailbox"] == 1


def test_people_with_different_numbers_are_not_joined_by_a_mailbox():
    """A family's mailbox: two numbers, two names, two people."""
    found = sightings(
        (0, "email", "EMAIL_ADDRESS", "family@gmx.de"), (0, "name", "PERSON", "Ann Lee"), (0, "passport", "PASSPORT", "C01X00T47"),
        (1, "email", "EMAIL_ADDRESS", "family@gmx.de"), (1, "name", "PERSON", "Bob Ray"), (1, "passport", "PASSPORT", "L8988901C"),
    )  # fmt: skip

    assert people(linked(found)).height == 2


def test_a_contradiction_that_cannot_be_split_is_kept_for_a_human():
    """One mailbox, one name, two birth dates."""
    found = sightings(
        (0, "email", "EMAIL_ADDRESS", "ann@gmx.de"), (0, "name", "PERSON", "Ann Lee"), (0, "dob", "DATE_OF_BIRTH", "1980-02-03"),
        (1, "email", "EMAIL_ADDRESS", "ann@gmx.de"), (1, "name", "PERSON", "Ann Lee"), (1, "dob", "DATE_OF_BIRTH", "1991-11-27"),
    )  # fmt: skip

    assert people(linked(found))["conflict"].to_list() == [True]


def test_a_misspelt_birth_date_is_no_contradiction():
    """One digit off."""
    found = sightings(
        (0, "email", "EMAIL_ADDRESS", "ann@gmx.de"), (0, "dob", "DATE_OF_BIRTH", "1980-02-03"),
        (1, "email", "EMAIL_ADDRESS", "ann@gmx.de"), (1, "dob", "DATE_OF_BIRTH", "1980-02-08"),
    )  # fmt: skip

    assert people(linked(found))["conflict"].to_list() == [False]


def test_a_name_and_a_birth_date_link_whatever_the_way_of_writing():
    """`Lee, Ann` born 03.02.1980 is Ann Lee born 1980-02-03."""
    found = sightings(
        (0, "name", "PERSON", "Ann Lee"), (0, "dob", "DATE_OF_BIRTH", "1980-02-13"), (1, "name", "PERSON", "Lee, Ann"), (1, "dob", "DATE_OF_BIRTH", "13.02.1980"),
    )  # fmt: skip

    assert people(linked(found)).height == 1


def test_a_name_alone_leaves_the_number_open():
    """Three mentions of one name: one person to three."""
    interval = linked(sightings(*((r, "name", "PERSON", "Ann Lee") for r in range(3)))).interval

    assert (interval.value, interval.low, interval.high) == (1, 1, 3)
    assert interval.basis is Basis.MODEL


def test_a_user_id_carries_a_chat_and_third_parties_count_apart():
    """The author's name is theirs, the wife is another, and what is said of her is hers."""
    text = "Hi, my name is Tom Gray and my wife Lisa Gray has passport C01X00T47"
    spoken, inside = said(0, "messages[0].content", text, ("PERSON", "Tom Gray"), ("PERSON", "Lisa Gray"), ("PASSPORT", "C01X00T47"))
    result = linked(pl.concat([sightings((0, "user_id", "ONLINE_IDENTIFIER", USER)), inside]), spoken)
    elements = {row["role"]: row["elements"] for row in people(result).iter_rows(named=True)}

    assert elements == {"chat_author": 2, "third_party": 2}


def test_third_parties_of_one_author_are_known_again():
    """Two chats of one author name one friend; another author's friend of that name is another person."""
    one = said(0, "m[0].content", "my friend Ben Hill is sad", ("PERSON", "Ben Hill"))
    two = said(1, "m[0].content", "my friend Ben Hill is glad", ("PERSON", "Ben Hill"))
    three = said(2, "m[0].content", "my friend Ben Hill is mad", ("PERSON", "Ben Hill"))
    ids = sightings((0, "user_id", "ONLINE_IDENTIFIER", USER), (1, "user_id", "ONLINE_IDENTIFIER", USER), (2, "user_id", "ONLINE_IDENTIFIER", OTHER_USER))
    result = linked(pl.concat([ids, one[1], two[1], three[1]]), pl.concat([one[0], two[0], three[0]]))

    assert sorted(people(result)["role"].to_list()) == ["chat_author", "chat_author", "third_party", "third_party"]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([(0, "email", "EMAIL_ADDRESS", "noreply@firm.de")], "bot"),
        ([(0, "email", "EMAIL_ADDRESS", "qa+7@firm.de"), (1, "email", "EMAIL_ADDRESS", "ann@gmx.de")], "test account"),
        ([(0, "user_id", "ONLINE_IDENTIFIER", "svc-backup-3")], "service account"),
        ([(0, "name", "PERSON", "Northwind Trading Ltd"), (0, "phone", "PHONE_NUMBER", "+4930123456")], "organisation"),
        ([(0, "client_ip", "IP_ADDRESS", "10.1.2.3")], "address of a private network"),
        ([(0, "passport", "PASSPORT", "C01X00T47", 0, 0.5)], "only a doubtful finding"),
    ],
)
def test_who_is_no_affected_person_is_not_counted_and_said_why(rows, reason):
    """Kept in the table with the reason."""
    result = linked(sightings(*rows))

    assert reason in result.individuals.filter(~pl.col("counted"))["reason"].to_list()
    assert result.not_counted[reason] == 1


def test_a_figure_that_a_chat_names_is_not_counted_but_a_customer_of_that_name_is():
    """Whoever signs up as Harry Potter is a customer."""
    spoken, inside = said(0, "m[0].content", "write a story about Harry Potter", ("PERSON", "Harry Potter"))
    result = linked(pl.concat([sightings((0, "user_id", "ONLINE_IDENTIFIER", USER), (1, "name", "PERSON", "Harry Potter"), (1, "email", "EMAIL_ADDRESS", "hp@gmx.de")), inside]), spoken)

    assert people(result).height == 2
    assert result.not_counted == {"fictional figure": 1}


def test_evidence_invented_throughout_still_has_people():
    """When most addresses stand at reserved domains, the domain tells nothing."""
    found = sightings(*((r, "email", "EMAIL_ADDRESS", f"ann{r}@example.com") for r in range(5)))

    assert people(linked(found)).height == 5


def test_people_known_by_a_device_only_are_identifiable_and_doubtful():
    """Counted apart, and one of the others at the low end."""
    result = linked(sightings((0, "email", "EMAIL_ADDRESS", "ann@gmx.de"), (1, "device_id", "DEVICE_ID", "9f86d081884c7d65")))

    assert sorted(people(result)["kind"].to_list()) == ["identifiable", "identified"]
    assert (result.interval.low, result.interval.value) == (1, 2)


def test_a_device_seen_with_one_person_is_theirs():
    """Records that hold nothing else join that person."""
    found = sightings((0, "email", "EMAIL_ADDRESS", "ann@gmx.de"), (0, "device_id", "DEVICE_ID", "9f86d081884c7d65"), (1, "device_id", "DEVICE_ID", "9f86d081884c7d65"))

    assert people(linked(found))["records"].to_list() == [2]


@pytest.mark.parametrize(("born", "child"), [("2012-01-01", True), ("1990-01-01", False)])
def test_a_child_is_known_by_the_birth_date(born, child):
    """Reckoned at the last record's day."""
    result = linked(sightings((0, "email", "EMAIL_ADDRESS", "ann@gmx.de"), (0, "dob", "DATE_OF_BIRTH", born)))

    assert people(result)["child"].to_list() == [child]


def test_pseudonyms_are_stable_for_a_key_and_tell_nothing_without_it():
    """Another case of the incident, with other records around, names the same person; another key another."""
    one = linked(sightings((0, "email", "EMAIL_ADDRESS", "ann@gmx.de")))
    two = linked(sightings((5, "mail", "EMAIL_ADDRESS", "ann@gmx.de"), (9, "mail", "EMAIL_ADDRESS", "bob@gmx.de")))

    assert one.individuals["person"][0] in two.individuals["person"].to_list()
    assert "ann" not in str(one.individuals.to_dicts()) + str(one.record_persons.to_dicts())


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.sampled_from("abcdef"), st.sampled_from(["email", "user_id"])), min_size=1, max_size=30), st.randoms())
def test_the_order_of_sightings_does_not_matter(rows, chance):
    """The same people from any order, the same as a plain union of records would give."""
    text = {"email": ("EMAIL_ADDRESS", "{}@gmx.de"), "user_id": ("ONLINE_IDENTIFIER", "6f1d2c3b-5e3a-4d1c-8a56-1234567890a{}")}
    found = [(record, key, text[key][0], text[key][1].format(letter)) for record, letter, key in rows]
    mixed = found[:]
    chance.shuffle(mixed)

    assert set(linked(sightings(*found)).individuals["person"]) == set(linked(sightings(*mixed)).individuals["person"])


def test_a_name_in_a_street_makes_no_new_person():
    """`address_1` and `address_2` are no columns of people, whatever a model reads into some cells."""
    rows = [(r, column, "POSTAL_ADDRESS", f"{r} {column} street") for r in range(6) for column in ("address_1", "address_2")]
    rows += [(r, "email", "EMAIL_ADDRESS", f"ann{r}@gmx.de") for r in range(6)]
    rows += [(1, "address_1", "PERSON", "Ocean Crt"), (2, "address_2", "PERSON", "Angus Hill")]

    assert people(linked(sightings(*rows))).height == 6


def test_a_customer_number_finds_its_customer_by_the_full_name():
    """Orders with a number and a name join the mailbox of that name, unless two people bear it."""
    orders = [(0, "user_id", "ONLINE_IDENTIFIER", "1042"), (0, "ship_to", "PERSON", "Ann Lee")]
    users = [(1, "email", "EMAIL_ADDRESS", "ann@gmx.de"), (1, "full_name", "PERSON", "Ann Lee")]
    namesake = [(2, "email", "EMAIL_ADDRESS", "other@gmx.de"), (2, "full_name", "PERSON", "Ann Lee")]

    assert people(linked(sightings(*orders, *users))).height == 1
    assert people(linked(sightings(*orders, *users, *namesake))).height == 3


def test_children_of_a_list_count_each_though_no_name_is_known():
    """A parent with a mailbox and two children of whom the ages stand there."""
    family = [(0, "parent.email", "EMAIL_ADDRESS", "ann@gmx.de"), (0, "children[0].age", "AGE", "7"), (0, "children[1].age", "AGE", "9")]
    found = people(linked(sightings(*family)))

    assert sorted(found["role"]) == ["child", "child", "third_party"]
    assert linked(sightings(*family)).interval.value == 3


def test_an_age_in_another_list_is_the_subjects():
    """Measurements at two ages are of one patient."""
    assert people(linked(sightings((0, "email", "EMAIL_ADDRESS", "ann@gmx.de"), (0, "visits[0].age", "AGE", "37"), (0, "visits[1].age", "AGE", "39")))).height == 1


@pytest.mark.parametrize("local", ["buchhaltung", "human-resources", "frontdesk", "secretariat", "contabilita", "pedidos"])
def test_mailboxes_of_departments_are_nobody(local):
    """In several languages, as words or as one."""
    result = linked(sightings((0, "email", "EMAIL_ADDRESS", f"{local}@bau-ag.de"), (1, "email", "EMAIL_ADDRESS", "ann.lee@gmx.de")))

    assert people(result).height == 1


@pytest.mark.parametrize("login", ["terraform", "kube-probe", "gitlab-runner"])
def test_logins_of_machines_are_nobody(login):
    """A log line of a tool beside one of a person."""
    result = linked(sightings((0, "user", "USERNAME", login), (1, "user", "USERNAME", "annlee7")))

    assert people(result).height == 1


def test_visits_of_one_device_are_one_person():
    """Each record has a session of its own; the advertising id stays, and a login makes them the user's."""
    rows = []
    for place in range(9):
        rows += [(place, "session_id", "ONLINE_IDENTIFIER", f"5e55{place:028x}"), (place, "advertising_id", "DEVICE_ID", f"ad0{place % 3:029x}")]
    found = sightings(*rows, (0, "user_id", "ONLINE_IDENTIFIER", USER))

    assert link(found, records(found), empty(TURNS), KEY).individuals.filter("counted").height == 3


def test_who_sent_a_message_is_its_author():
    """A messenger's export names the sender beside each message, and is no second person for it."""
    spoken = turns((0, "content", "user", "hi"), (1, "content", "user", "ok")).with_columns(user=pl.lit("u1"))

    assert people(linked(sightings((0, "sender", "PERSON", "Ana Berg"), (1, "sender", "PERSON", "Ana Berg")), spoken))["role"].to_list() == ["chat_author"]


def test_a_given_name_in_an_answer_is_the_one_whom_the_record_identifies():
    """`Hello Kristin` greets the customer of the ticket; of two Kristins in one record it tells neither, and another name is another person."""
    customer = [(0, "requester.email", "EMAIL_ADDRESS", "k@a.org"), (0, "requester.name", "PERSON", "Kristin Smith")]
    greeted = (0, "comments[1].body", "PERSON", "Kristin", 6)

    assert people(linked(sightings(*customer, greeted))).height == 1
    assert people(linked(sightings(*customer, (0, "comments[1].body", "PERSON", "Oliver", 6)))).height == 2
    other = [(0, "assignee.email", "EMAIL_ADDRESS", "b@a.org"), (0, "assignee.name", "PERSON", "Kristin Brown")]
    assert people(linked(sightings(*customer, *other, greeted))).height == 3
