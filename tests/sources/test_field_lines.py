"""Logs whose lines name their fields, and printed tables."""

import orjson
import pytest


def _rows(batches):
    if batches[0].lines is not None:
        return [orjson.loads(line) for batch in batches for line in batch.lines.splitlines()]
    return [{name: value for name, value in row.items() if value is not None} for batch in batches for row in batch.frame.to_dicts()]


@pytest.mark.parametrize(("mark", "agent"), [(" ", "Mozilla/5.0+(X)"), ("\t", "Mozilla/5.0%20(X)")])
def test_extended_logs_name_their_fields(reading, mark, agent):
    """IIS and CloudFront; fields may change in the middle of a file."""
    head = "#Software: x\n#Fields: date c-ip cs-username cs(User-Agent)\n"
    content = head + mark.join(["2023-10-10", "192.0.2.7", "ana", agent]) + "\n#Fields: date c-ip\n" + mark.join(["2023-10-11", "192.0.2.8"]) + "\n"
    batches, aside, used = reading("u_ex.log", content.encode())

    assert (used, aside) == (["w3c-log"], [])
    assert _rows(batches) == [{"line": "#Software: x"}, {"date": "2023-10-10", "c-ip": "192.0.2.7", "cs-username": "ana", "cs(User-Agent)": "Mozilla/5.0 (X)"}, {"date": "2023-10-11", "c-ip": "192.0.2.8"}]


def test_named_values_are_fields(reading):
    """logfmt and auditd, with values that hold values; words between them are kept."""
    content = b"time=2023-10-10T13:55:36Z level=info msg=\"say \\\"hi\\\"\" user=a@x.test\ntype=USER msg=audit(1:2): pid=1 uid=0 auid=1 msg='op=login acct=\"ana\" addr=192.0.2.7'\n"
    batches, aside, used = reading("x.log", content)

    assert (used, aside) == (["logfmt"], [])
    assert _rows(batches) == [
        {"time": "2023-10-10T13:55:36Z", "level": "info", "msg": 'say "hi"', "user": "a@x.test"},
        {"type": "USER", "msg": "audit(1:2):", "pid": "1", "uid": "0", "auid": "1", "msg_again": {"op": "login", "acct": "ana", "addr": "192.0.2.7"}},
    ]


_MYSQL = "+----+------+\n| id | mail |\n+----+------+\n|  1 | a@x  |\n|  2 | b@x  |\n+----+------+\n2 rows in set\n"
_PSQL = " id | mail\n----+------\n  1 | a@x\n  2 | b@x\n(2 rows)\n"
_MARKDOWN = "# People\n\n| id | mail |\n|---|:--|\n| 1 | a@x |\n| 2 | b@x |\n\nEnd\n"


@pytest.mark.parametrize("content", [_MYSQL, _PSQL, _MARKDOWN])
def test_rows_of_a_printed_table_are_records(reading, content):
    """What stands around the table is kept."""
    batches, aside, used = reading("x.txt", content.encode())
    rows = _rows(batches)

    assert (used, aside) == (["printed-table"], [])
    assert [row for row in rows if "line" not in row] == [{"id": "1", "mail": "a@x"}, {"id": "2", "mail": "b@x"}]
    assert any("line" in row for row in rows)


def test_a_page_with_one_rule_is_text(reading):
    """Rules alone make no table."""
    assert reading("x.md", b"Title\n-----\n\nWords | and more.\n\nEnd.\n" * 3)[2] == ["text"]
