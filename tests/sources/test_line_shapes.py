"""Lines whose parts have names."""

import re

import pytest

from leakscope.sources.line_shapes import shapes


def _rows(batches):
    return [{name: value for name, value in row.items() if value is not None} for batch in batches for row in batch.frame.to_dicts()]


@pytest.mark.parametrize("shape", shapes(), ids=lambda shape: shape.name)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_shape_is_told_by_its_example(reading, shape, ending):
    """A file of such lines is read as what it is, one record a line, with several fields each."""
    batches, aside, used = reading("part", (shape.example + ending).encode() * 4)
    rows = _rows(batches)

    assert (used, aside, len(rows)) == ([shape.name], [], 4)
    assert "line" not in rows[0]
    assert len(rows[0]) >= 2


@pytest.mark.parametrize("shape", shapes(), ids=lambda shape: shape.name)
def test_no_shape_loses_a_word(reading, shape):
    """The fields of a line hold all its words, whatever stood between them."""
    batches, _, _ = reading("part", (shape.example + "\n").encode() * 4)
    kept = " ".join(_rows(batches)[0].values())

    assert set(re.findall(r"[\w.]{3,}", shape.example)) <= set(re.findall(r"[\w.]{3,}", kept)) | {"pid", "client", "server", "request", "host", "INFO"}


def test_lines_of_another_shape_stay_whole(reading):
    """A stack trace between log lines is examined in its place."""
    content = b"2023-10-10 13:55:36,123 INFO  [main] com.x.Login - user a@x.test\n\tat com.x.Y(Z.java:1)\n" * 3
    batches, aside, used = reading("app.log", content)
    rows = _rows(batches)

    assert (used, aside, len(rows)) == (["application-log"], [], 6)
    assert rows[0] == {"time": "2023-10-10 13:55:36,123", "level": "INFO", "thread": "main", "logger": "com.x.Login", "message": "user a@x.test"}
    assert rows[1] == {"line": "\tat com.x.Y(Z.java:1)"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('192.0.2.7 - - [10/Oct/2023:13:55:36 +0000] "POST /login HTTP/1.0" 302 -', {"remote_addr": "192.0.2.7", "method": "POST", "path": "/login", "status": "302"}),
        ('shop.test:443 2001:db8::1 - ana [10/Oct/2023:13:55:36 +0000] "GET / HTTP/2.0" 200 12 "-" "curl/8"', {"virtual_host": "shop.test:443", "remote_addr": "2001:db8::1", "remote_user": "ana", "user_agent": "curl/8"}),
        ('192.0.2.7 - - [10/Oct/2023:13:55:36 +0000] "\\x16\\x03" 400 157 "-" "-" "198.51.100.1"', {"request": "\\x16\\x03", "more": '"198.51.100.1"'}),
        ("Jan  5 12:00:01 web1 sshd[123]: Accepted password for ana from 192.0.2.7 port 22 ssh2", {"hostname": "web1", "command": "sshd", "message": "Accepted password for ana from 192.0.2.7 port 22 ssh2"}),
        ('<34>1 2023-10-11T22:14:15.003Z web1 su 123 ID47 [ex@32473 user="Ana" ip="192.0.2.7"] failed', {"host": "web1", "structured": '[ex@32473 user="Ana" ip="192.0.2.7"]', "text": "failed"}),
        ("android://abc==@com.shop.app/:a@x.test:Pass1", {"url": "android://abc==@com.shop.app/", "username": "a@x.test", "password": "Pass1"}),
        ("shop.test/login:ana:Pa:ss1", {"url": "shop.test/login", "username": "ana", "password": "Pa:ss1"}),
        ("https://shop.test:8443/x|a@x.test|Pass1", {"url": "https://shop.test:8443/x", "username": "a@x.test", "password": "Pass1"}),
        ("a@x.test;Pass word 1", {"email": "a@x.test", "password": "Pass word 1"}),
        ("ana:$2y$05$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234", {"username": "ana", "password_hash": "$2y$05$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234"}),
        ("Administrator:500:aad3b435b51404eeaad3b435b51404ee:31d6cfe0d16ae931b73c59d7e0c089c0:::", {"username": "Administrator", "nt_hash": "31d6cfe0d16ae931b73c59d7e0c089c0"}),
    ],
)
def test_dialects_of_the_shapes(reading, line, expected):
    """Parts come out under their names."""
    batches, _, _ = reading("part", (line + "\n").encode() * 3)
    row = _rows(batches)[0]

    assert {name: row.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    "content",
    [
        b"Dear Ana: hello\nwe met: yes\nbye\n" * 3,
        b"12:30:45 started\n12:30:46 ended\n" * 5,
        b"key: value\nother: 12\n- x\n" * 5,
        b"import os\nfor x in range(3):\n    print(x)\n" * 3,
        b"PATH=/bin:/usr/bin\nHOME=/home/ana\n",
    ],
)
def test_prose_settings_and_programs_are_no_lists_of_logins(reading, content):
    """Colons alone say nothing."""
    names = {shape.name for shape in shapes()}

    assert not names & set(reading("x", content)[2])


def test_any_encoding(reading):
    """Wide logs of Windows tools too."""
    batches, aside, used = reading("x.txt", "a@x.test:Päss1\r\nb@x.test:Pass2\r\n".encode("utf-16") )

    assert (used, aside, _rows(batches)[0]) == (["combo-list"], [], {"email": "a@x.test", "password": "Päss1"})
