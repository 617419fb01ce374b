"""Whose secrets, and in which chats."""

import polars as pl

from leakscope.detection.secrets import secrets
from leakscope.individuals import link
from leakscope.individuals.secret_owners import PLACES, secret_owners
from leakscope.schema import RECORD_PERSONS, TURNS, empty
from tests.individuals.evidence import KEY, OTHER_USER, USER, records, sightings, turns

TOKEN = "ghp_" + "a1B2c3D4e5F6" * 3
ASKED = f"why is {TOKEN} refused?"


def _owners(found, said, persons=None):
    """The places of every secret in `found`; who is in each record as linkage finds it unless `persons` is given."""
    sheet = secrets(found, records(found))
    known = link(found, records(found), said, KEY).record_persons if persons is None else persons
    return secret_owners(sheet, found, said, known)


def _chat(record, user, role="user"):
    """A chat record of `user` in which `role` says the token, with the finding that its author talked."""
    said = turns((record, "messages[0]", role, ASKED)).with_columns(user=pl.lit(user), conversation=pl.lit(f"chat-{user}"))
    return said, sightings((record, "user_id", "ONLINE_IDENTIFIER", user), (record, "messages[0]", "CHAT_CONTENT", ASKED), (record, "messages[0]", "SECRET_TOKEN", TOKEN, ASKED.index(TOKEN)))


def test_a_key_written_in_a_message_is_its_writers():
    """One record of a log and one message: two places, one conversation, one person."""
    said, found = _chat(0, USER)
    log = sightings((1, "env", "SECRET_TOKEN", TOKEN))
    row = _owners(pl.concat([found, log]), said).row(0, named=True)
    assert (row["user_messages"], row["elsewhere"], row["conversations"]) == (1, 1, 1)
    assert (row["people"], row["basis"]) == (1, "author")
    assert row["owner"].startswith("person-")


def test_a_key_that_two_people_wrote_has_no_single_owner():
    """Both are counted."""
    chats = [_chat(0, USER), _chat(1, OTHER_USER)]
    row = _owners(pl.concat([found for _, found in chats]), pl.concat([said for said, _ in chats])).row(0, named=True)
    assert (row["people"], row["owner"], row["conversations"]) == (2, None, 2)


def test_a_key_in_a_system_prompt_is_not_the_users():
    """Its place is told; the person of the record is named as no more than that."""
    said, found = _chat(0, USER, role="system")
    row = _owners(found, said).row(0, named=True)
    assert (row["system_prompts"], row["user_messages"], row["basis"]) == (1, 0, "alone")


def test_a_key_in_a_tools_answer_quoted_in_a_message_is_not_called_the_writers_own():
    """Structured text inside a turn came from elsewhere."""
    said, found = _chat(0, USER)
    inner = found.with_columns(field=pl.when(pl.col("entity") == "SECRET_TOKEN").then(pl.lit("messages[0]->$.env.TOKEN")).otherwise("field"))
    row = _owners(inner, said).row(0, named=True)
    assert (row["user_messages"], row["basis"]) == (1, "alone")


def test_a_password_in_a_persons_row_is_part_of_their_data():
    """Linkage joined it to them."""
    found = sightings((0, "email", "EMAIL_ADDRESS", "ann.lee@mail.example"), (0, "password", "CREDENTIAL_PASSWORD", "Tr0ub4dor&3"))
    row = _owners(found, empty(TURNS)).row(0, named=True)
    assert (row["elsewhere"], row["people"], row["basis"]) == (1, 1, "linked")


def test_a_key_beside_nobody_is_nobodys():
    """Zero people, and nothing guessed."""
    row = _owners(sightings((0, "env", "SECRET_TOKEN", TOKEN)), empty(TURNS), empty(RECORD_PERSONS)).row(0, named=True)
    assert (row["people"], row["owner"], row["basis"], row["conversations"]) == (0, None, None, 0)


def test_no_secrets_give_no_rows():
    """With every column."""
    owners = _owners(sightings((0, "email", "EMAIL_ADDRESS", "ann.lee@mail.example")), empty(TURNS))
    assert owners.height == 0
    assert set(PLACES.values()) < set(owners.columns)
