"""The key of a table of people is such a person's id."""

import polars as pl
import pytest

from leakscope.catalogue import load
from leakscope.detection.kernel import Kernel
from leakscope.detection.row_keys import key_in, people_of
from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey
from leakscope.schema import RECORDS, TURNS, empty


@pytest.fixture(scope="module")
def kernel():
    return Kernel(load(), IncidentKey(bytes(range(32))))


@pytest.mark.parametrize(
    ("source", "people"),
    [
        ("shop.sql:public.users", "user"),
        ("dump.sql:wp_users", "user"),
        ("exports/customers.csv", "customer"),
        ("exports/Kunden.csv.gz", "customer"),
        ("db.sqlite:AppUsers", "user"),
        ("dump.sql:orders", None),
        ("user_events.ndjson", None),
        ("stdin", None),
    ],
)
def test_the_name_of_a_table_tells_whose_rows_it_holds(source, people):
    """Its last word, in several languages, whatever its schema and suffix."""
    assert people_of(source) == people


def test_only_the_record_s_own_key_is_meant():
    """An id inside a nested address is the address's."""
    assert key_in("dump.sql:users", "id", "id") == "user id"
    assert key_in("dump.sql:users", "address.id", "id") == "id"
    assert key_in("dump.sql:users", "email", "email") == "email"


@pytest.mark.parametrize(("source", "found"), [("dump.sql:users", {"id", "uuid"}), ("dump.sql:orders", set())])
def test_row_numbers_are_findings_in_tables_of_people_alone(kernel, source, found):
    """The same column in a table of orders numbers orders."""
    frame = pl.DataFrame({"id": [7, 1000], "uuid": ["19174cb3-4a87-46dc-a7ef-bf20d344b3bd", "70847221-f55c-4e12-97dc-c0525a6a5d61"]})
    sightings = kernel.find_batch(Batch(source=source, first_record=0, records=2, frame=frame))

    assert set(sightings["field"]) == found


def test_rows_of_two_tables_meet_at_the_key(kernel):
    """`users.id` and `orders.user_id` are one name space, long or short."""
    from leakscope.individuals import link

    users = pl.DataFrame({"id": [7, 8], "email": ["ana.lima@correio.pt", "rui.melo@correio.pt"]})
    orders = pl.DataFrame({"id": [1, 2, 3], "user_id": [7, 8, 7]})
    found = [kernel.find_batch(Batch(source=f"dump.sql:{name}", first_record=0, records=frame.height, frame=frame)) for name, frame in (("users", users), ("orders", orders))]
    people = link(pl.concat(found), empty(RECORDS), empty(TURNS), kernel.key).record_persons.select("source", "record", "person").unique()

    together = people.join(people, on="person").filter((pl.col("source") == "dump.sql:users") & (pl.col("source_right") == "dump.sql:orders"))
    assert sorted(together.select("record", "record_right").rows()) == [(0, 0), (0, 2), (1, 1)]


@pytest.mark.parametrize(("key", "said"), [("klient_id", "customer id"), ("id_cliente", "customer id"), ("uzytkownik_id", "user id"), ("order_id", "order_id"), ("patient_id", "patient_id")])
def test_a_reference_to_people_in_any_language_is_their_key(key, said):
    """`klient_id` of a table of addresses is what `id` is in `klienci`; a key with a meaning of its own keeps it."""
    assert key_in("dump.sql:adresy", key, key) == said


@pytest.mark.parametrize(("source", "said"), [("app.db:user", "full name"), ("app.db:food", "name"), ("crm/Account.csv", "name")])
def test_the_bare_name_in_a_table_of_people_is_a_persons(source, said):
    """Accounts may be those of companies."""
    assert key_in(source, "name", "name") == said


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("requester.id", "requester id"),
        ("order.customer.id", "customer id"),
        ("pedido.cliente.id", "customer id"),
        ("ticketAuthor.id", "author id"),
        ("visit.patient._id", "patient id"),
        ("users[3].id", "user id"),
        ("event->$.user.id", "user id"),
        ("user->$.id", "user id"),
        ("body->insert.users[0].id", "user id"),
        ("ticket.id", "id"),
        ("customer.order.id", "id"),
        ("product.id", "id"),
        ("user.company.id", "id"),
        ("userGroup.id", "id"),
        ("bot_user.id", "id"),
        ("oauth.client.id", "id"),
        ("cloud.account.id", "id"),
        ("user_agent.id", "id"),
    ],
)
def test_the_id_of_an_object_named_for_a_person_is_that_persons(field, said):
    """Of whatever else the innermost object is named for, it is that thing's."""
    key = field.rpartition(".")[2]
    assert key_in("tickets.ndjson", field, key) == (said if said != "id" else key)


def test_an_id_inside_meets_the_reference_and_the_row_of_the_table(kernel):
    """`customer.id`, `customer_id` and `customers.id` are one name space; the number of the order beside them is none."""
    from leakscope.individuals import link

    records = {
        "customers.ndjson": [b'{"id": 7301, "email": "ana.lima@correio.pt"}', b'{"id": 7302, "email": "rui.melo@correio.pt"}'],
        "orders.ndjson": [b'{"order": {"id": 7302}, "customer": {"id": 7301}}', b'{"order": {"id": 7301}, "customer": {"id": 7302}}'],
        "calls.ndjson": [b'{"customer_id": 7302}'],
    }
    found = [kernel.find_batch(Batch(source=name, first_record=0, records=len(lines), lines=b"\n".join(lines))) for name, lines in records.items()]
    people = link(pl.concat(found), empty(RECORDS), empty(TURNS), kernel.key).record_persons
    rows = people.group_by("person").agg(at=pl.struct("source", "record").unique().sort())["at"].to_list()

    assert sorted([(one["source"], one["record"]) for one in some] for some in rows) == [
        [("calls.ndjson", 0), ("customers.ndjson", 1), ("orders.ndjson", 1)],
        [("customers.ndjson", 0), ("orders.ndjson", 0)],
    ]


@pytest.mark.parametrize(("field", "key", "said"), [("address[0].line[1]", "line", "address line"), ("resource.address.line", "line", "address line"), ("invoice.line[0]", "line", "line"), ("line", "line", "line")])
def test_the_lines_of_an_address_are_streets(field, key, said):
    """FHIR gives them no other name; lines of anything else stay lines."""
    assert key_in("patients.json", field, key) == said
