"""Values of key-value tables are read by the names that their rows give them."""

import polars as pl
import pytest

from leakscope.catalogue import load
from leakscope.detection.kernel import Kernel
from leakscope.detection.keyed_rows import keyed_columns
from leakscope.detection.redaction import Redactor
from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey
from leakscope.schema import RECORDS, TURNS, empty


@pytest.fixture(scope="module")
def kernel():
    return Kernel(load(), IncidentKey(bytes(range(32))))


def batch(source, columns, rows):
    return Batch(source=source, first_record=0, records=len(rows), frame=pl.DataFrame(rows, schema=columns, orient="row"))


@pytest.mark.parametrize(
    ("columns", "pair"),
    [
        (["umeta_id", "user_id", "meta_key", "meta_value"], ("meta_key", "meta_value")),
        (["option_id", "option_name", "option_value"], ("option_name", "option_value")),
        (["customerId", "attributeCode", "value"], ("attributeCode", "value")),
        (["uid", "key", "value"], ("key", "value")),
        (["member_id", "name", "value"], ("name", "value")),
        (["member_id", "Attribute", "Value"], ("Attribute", "Value")),
        (["id", "name", "price"], None),
        (["user_name", "net_value"], None),
        (["order_key", "meta_value"], None),
    ],
)
def test_the_two_columns_are_told_by_their_names(columns, pair):
    """The name's column begins as the value's does."""
    assert keyed_columns(tuple(columns)) == pair


def test_values_are_what_their_names_say(kernel):
    """The same value under another name, as that of a colour, is nothing."""
    rows = [(1, 871, "billing_phone", "06-84095466"), (2, 871, "_billing_address_1", "Evysteeg 4"), (3, 871, "nickname", "fedde12721"), (4, 871, "favourite_shade", "fedde12721")]
    found = kernel.find_batch(batch("shop.sql:wp_usermeta", ["umeta_id", "user_id", "meta_key", "meta_value"], rows))
    told = found.filter(pl.col("field") == "meta_value").select("record", "entity", "key", "start", "end").rows()

    assert told == [(0, "PHONE_NUMBER", "billing_phone", 0, 11), (1, "POSTAL_ADDRESS", "_billing_address_1", 0, 10), (2, "USERNAME", "nickname", 0, 10)]


def test_they_are_of_the_person_whom_the_row_names(kernel):
    """Rows of one `user_id` are one person, the one of that row in `users`."""
    from leakscope.individuals import link

    users = batch("shop.sql:wp_users", ["ID", "user_email"], [(871, "ana.lima@correio.pt"), (872, "rui.melo@correio.pt")])
    facts = [(1, 871, "billing_phone", "06-84095466"), (2, 872, "billing_phone", "06-68311875"), (3, 872, "billing_address_1", "Evysteeg 4")]
    meta = batch("shop.sql:wp_usermeta", ["umeta_id", "user_id", "meta_key", "meta_value"], facts)
    people = link(pl.concat([kernel.find_batch(users), kernel.find_batch(meta)]), empty(RECORDS), empty(TURNS), kernel.key).record_persons
    rows = people.group_by("person").agg(at=pl.struct("source", "record").unique())["at"].to_list()

    assert sorted(sorted((one["source"][9:], one["record"]) for one in some) for some in rows) == [[("wp_usermeta", 0), ("wp_users", 0)], [("wp_usermeta", 1), ("wp_usermeta", 2), ("wp_users", 1)]]


def test_rows_of_nobody_are_read_for_secrets_alone(kernel):
    """A table of settings holds passwords; a shop's own telephone is nobody's."""
    rows = [("smtp_password", "Kx93!vTq-mm2"), ("billing_phone", "06-84095466"), ("blog_charset", "UTF-8")]
    found = kernel.find_batch(batch("shop.sql:wp_options", ["option_name", "option_value"], rows))

    assert found.select("record", "entity").rows() == [(0, "CREDENTIAL_PASSWORD")]


def test_what_a_value_says_by_itself_stands_under_any_name(kernel):
    """An address of mail in a fact of unknown name is one still, once."""
    found = kernel.find_batch(batch("shop.sql:facts", ["user_id", "name", "value"], [(871, "x", "ana.lima@correio.pt"), (871, "email", "rui.melo@correio.pt")]))

    assert found.filter(pl.col("field") == "value").select("record", "entity").rows() == [(0, "EMAIL_ADDRESS"), (1, "EMAIL_ADDRESS")]


def test_they_are_masked_as_they_are_found(kernel):
    """A redacted row keeps no telephone that an assessment of it would tell."""
    row = {"umeta_id": 2, "user_id": 871, "meta_key": "_billing_address_1", "meta_value": "Evysteeg 4"}

    assert Redactor(kernel).record(row)["meta_value"] == "[POSTAL_ADDRESS]"
