"""Records written over several lines."""

import orjson
import pytest


def _records(batches):
    return [orjson.loads(line) for batch in batches for line in batch.lines.splitlines()]


def test_a_card_is_a_record(reading):
    """Folded lines, groups, parameters, quoted-printable, several numbers; the picture is named as unread."""
    card = (
        "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Berg;Ana;;;\r\nFN:Ana Berg\r\nitem1.EMAIL;TYPE=INTERNET:ana@x.test\r\nTEL;TYPE=CELL:+49 1\r\nTEL:+49 2\r\n"
        "ADR;TYPE=HOME:;;Weg 1;Kassel;;34117;Germany\r\nNOTE:a long \r\n line\\nnext\r\nTITLE;ENCODING=QUOTED-PRINTABLE:Z=C3=B6e\r\nPHOTO;ENCODING=b:" + "QUJD" * 100 + "\r\nEND:VCARD\r\n"
    )
    batches, aside, used = reading("c.vcf", card.encode() * 2)

    assert (used, [(piece.reason, piece.records) for piece in aside]) == (["vcard"], [("image-unread", 0)])
    assert _records(batches) == [{"n": "Berg, Ana", "fn": "Ana Berg", "email": "ana@x.test", "tel": ["+49 1", "+49 2"], "adr": "Weg 1, Kassel, 34117, Germany", "note": "a long line\nnext", "title": "Zöe"}] * 2


def test_an_appointment_is_a_record(reading):
    """With who was invited."""
    batches, _, used = reading("c.ics", b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:Scan\r\nATTENDEE;CN=Ana Berg:mailto:ana@x.test\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")

    assert (used, _records(batches)) == (["vcard"], [{"summary": "Scan", "attendee": "Ana Berg <mailto:ana@x.test>"}])


def test_an_entry_of_a_directory_is_a_record(reading):
    """Folded and base64 values."""
    content = b"# x\nversion: 1\n\ndn: uid=a,dc=x\ncn: Ana\nmail: a@x.test\nmail: b@x.test\nuserPassword:: e1NTSEF9YWJj\ndescription: one\n  two\n\ndn: uid=b,dc=x\ncn: Bo\n"
    batches, aside, used = reading("u.ldif", content)

    assert (used, aside) == (["ldif"], [])
    assert _records(batches)[-2:] == [{"dn": "uid=a,dc=x", "cn": "Ana", "mail": ["a@x.test", "b@x.test"], "userPassword": "{SSHA}abc", "description": "one two"}, {"dn": "uid=b,dc=x", "cn": "Bo"}]


@pytest.mark.parametrize(
    ("name", "content", "records"),
    [
        ("j.export", "__CURSOR=s=1\nMESSAGE=login of a@x.test\n\n__CURSOR=s=2\nMESSAGE=x\n", [{"__CURSOR": "s=1", "MESSAGE": "login of a@x.test"}, {"__CURSOR": "s=2", "MESSAGE": "x"}]),
        ("v.txt", "*" * 27 + " 1. row " + "*" * 27 + "\n   id: 1\n note: two\nlines\n" + "*" * 27 + " 2. row " + "*" * 27 + "\n   id: 2\n note: \n", [{"id": "1", "note": "two\nlines"}, {"id": "2", "note": ""}]),
        ("Autofills/Chrome.txt", "Name: email\nValue: a@x.test\n===\nName: phone\nValue: +49\n===\n", [{"Name": "email", "Value": "a@x.test"}, {"Name": "phone", "Value": "+49"}]),
        ("System.txt", "Computer: PC1\nUser Name: ana\nIP: 192.0.2.7\n", [{"Computer": "PC1", "User Name": "ana", "IP": "192.0.2.7"}]),
    ],
)
def test_blocks_of_names_and_values(reading, name, content, records):
    """journald, mysql and thieves' tools."""
    batches, aside, _ = reading(name, content.encode())

    assert (aside, _records(batches)) == ([], records)


def test_what_belongs_to_no_block_is_a_record(reading):
    """Banners are examined."""
    batches, _, _ = reading("x.txt", b"Host: a\nUser: b\n\nmade by someone@x.test\n\n" * 1 + b"Host: a\nUser: b\nPin: 1\n\n" * 8)

    assert {"line": "made by someone@x.test"} in _records(batches)


def test_a_file_that_breaks_off_keeps_what_came_before(reading):
    """Nothing held is lost with a damaged container."""
    import gzip

    packed = gzip.compress(b"BEGIN:VCARD\nFN:Ana Berg\nEND:VCARD\n" * 3_000)
    batches, aside, _ = reading("c.vcf.gz", packed[:-9])

    assert [piece.reason for piece in aside] == ["truncated"]
    assert len(_records(batches)) >= 2_900
