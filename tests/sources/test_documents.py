"""Documents and mail, written by their own libraries."""

import io
import mailbox
import zipfile
from email.message import EmailMessage

import orjson
import pytest


def _texts(batches):
    return [value for batch in batches for value in batch.frame["text"].to_list()]


def test_a_word_document_gives_paragraphs_and_table_rows(reading):
    """Headers and properties as well."""
    import docx

    document = docx.Document()
    document.add_paragraph("Dear Ana, call +49 30 123456")
    row = document.add_table(1, 2).rows[0]
    row.cells[0].text, row.cells[1].text = "IBAN", "DE89370400440532013000"
    document.sections[0].header.paragraphs[0].text = "Confidential"
    document.core_properties.author = "Bo Berg"
    target = io.BytesIO()
    document.save(target)
    batches, aside, used = reading("a.docx", target.getvalue())
    texts = _texts(batches)

    assert (used, aside) == (["office"], [])
    assert {"Dear Ana, call +49 30 123456", "IBAN", "DE89370400440532013000", "Confidential", "Bo Berg"} <= set(texts)


def test_an_opendocument_text_gives_paragraphs(reading):
    """Its mimetype comes first, as the standard wants it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", '<o xmlns:t="urn:t"><t:p>Ana &amp; Bo</t:p><t:h>Two<t:s/>words</t:h></o>')
    batches, aside, used = reading("a.odt", target.getvalue())

    assert (used, aside, _texts(batches)) == (["office"], [], ["Ana & Bo", "Two words"])


def test_xml_entities_are_refused(reading):
    """A billion laughs end at their declaration."""
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;">]><x xmlns:w="w"><w:p><w:t>&b;</w:t></w:p></x>'
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("word/document.xml", laughs)
    batches, aside, _ = reading("a.docx", target.getvalue())

    assert (batches, [piece.reason for piece in aside]) == ([], ["bomb"])


def test_a_pdf_gives_its_lines(reading):
    """Text of every page; a page without any is named."""
    stream = b"BT /F1 12 Tf 50 700 Td (Ana Berg, ana@x.org) Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R 6 0 R] /Count 2 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] >>",
    ]
    content, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    content += b"xref\n0 7\n0000000000 65535 f \n" + table + b"trailer << /Size 7 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % len(content)
    batches, aside, used = reading("a.pdf", content)

    assert (used, _texts(batches)) == (["pdf"], ["Ana Berg, ana@x.org"])
    assert [piece.reason for piece in aside] == ["image-unread"]


@pytest.mark.parametrize(
    ("name", "content", "texts"),
    [
        ("a.rtf", rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}Caf\'e9 {\b Ana}\par Z\u8364?oe\par}", ["Caf\u00e9 Ana", "Z\u20acoe"]),
        ("a.html", b"<!DOCTYPE html><p>Ana &amp; <b>Bo</b></p><!-- key: x --><input value='ana@x.org'><p>Two</p>", ["Ana & Bo", "key: x", "value=ana@x.org", "Two"]),
    ],
)
def test_rich_text_and_pages(reading, name, content, texts):
    """Blocks, escapes, comments and attributes with words in them."""
    batches, aside, _ = reading(name, content)

    assert (aside, _texts(batches)) == ([], texts)


def _mail(number):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Ana Berg <ana@x.org>", "bo@x.org", f"Number {number}"
    message["Date"] = "Tue, 02 Jan 2024 10:00:00 +0000"
    message.set_content(f"Hello {number}, Zo\u00eb\n")
    message.add_alternative(f"<p>Hello <b>{number}</b></p>", subtype="html")
    message.add_attachment(b"name,email\nCy,cy@x.org\nDi,di@x.org\n", maintype="text", subtype="csv", filename="people.csv")
    return message


def test_a_message_is_a_record_and_its_attachments_are_evidence(reading):
    """Encoded words and bodies are decoded."""
    batches, aside, used = reading("m.eml", bytes(_mail(1)))
    record = orjson.loads(batches[0].lines)

    assert (used, aside) == (["ndjson", "csv"], [])
    assert (record["from"], record["to"], record["subject"], record["attachments"]) == ("Ana Berg <ana@x.org>", "bo@x.org", "Number 1", ["people.csv"])
    assert record["body"] == ["Hello 1, Zo\u00eb\n", "Hello 1"]
    assert (batches[1].source, batches[1].records) == ("m.eml:0/people.csv", 2)


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_headers_that_nobody_encoded_are_read(reading, encoding):
    """Old and careless programs write names as they are."""
    content = "From: Zoë <z@x.test>\r\nTo: a@x.test\r\nSubject: Grüße\r\nDate: Wed, 1 May 2024 10:00:00 +0000\r\n\r\nhi\r\n".encode(encoding)
    batches, _, _ = reading("m.eml", content)

    assert (orjson.loads(batches[0].lines)["from"], orjson.loads(batches[0].lines)["subject"]) == ("Zoë <z@x.test>", "Grüße")


def test_a_mailbox_gives_a_record_a_message(reading, tmp_path):
    """As Python's mailbox module writes it."""
    box = mailbox.mbox(tmp_path / "a.mbox")
    for number in range(5):
        box.add(mailbox.mboxMessage(_mail(number)))
    box.flush()
    batches, aside, used = reading("a.mbox", (tmp_path / "a.mbox").read_bytes())

    assert (used, aside) == (["ndjson", *["csv"] * 5], [])
    assert batches[0].records == 5
