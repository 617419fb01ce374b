"""Findings in a value and in what is written inside it: each thing once, in the form in which it is whole."""

from __future__ import annotations

import base64

import orjson
import pytest

from leakscope.catalogue import load
from leakscope.detection.decoded import Place, beaten
from leakscope.detection.kernel import Kernel
from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey

KEY = IncidentKey(b"d" * 32)


@pytest.fixture(scope="module")
def kernel() -> Kernel:
    """A kernel over the whole catalogue."""
    return Kernel(load(), KEY)


def found(kernel: Kernel, text: str) -> list[tuple[str, str]]:
    """(entity, value) of every finding in one value."""
    lines = orjson.dumps({"note": text}) + b"\n"
    return list(kernel.find_batch(Batch(source="s", first_record=0, records=1, lines=lines)).select("entity", "value").iter_rows())


def at(field: str, start: int, end: int, confidence: float = 0.9, entity: str = "SECRET_TOKEN", text: str = "x") -> Place:
    """A finding as `beaten` asks for it."""
    return Place(0, field, start, end, entity, "d", confidence, f"{field}{start}{end}", False, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://host.net/a?x=1&document_number=604%20146%20225", [("CA_SIN", "604 146 225")]),
        ("the combo is ana\u200b.lopez@gmail.com:Sommer2719 today", [("CREDENTIAL_PAIR", "ana.lopez@gmail.com:Sommer2719"), ("EMAIL_ADDRESS", "ana.lopez@gmail.com")]),
        ("net user backup Spring2024&#33; &#47;add", [("CREDENTIAL_PASSWORD", "Spring2024!")]),
        ("Authorization: Basic " + base64.b64encode(b"api:glpat-k7Rvq9z1Gr33nTe4potS").decode(), [("SECRET_TOKEN", "glpat-k7Rvq9z1Gr33nTe4potS")]),
    ],
)
def test_a_thing_in_another_form_is_one_finding(kernel: Kernel, text: str, expected: list[tuple[str, str]]) -> None:
    """Cut off or glued in the text as written, whole once decoded: only the whole one stands."""
    assert sorted(found(kernel, text)) == expected


def test_a_password_in_an_address_stays_whole(kernel: Kernel) -> None:
    """The percent-encoded `@` in it would end it early once decoded."""
    assert [entity for entity, _ in found(kernel, "postgres://shop:gr33n%40Te4pot@db7.sud.it:5432/shop")] == ["SECRET_CONNECTION_STRING"]


def test_what_is_beaten_stands_among_the_alternatives(kernel: Kernel) -> None:
    """The other type is told, not lost."""
    lines = orjson.dumps({"note": "https://host.net/a?x=1&crn=047%20520364%20N"}) + b"\n"
    row = kernel.find_batch(Batch(source="s", first_record=0, records=1, lines=lines)).filter(entity="AU_CRN").row(0, named=True)
    assert "UK_COMPANY_NUMBER" in {one["entity"] for one in orjson.loads(row["attributes"])["alternatives"]}


def test_different_things_in_one_base64_run_all_stand() -> None:
    """They share the run's place, and are not the same for that."""
    assert beaten([at("a->base64->$.x", 0, 90), at("a->base64->$.y", 0, 90), at("a->base64", 0, 90)]) == {}


def test_a_piece_of_a_run_gives_way_to_what_the_run_says() -> None:
    """Twenty letters of base64 that look like a token."""
    piece = base64.b64encode(b"the user is ana and the key is").decode()[:20]
    assert beaten([at("a", 4, 24, text=piece), at("a->base64", 0, 90)]) == {0: 1}
    assert beaten([at("a->base64", 0, 90, text=piece), at("a->base64->base64", 0, 90)]) == {0: 1}


def test_personal_data_and_secrets_do_not_compete() -> None:
    """An address in a token's claims is a finding beside the token."""
    assert beaten([at("a", 0, 60), at("a->base64->$.email", 10, 40, entity="EMAIL_ADDRESS")]) == {}
