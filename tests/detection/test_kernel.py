"""The kernel: finds what the catalogue describes, where it stands, and nothing that the plain reference does not find."""

from __future__ import annotations

import json
import random

import orjson
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leakscope.catalogue import load
from leakscope.detection import reference
from leakscope.detection.kernel import Kernel
from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey
from leakscope.schema import SIGHTINGS
from leakscope.text.normalise import normalise
from leakscope.text.unfold import unfold

KEY = IncidentKey(b"t" * 32)


@pytest.fixture(scope="module")
def kernel() -> Kernel:
    """A kernel over the whole catalogue."""
    return Kernel(load(), KEY)


def batch(*rows: object) -> Batch:
    """Records as JSON lines."""
    return Batch(source="s", first_record=0, records=len(rows), lines=b"".join(orjson.dumps(row) + b"\n" for row in rows))


def entities(kernel: Kernel, row: object) -> set[tuple[str, str]]:
    """(entity, value) of every finding in one record."""
    return set(kernel.find_batch(batch(row)).select("entity", "value").iter_rows())


def test_findings_have_the_declared_schema(kernel: Kernel) -> None:
    """Also when there are none."""
    assert kernel.find_batch(batch({"a": "ana@gmail.com"})).schema == SIGHTINGS
    assert kernel.find_batch(batch({"a": "nothing"})).schema == SIGHTINGS


def test_offsets_lie_in_the_value_before_the_first_arrow(kernel: Kernel) -> None:
    """A finding in nested JSON points at its characters in the outer text, and at its place in the inner one."""
    outer = json.dumps({"note": 'said "ana@gmail.com" to me'})
    row = kernel.find_batch(batch({"body": outer})).row(0, named=True)
    assert outer[row["start"] : row["end"]] == "ana@gmail.com"
    attributes = json.loads(row["attributes"])
    assert 'said "ana@gmail.com" to me'[attributes["decoded_start"] : attributes["decoded_end"]] == "ana@gmail.com"
    assert row["field"] == "body->$.note"


def test_a_decoded_form_does_not_repeat_what_the_text_shows(kernel: Kernel) -> None:
    """An address beside a percent sign is one finding, not two."""
    assert kernel.find_batch(batch({"url": "https://x.net/?mail=ana@gmail.com&q=a%20b"})).filter(pl.col("entity") == "EMAIL_ADDRESS").height == 1


def test_nothing_is_glued_across_values(kernel: Kernel) -> None:
    """Two halves of a card number in neighbouring values are no card number."""
    assert not entities(kernel, {"a": ["4539 5787", "6362 1486"]})


def test_a_column_called_ssn_counts_and_one_called_order_no_does_not(kernel: Kernel) -> None:
    """Nine bare digits are what their field says."""
    assert ("US_SSN", "536221234") in entities(kernel, {"ssn": "536221234"})
    assert not entities(kernel, {"order_no": "536221234"})


def test_a_uuid_is_a_person_only_in_a_person_field(kernel: Kernel) -> None:
    """User ids are online identifiers, trace ids are nothing."""
    uuid = "0f8fad5b-d9cb-469f-a165-70867728950e"
    assert {("ONLINE_IDENTIFIER", uuid)} == entities(kernel, {"user_id": uuid, "trace_id": uuid})


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"ip": "192.0.2.7"}, "documentation-address"),
        ({"ip": "10.1.2.3"}, "private-address"),
        ({"agent": "Mozilla/5.0 Chrome/103.0.50.114 Safari"}, "version"),
        ({"mail": "ana@example.com"}, "reserved-domain"),
        ({"card": "4242 4242 4242 4242"}, "test-card"),
    ],
)
def test_benign_values_are_suppressed_and_counted(row: object, reason: str) -> None:
    """A value known to be nobody's is not reported, and its reason is counted."""
    kernel = Kernel(load(), KEY)
    assert not kernel.find_batch(batch(row)).height
    assert reason in kernel.suppressed["reason"].to_list()


def test_a_role_mailbox_is_a_finding_with_its_role(kernel: Kernel) -> None:
    """noreply@ is reported, and says that it is nobody's own."""
    row = kernel.find_batch(batch({"from": "noreply@nordbank.dk"})).row(0, named=True)
    assert json.loads(row["attributes"])["role"] == "role_mailbox"


def test_a_documented_key_is_labelled(kernel: Kernel) -> None:
    """The key of a vendor's documentation is reported as what it is."""
    row = kernel.find_batch(batch({"k": "AKIAIOSFODNN7EXAMPLE"})).row(0, named=True)
    assert json.loads(row["attributes"])["documented_example"] is True


def test_a_login_list_gives_pair_and_address(kernel: Kernel) -> None:
    """`mail:password` is a pair, and its address is a finding of its own."""
    assert {"CREDENTIAL_PAIR", "EMAIL_ADDRESS"} == {entity for entity, _ in entities(kernel, {"line": "ana.lopez@correo-norte.es:Sommer2719"})}


def test_a_token_before_the_host_of_an_address_is_no_mailbox(kernel: Kernel) -> None:
    """`https://user:TOKEN@github.com`: the token is found, and nobody's mail address; the same host in a mail address is one."""
    token = "ghp_Zk4Qm8vT2xW9rB7nL3cY6dF1hJ5sP0aGeU2x"
    found = kernel.find_batch(batch({"m": f"origin https://ana:{token}@github.com/acme/app.git"}, {"m": "write to ana@github.com"}))
    assert found.select("record", "entity").rows() == [(0, "SECRET_TOKEN"), (1, "EMAIL_ADDRESS")]


