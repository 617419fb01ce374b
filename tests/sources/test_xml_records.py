"""XML of any kind."""

from xml.sax.saxutils import escape, quoteattr

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st


def _records(batches):
    return [orjson.loads(line) for batch in batches for line in batch.lines.splitlines()]


_S3 = '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><IsTruncated>true</IsTruncated>%s</ListBucketResult>'
_OBJECT = "<Contents><Key>cv/ana@x.test.pdf</Key><Size>3</Size><Owner><ID>7</ID></Owner></Contents>"


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("start", ["", '<?xml version="1.0" encoding="UTF-8"?>\n', "\ufeff<?xml version='1.0' encoding='utf-8'?>"])
def test_objects_of_a_listing_are_records(reading, count, start):
    """One object or many; what is said of the bucket is a record behind them."""
    batches, aside, used = reading("listing", (start + _S3 % (_OBJECT * count)).encode())

    assert (used, aside) == (["xml"], [])
    assert _records(batches) == [{"Key": "cv/ana@x.test.pdf", "Size": "3", "Owner": {"ID": "7"}}] * count + [{"ListBucketResult.Name": "b", "ListBucketResult.IsTruncated": "true"}]


def test_blobs_of_azure_are_records(reading):
    """Two levels below the root."""
    content = '<?xml version="1.0"?><EnumerationResults ContainerName="c"><Blobs><Blob><Name>scan.pdf</Name><Properties><Content-Length>3</Content-Length></Properties></Blob></Blobs><NextMarker /></EnumerationResults>'
    batches, _, _ = reading("x.xml", content.encode())

    assert _records(batches)[0] == {"Name": "scan.pdf", "Properties": {"Content-Length": "3"}}


def test_text_messages_are_records(reading):
    """With pictures in messages, and letters that the app writes as two halves."""
    content = (
        "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<!--File Created By SMS Backup & Restore-->\n<smses count=\"2\">\n"
        '<sms address="+491" date="1714557600000" type="1" subject="null" body="code &#55357;&#56832; 1 & 2" contact_name="Ana Berg" />\n'
        '<mms address="+491~+492" date="2"><parts><part ct="text/plain" text="Hello" /><part ct="image/jpeg" data="QUJD" /></parts></mms>\n</smses>'
    )
    batches, aside, used = reading("sms.xml", content.encode())
    records = _records(batches)

    assert (used, aside) == (["xml"], [])
    assert records[0] == {"conversation_id": "+491", "role": "user", "content": "code 😀 1 & 2", "address": "+491", "date": "1714557600000", "type": "1", "contact_name": "Ana Berg"}
    assert records[1]["parts"]["part"][0] == {"ct": "text/plain", "text": "Hello"}


def test_pairs_of_names_and_values_become_fields(reading):
    """KeePass, event logs, mysqldump --xml."""
    keepass = "<KeePassFile><Root><Group><Name>g</Name><Entry><String><Key>UserName</Key><Value>ana</Value></String><String><Key>Password</Key><Value ProtectInMemory=\"True\">pw</Value></String></Entry></Group></Root></KeePassFile>"
    events = '<Events><Event><EventData><Data Name="TargetUserName">Ana</Data><Data Name="Ip">192.0.2.7</Data></EventData></Event></Events>'
    rows = '<mysqldump><database name="d"><table_data name="t"><row><field name="id">1</field><field name="mail">a@x.test</field></row></table_data></database></mysqldump>'

    assert _records(reading("k.xml", keepass.encode())[0])[0] == {"UserName": "ana", "Password": "pw"}
    assert _records(reading("e.xml", events.encode())[0])[0] == {"EventData": {"Data": {"TargetUserName": "Ana", "Ip": "192.0.2.7"}}}
    assert _records(reading("d.xml", ('<?xml version="1.0"?>' + rows).encode())[0])[0] == {"id": "1", "mail": "a@x.test"}


