"""Logins and cookies."""

import orjson


def _records(batches):
    return [orjson.loads(line) for batch in batches for line in batch.lines.splitlines()]


def test_a_login_is_one_record(reading):
    """Whatever the stealer calls its fields."""
    content = b"""*** LOG ***
URL: https://shop.test/login
Username: ana.berg
Password: Sommer2023!
Application: Chrome
===============
Host: https://mail.test:8443/x
Login: bo
Password: with: colon
"""
    batches, aside, used = reading("Passwords.txt", content)

    assert (used, aside) == (["stealer-logins"], [])
    assert _records(batches) == [
        {"line": "*** LOG ***"},
        {"url": "https://shop.test/login", "username": "ana.berg", "password": "Sommer2023!", "application": "Chrome"},
        {"url": "https://mail.test:8443/x", "username": "bo", "password": "with: colon"},
    ]


def test_a_cookie_stands_under_its_name(reading):
    """As curl and browsers' exports write them."""
    content = b"# Netscape HTTP Cookie File\n.shop.test\tTRUE\t/\tTRUE\t1790000000\tsession_id\tabc=1\n#HttpOnly_x.test\tFALSE\t/\tFALSE\t0\tauth\tA1\n"
    batches, aside, used = reading("cookies.txt", content)

    assert (used, aside) == (["cookies"], [])
    assert _records(batches) == [
        {"domain": ".shop.test", "path": "/", "expires": "1790000000", "cookie": "session_id=abc=1"},
        {"domain": "x.test", "path": "/", "expires": "0", "cookie": "auth=A1"},
    ]


def test_cookies_without_their_first_line(reading):
    """As information stealers write them."""
    batches, aside, used = reading("Chrome_Default.txt", b".shop.test\tTRUE\t/\tFALSE\t1790000000\tsid\tabc\r\n" * 2)

    assert (used, aside) == (["cookies"], [])
    assert _records(batches) == [{"domain": ".shop.test", "path": "/", "expires": "1790000000", "cookie": "sid=abc"}] * 2


def test_settings_stay_lines(reading):
    """Environment files and notes are text."""
    for content in (b"DB_HOST=x\nDB_PASSWORD=y\n", b"url: once\nnote\nnote\n"):
        assert reading("x.txt", content)[2] == ["text"]
