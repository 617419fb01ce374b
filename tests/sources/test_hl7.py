"""Messages of hospitals."""

import orjson

from leakscope.detection.roles import role_candidate, roles_of

MESSAGE = "\r".join([
    r"MSH|^~\&|ADT|Ward|LAB|Ward|20260602124607||ADT^A01|7|P|2.5.1",
    r"PID|1||PAT4411^^^Ward^MR~078-05-1120^^^X^SS||Berg&van&Berg^Ana^Maria||19520307101500|F|||Lind St 4^Rear^Kassel^HE^34117^DE||+49 561 5550199~^NET^Internet^ana@shop.test|^^^^49^561^5550100",
    "NK1|1|Berg^Bo|SPO^Spouse|||",
    "PV1|1|I|2000^2012^01||||12^Ito^Ken",
    r"DG1|1|I10|F32.2^Severe depression \T\ more^I10",
    "IN1|1|P1||Kasse" + "|" * 32 + "PN5512",
    "AL1|1|DA|1^Penicillin",
    r"OBX|1|TX|9^Note||a\.br\b\X0D\c\F\d",
    "ZZZ|x^y|z",
]) + "\r"  # fmt: skip


def _records(batches):
    return [orjson.loads(line) for batch in batches for line in batch.lines.splitlines()]


def test_a_message_is_one_record_of_named_fields(reading):
    """The patient's fields are the record's own; other people, diagnoses and the rest stand in objects."""
    batches, aside, used = reading("a.hl7", MESSAGE.encode())
    (record,) = _records(batches)

    assert (used, aside) == (["hl7"], [])
    assert {name: record[name] for name in ("patient_id", "ssn", "family_name", "given_name", "middle_name", "birth_date", "birth_time", "gender")} == {
        "patient_id": "PAT4411", "ssn": "078-05-1120", "family_name": "Berg", "given_name": "Ana", "middle_name": "Maria", "birth_date": "19520307", "birth_time": "101500", "gender": "F",
    }  # fmt: skip
    assert [record[name] for name in ("street", "address_line_2", "city", "state", "postal_code", "country")] == ["Lind St 4", "Rear", "Kassel", "HE", "34117", "DE"]
    assert (record["phone"], record["email"], record["phone_2"]) == ("+49 561 5550199", "ana@shop.test", "49 561 5550100")
    assert record["next_of_kin"] == [{"nk1_1": "1", "family_name": "Berg", "given_name": "Bo", "relationship_code": "SPO", "relationship": "Spouse"}]
    assert record["visit"]["attending_doctor"] == {"doctor_id": "12", "family_name": "Ito", "given_name": "Ken"}
    assert (record["diagnoses"][0]["diagnosis_code"], record["insurance"][0]["policy_number"], record["allergies"][0]["allergy"]) == ("F32.2", "PN5512", "Penicillin")


def test_escapes_are_undone(reading):
    """Delimiters, line breaks and bytes in hex."""
    (record,) = _records(reading("a.hl7", MESSAGE.encode())[0])

    assert record["diagnoses"][0]["diagnosis"] == "Severe depression & more"
    assert record["observations"][0]["observation_value"] == "a\nb\rc|d"


def test_what_has_no_name_keeps_its_place(reading):
    """Segments that somebody made up, and parts of fields that nobody named."""
    (record,) = _records(reading("a.hl7", MESSAGE.encode())[0])

    assert record["zzz"] == {"zzz_1_1": "x", "zzz_1_2": "y", "zzz_2": "z"}
    assert (record["pid_5_1_2"], record["pid_5_1_3"]) == ("van", "Berg")


def test_line_ends_and_frames_do_not_matter(reading):
    """CR, LF, both, and MLLP."""
    (record,) = _records(reading("a.hl7", MESSAGE.encode())[0])
    for content in (MESSAGE.replace("\r", "\n") * 2, MESSAGE.replace("\r", "\r\n") * 2, f"\x0b{MESSAGE}\x1c\r" * 2):
        batches, aside, used = reading("a.txt", content.encode())
        assert (_records(batches), aside, used) == ([record] * 2, [], ["hl7"])


def test_delimiters_are_those_of_the_header(reading):
    """A sender may choose others."""
    (record,) = _records(reading("a.hl7", b"MSH#*~!+#ADT\rPID###P77*a*b*c*MR##Berg*Ana\r")[0])

    assert (record["patient_id"], record["family_name"], record["given_name"]) == ("P77", "Berg", "Ana")


def test_batches_and_several_patients(reading):
    """The headers of a batch are records; so is each patient of one answer."""
    content = "FHS|^~\\&|A\nBHS|^~\\&|B\nMSH|^~\\&|C\nPID|1||P1\nDG1|1||A01\nPID|2||P2\nBTS|1\nFTS|1\n"
    records = _records(reading("a.hl7", content.encode())[0])

    assert [record.get("patient_id") for record in records] == [None, None, "P1", "P2"]
    assert "diagnoses" not in records[3]


def test_a_field_may_go_on_in_the_next_line(reading):
    """As long notes do whose line breaks nobody escaped."""
    (record,) = _records(reading("a.hl7", b"MSH|^~\\&|C\nNTE|1||first\nsecond line\nPID|1||P1\n")[0])

    assert record["notes"][0]["comment"] == "first\nsecond line"
    assert record["patient_id"] == "P1"


def test_what_breaks_off_is_set_aside(reading):
    """A header that breaks off, and a frame without its end; what was there of the message is read."""
    batches, aside, _ = reading("a.hl7", b"MSH|^~\\&|C\rPID|1||P1\rMSH|^~\r")
    assert ([record["patient_id"] for record in _records(batches)], [(one.reason, one.record) for one in aside]) == (["P1"], [("truncated", 1)])

    batches, aside, _ = reading("a.hl7", b"\x0bMSH|^~\\&|C\rPID|1||P1\r\x1c\r\x0bMSH|^~\\&|C\rPID|1||P")
    assert ([record["patient_id"] for record in _records(batches)], [(one.reason, one.records) for one in aside]) == (["P1", "P"], [("truncated", None)])


def test_other_tables_with_pipes_are_not_messages(reading):
    """A delimited table with a column of that name."""
    assert reading("a.csv", b"MSH|name|city\n1|Ana|Kassel\n2|Bo|Halle\n")[2] != ["hl7"]


def test_names_of_fields_say_what_stands_there(reading):
    """The rules for names of fields know those of the patient, so that values are found whatever their form."""
    (record,) = _records(reading("a.hl7", MESSAGE.encode())[0])
    expected = {
        "family_name": "PERSON", "given_name": "PERSON", "birth_date": "DATE_OF_BIRTH", "gender": "GENDER", "street": "POSTAL_ADDRESS", "city": "LOCATION", "postal_code": "POSTAL_CODE",
        "phone": "PHONE_NUMBER", "patient_id": "MEDICAL_RECORD_NUMBER", "ssn": "US_SSN", "diagnosis_code": "ICD_CODE", "diagnosis": "MEDICAL_CONDITION",
    }  # fmt: skip
    values = {**record, **record["diagnoses"][0]}

    assert {name: found.entity if (found := role_candidate(roles_of(name), values[name])) else None for name in expected} == expected