def test_what_repeats_is_the_record(reading):
    """Nobody has to know the document; parts in lists stay with theirs."""
    content = "<?xml version='1.0'?><shop><info>x</info><orders>" + "".join(f"<order n='{number}'><item>a</item><item>b</item></order>" for number in range(4)) + "</orders></shop>"
    batches, aside, _ = reading("x.xml", content.encode())

    assert (_records(batches), aside) == ([{"n": str(number), "item": ["a", "b"]} for number in range(4)] + [{"shop.info": "x"}], [])


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16", "windows-1251", "shift_jis"])
def test_any_encoding(reading, encoding):
    """As declared, or as the bytes show."""
    name = {"windows-1251": "Иван", "shift_jis": "山田"}.get(encoding, "Zoë")
    batches, aside, _ = reading("x.xml", f'<?xml version="1.0" encoding="{encoding}"?><a><b n="1">{name}</b><b n="2">{name}</b></a>'.encode(encoding))

    assert ([record["text"] for record in _records(batches)], aside) == ([name] * 2, [])


def test_documents_in_a_row(reading):
    """Logs of XML have no root around them."""
    batches, aside, _ = reading("x.xml", b"<?xml version='1.0'?><Event><System><N>1</N></System></Event>\n<?xml version='1.0'?><Event><System><N>2</N></System></Event>\n")

    assert ([record["System"]["N"] for record in _records(batches)], aside) == (["1", "2"], [])


def test_a_document_cut_off_gives_what_came_before(reading):
    """The rest has a reason."""
    batches, aside, _ = reading("x.xml", (_S3 % (_OBJECT * 50)).encode()[:-120])

    assert [piece.reason for piece in aside] == ["truncated"]
    assert len(_records(batches)) >= 48


def test_entities_are_refused(reading):
    """A billion laughs end at the first."""
    _, aside, _ = reading("x.xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l "lol"><!ENTITY m "&l;&l;&l;&l;">]><a><b>&m;</b></a>')

    assert [piece.reason for piece in aside] == ["bomb"]


def test_pages_are_not_xml(reading):
    """XHTML is read as a page."""
    assert reading("x.html", b'<?xml version="1.0"?>\n<!DOCTYPE html><html><body><p>a</p></body></html>')[2] == ["html"]


def test_every_value_comes_back(reading):
    """Whatever the texts hold and wherever the stream is cut."""
    text = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=20).map(str.strip).filter(bool)

    @given(st.lists(st.tuples(text, text, text), min_size=2, max_size=6), st.sampled_from([1, 7, 64, 1 << 18]))
    def check(rows, chunk):
        body = "".join(f"<r n={quoteattr(one)}><t>{escape(two)}</t><c><![CDATA[{three.replace(']]>', '')}]]></c></r>" for one, two, three in rows)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("leakscope.sources.xml_text._CHUNK", chunk)
            patch.setattr("leakscope.safety.jail.available", lambda: False)
            batches, aside, _ = reading("x.xml", f"<?xml version='1.0'?><all>{body}</all>".encode())
        found = [(record["n"], record["t"], record.get("c", "")) for record in _records(batches)]

        assert (aside, found) == ([], [(one, two, three.replace("]]>", "").strip()) for one, two, three in rows])

    check()


def test_property_lists_open_as_what_they_say(reading):
    """XML and binary."""
    import plistlib

    rows = [{"mail": f"u{number}@x.test"} for number in range(25)]
    for form in (plistlib.FMT_XML, plistlib.FMT_BINARY):
        batches, aside, used = reading("Info.plist", plistlib.dumps({"users": rows}, fmt=form))

        assert (used, aside, _records(batches)) == (["json"], [], rows)


def test_a_fault_costs_only_what_is_behind_it(reading):
    """Words that were read before it are examined."""
    batches, aside, _ = reading("x.xml", b'<?xml version="1.0"?><a><b>ana@x.test</b><b>2</c></a>')

    assert [piece.reason for piece in aside] == ["not-xml"]
    assert "ana@x.test" in str(_records(batches))
