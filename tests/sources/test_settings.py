"""Settings in sections, and logins of command line tools."""

import orjson
import pytest


def _records(batches):
    return [orjson.loads(line) for batch in batches for line in batch.lines.splitlines()]


def test_a_section_is_a_record(reading):
    """A key and its secret stay together; comments are examined, values may go on in the next line."""
    content = b"[default]\r\naws_access_key_id = AKIA1\r\naws_secret_access_key = abc+/=\r\n\r\n# old: ana@x.test\n[prod]\naws_access_key_id=AKIA2\nca_bundle = one\n  two\n"
    batches, aside, used = reading("credentials", content)

    assert (used, aside) == (["settings"], [])
    assert sorted(_records(batches), key=str) == sorted(
        [
            {"_section": "default", "aws_access_key_id": "AKIA1", "aws_secret_access_key": "abc+/="},
            {"line": "# old: ana@x.test"},
            {"_section": "prod", "aws_access_key_id": "AKIA2", "ca_bundle": "one\ntwo"},
        ],
        key=str,
    )


def test_a_machine_is_a_record(reading):
    """On one line or several."""
    content = b"machine api.test login ana password s3cret\n# x\nmachine b.test\n  login bo\n  password \"p w\"\ndefault login c password d\n"
    batches, aside, used = reading(".netrc", content)

    assert (used, aside) == (["netrc"], [])
    assert [record for record in _records(batches) if "machine" in record] == [
        {"machine": "api.test", "login": "ana", "password": "s3cret"},
        {"machine": "b.test", "login": "bo", "password": "p w"},
        {"machine": "default", "login": "c", "password": "d"},
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [(".env", b"A=1\nB=2\n"), ("x.toml", b"[a]\nb = 1\nc = 2\n"), ("app.log", b"[info] started = yes\n[warn] it ended: no\n" * 3), ("a.py", b"[x]\ny = 1\nz = 2\n"), ("n.txt", b"machine learning is fun\nmachine b\n")],
)
def test_other_files_with_brackets_and_machines_are_not(reading, name, content):
    """Environment files, project files, logs, programs and prose."""
    assert not {"settings", "netrc"} & set(reading(name, content)[2])
