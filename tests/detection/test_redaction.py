"""Redaction: the same records, nothing found left in them, still readable in their own form."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import orjson
import pytest

from leakscope.catalogue import load
from leakscope.detection.kernel import Kernel
from leakscope.detection.redaction import Redactor
from leakscope.detection.rewriting import redact
from leakscope.detection.scanning import Tally
from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey

KEY = IncidentKey(b"t" * 32)


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    """Masks patterns, not names."""
    return Redactor(Kernel(load(), KEY))


ROW = {
    "email": "ana@gmail.com",
    "note": "call +44 20 7946 0018 now",
    "nested": json.dumps({"ssn": "536-22-1234", "more": json.dumps({"password": 'So"mmer\\2719'})}),
    "blob": base64.b64encode(b'{"mail": "ana@gmail.com", "n": 1}').decode(),
    "url": "https://x.net/?e=ana%40gmail.com&z=1",
    "ssn": 536221234,
    "ana@gmail.com": True,
    "string.names": ["phone_number"],
    "string.values": ["212 736 5000"],
    "harmless": "as it was",
}


def test_every_finding_is_masked_and_the_rest_stays(redactor: Redactor) -> None:
    """A second reading of the masked record finds nothing."""
    masked = redactor.record(ROW)
    assert masked["harmless"] == "as it was"
    assert masked["note"] == "call [PHONE_NUMBER] now"
    assert masked["url"] == "https://x.net/?e=[EMAIL_ADDRESS]&z=1"
    assert not Kernel(load(), KEY).find_batch(Batch(source="s", first_record=0, records=1, lines=orjson.dumps(masked) + b"\n")).height


def test_nested_json_stays_json(redactor: Redactor) -> None:
    """Masks inside escaped strings leave every level readable."""
    masked = redactor.record(ROW)
    nested = json.loads(masked["nested"])
    assert nested["ssn"] == "[US_SSN]"
    assert json.loads(nested["more"])["password"] == "[CREDENTIAL_PASSWORD]"


def test_base64_is_written_again(redactor: Redactor) -> None:
    """An encoded document is decoded, masked and encoded."""
    assert json.loads(base64.b64decode(redactor.record(ROW)["blob"])) == {"mail": "[EMAIL_ADDRESS]", "n": 1}


def test_a_statement_stays_a_statement(redactor: Redactor) -> None:
    """Values of rows are masked by their columns, in quotation marks, and the rest stays as it was written."""
    statement = "INSERT INTO users (id, ssn, note) VALUES (7, 536221234, 'O''Neil, ana@gmail.com'); -- by bo@gmail.com"
    assert redactor.record({"q": statement})["q"] == "INSERT INTO users (id, ssn, note) VALUES (7, '[US_SSN]', 'O''Neil, [EMAIL_ADDRESS]'); -- by [EMAIL_ADDRESS]"


def test_names_in_running_text_are_masked_when_a_finder_is_given() -> None:
    """Whatever finds names plugs in."""
    from leakscope.detection.names_span import NameSpan

    redactor = Redactor(Kernel(load(), KEY), lambda texts: [[NameSpan(0, 3, "PERSON", 0.9)] for _ in texts])
    assert redactor.record({"t": "Ana went home"})["t"] == "[PERSON] went home"


def test_a_table_stays_a_table(tmp_path: Path, redactor: Redactor) -> None:
    """CSV in, CSV out, heading once."""
    path, out = tmp_path / "people.csv", tmp_path / "out.csv"
    path.write_text("id,email,city_code\n1,ana@gmail.com,7\n2,bo@gmail.com,8\n3,cy@gmail.com,9\n")
    with out.open("wb") as stream:
        redact((str(path),), redactor, Tally(), stream)
    assert out.read_text() == "id,email,city_code\n1,[EMAIL_ADDRESS],7\n2,[EMAIL_ADDRESS],8\n3,[EMAIL_ADDRESS],9\n"


def test_what_cannot_be_read_is_not_passed_through(tmp_path: Path, redactor: Redactor) -> None:
    """A damaged line is left out, and counts as set aside."""
    path, out, tally = tmp_path / "log.ndjson", tmp_path / "out.ndjson", Tally()
    path.write_bytes(b'{"a": "fine"}\n{"a": "ana@gmail.com"\n{"a": "fine"}\n')
    with out.open("wb") as stream:
        redact((str(path),), redactor, tally, stream)
    assert b"ana@" not in out.read_bytes()
    assert tally.exit_code == 4


def test_cells_of_tables_are_masked_where_they_stand(redactor: Redactor) -> None:
    """In a listing pasted into a text, and in rows beside the names of their columns."""
    row = {"text": "see\nssn,no,x\n536221234,1,2\n", "query": {"columns": ["ssn", "no"], "rows": [["536221234", "1"]]}, "nested": json.dumps({"cols": ["ssn"], "rows": [["536221234"]]})}
    masked = redactor.record(row)
    assert masked == {"text": "see\nssn,no,x\n[US_SSN],1,2\n", "query": {"columns": ["ssn", "no"], "rows": [["[US_SSN]", "1"]]}, "nested": json.dumps({"cols": ["ssn"], "rows": [["[US_SSN]"]]})}