def test_a_connection_string_is_one_finding(kernel: Kernel) -> None:
    """Its user@host is no e-mail address, its password no second secret."""
    found = kernel.find_batch(batch({"u": "postgresql://shop:gr33nTe4pot@db.nordbank.dk:5432/orders"}))
    assert found["entity"].to_list() == ["SECRET_CONNECTION_STRING"]


def test_names_addresses_and_births_of_a_table_by_column() -> None:
    """Columns whose names say so give findings per cell, without the model."""
    frame = pl.DataFrame({"given_name": ["Ana", None], "surname": ["Lopez", "Diaz"], "address_1": ["3 Elm Street", ""], "date_of_birth": ["19470301", "x"]})
    found = Kernel(load(), KEY).find_batch(Batch(source="t", first_record=0, records=2, frame=frame))
    expected = [(0, "PERSON", "Ana"), (0, "PERSON", "Lopez"), (0, "POSTAL_ADDRESS", "3 Elm Street"), (0, "DATE_OF_BIRTH", "19470301"), (1, "PERSON", "Diaz")]
    assert expected == found.select("record", "entity", "value").rows()


def test_every_finding_gives_its_fingerprint(kernel: Kernel) -> None:
    """The span, normalised for its entity, hashes to the fingerprint."""
    found = kernel.find_batch(batch({"a": "Call +44 20 7946 0018, ANA@GMAIL.com", "ssn": "536-22-1234"}))
    assert found.height >= 3
    assert all(mark == KEY.pseudonym(entity, normalise(entity, value)) for entity, value, mark in found.select("entity", "value", "fingerprint").iter_rows())


def _agree(kernel: Kernel, *rows: object) -> None:
    found = kernel.find_batch(batch(*rows))
    expected = reference.find(batch(*rows), kernel.catalogue, KEY)
    assert expected.rows() == found.select(reference.COLUMNS).rows()
    assert found.equals(kernel.find(unfold(batch(*rows), KEY)))


PIECES = st.sampled_from(
    ["ana@gmail.com", "536-22-1234", "4539578763621486", " ssn ", "phone: ", "+44 20 7946 0018", "AKIAVNZJCMMKCUKJDJQY", "password=", "Sommer2719", "%40", "&#64;",
     "\u200b", "４", "10.2.3.4", "81.44.12.9", "-", "_", ".", "/", " ", "\n", '"', "\\", "{", "}", ":", "é", "身份证号", "DE75512108001245126199", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbmEifQ.Zm9v",
     "0f8fad5b-d9cb-469f-a165-70867728950e", "user_id=", "Bearer ", "Basic YW5hOlNvbW1lcjI3MTk=", "1990-02-03", "dob ", "00", "1", "A", "z"]
)  # fmt: skip
KEYS = st.sampled_from(["message", "ssn", "userId", "phone_number", "password", "ip", "api_key", "trace_id", "iban", "dob", "name", "value", "", "ana@gmail.com"])


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(pieces=st.lists(PIECES, max_size=8), key=KEYS, nested=st.booleans())
def test_the_kernel_finds_exactly_what_the_reference_finds(kernel: Kernel, pieces: list[str], key: str, nested: bool) -> None:
    """On adversarial mixtures of values, separators and encodings, plain and nested."""
    text = "".join(pieces)
    _agree(kernel, {key: json.dumps({"a": text, "ssn": [text]}) if nested else text})


def test_the_kernel_agrees_with_the_reference_on_the_rules_own_examples(kernel: Kernel) -> None:
    """A seeded draw of examples and counter-examples, as they stand in records."""
    texts = [text for rule in kernel.catalogue.detectors for text in (*rule.examples[:1], *rule.counter_examples[:1])]
    _agree(kernel, *({"line": text} for text in random.Random(7).sample(texts, 40)))


@pytest.mark.slow
def test_the_slow_path_without_the_native_engine_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Hyperscan the same findings come out."""
    from leakscope.detection import prefilter

    rows = [{"line": rule.examples[0]} for rule in load().detectors[::200]]
    fast = Kernel(load(), KEY).find_batch(batch(*rows))
    monkeypatch.setattr(prefilter, "hyperscan", None)
    assert fast.equals(Kernel(load(), KEY).find_batch(batch(*rows)))


def test_a_key_over_several_lines_of_a_text_file_is_one_finding() -> None:
    """It stands at its first line, and says how many lines it has."""
    lines = ["before", "-----BEGIN PRIVATE KEY-----", "MC4CAQAwBQYDK2VwBCIEIPRkGd0rYtXzJ3bQ8nVwLm5oKfHs2uTa7cEx9iRpNy1q", "-----END PRIVATE KEY-----", "after"]
    found = Kernel(load(), KEY).find_batch(Batch(source="t", first_record=10, records=5, frame=pl.DataFrame({"line": lines})))
    assert found.select("record", "entity", "start", "end").rows() == [(11, "SECRET_PRIVATE_KEY", 0, 27)]
    assert json.loads(found["attributes"][0])["lines"] == 3
