"""Outlook messages."""

import orjson
import pytest

from leakscope.sources.outlook import _unpacked
from tests.sources.compound_files import compound, message

_FIELDS = {"0037": "Your scan", "0C1A": "Ana Berg", "5D01": "ana@x.test", "0E04": "Bo", "1000": "Dear Bo,\r\nmy number is +49 1."}


def _records(batches):
    return [orjson.loads(line) for batch in batches if batch.lines is not None for line in batch.lines.splitlines()]


def test_a_message_is_a_record(reading):
    """Who wrote what to whom and when; attachments are evidence of their own."""
    tree = message(_FIELDS, recipients=[{"3001": "Bo Li", "39FE": "bo@x.test"}], attachments={"list.csv": b"name,mail\nCy,cy@x.test\nDi,di@x.test\n"}, sent=133_590_312_000_000_000)
    batches, aside, used = reading("m.msg", compound(tree))

    assert (used, aside) == (["ndjson", "csv"], [])
    assert _records(batches) == [
        {
            "subject": "Your scan", "sender_name": "Ana Berg", "from": "ana@x.test", "to": "Bo", "body": "Dear Bo,\r\nmy number is +49 1.",
            "date": "2024-05-01T10:00:00+00:00", "recipients": [{"name": "Bo Li", "address": "bo@x.test"}], "attachments": ["list.csv"],
        }
    ]  # fmt: skip
    assert [batch.source for batch in batches] == ["m.msg", "m.msg:0/list.csv"]


def test_a_message_in_a_message_is_one_too(reading):
    """Forwarded mail is read."""
    batches, aside, _ = reading("m.msg", compound(message(_FIELDS, attachments={"Fwd": message({"0037": "Inner", "1000": "secret"}, inner=True)})))

    assert (aside, [record["subject"] for record in _records(batches)]) == ([], ["Your scan", "Inner"])


def test_a_body_in_compressed_rich_text_is_unpacked():
    """The example of the format's description (MS-OXRTFCP 3.1)."""
    packed = bytes.fromhex("2d0000002b0000004c5a4675f1c5c7a703000a00726370673132354232 0af32068656c090020627705b06c647d0a800fa0".replace(" ", ""))

    assert _unpacked(packed) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


@pytest.mark.parametrize("cut", [100, 600, 1200])
def test_damage_has_a_reason(reading, cut):
    """Nothing is raised."""
    _, aside, _ = reading("m.msg", compound(message(_FIELDS))[:cut])

    assert aside
