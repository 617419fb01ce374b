"""Delimited tables."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_delimiter_and_encoding_gives_the_same_table(reading, mark, encoding):
    """Dialect and encoding are told from the content."""
    content = "".join(mark.join(row) + "\n" for row in (["name", "city", "note"], ["Zoë", "Köln", "x"], ["Ana", "Málaga", "y"])).encode(encoding)

    batches, aside, used = reading("t.csv", content)

    assert (used, aside) == (["csv"], [])
    assert batches[0].frame.rows() == [("Zoë", "Köln", "x"), ("Ana", "Málaga", "y")]


def test_ragged_rows_lose_no_field(reading):
    """A short row is filled with nulls; a long one gets columns of its own."""
    batches, _, _ = reading("t.csv", b"a,b\n1\n2,3,4\n")

    assert batches[0].frame.to_dicts() == [{"a": "1", "b": None, "column_3": None}, {"a": "2", "b": "3", "column_3": "4"}]


def test_a_table_without_header_keeps_its_first_row(reading):
    """Rows of data are not taken for names."""
    batches, _, _ = reading("t.csv", b"1001,ana@example.org,1990-01-02\n1002,bo@example.org,1991-01-02\n")

    assert batches[0].frame.columns == ["column_1", "column_2", "column_3"]
    assert batches[0].records == 2


@pytest.mark.parametrize("field", ['"45,123.00"', '"Silva, Ana"', '"1, Main St, Austin"'])
def test_a_quoted_comma_in_every_row_cuts_no_field(reading, field):
    """Though rows cut at every comma are as regular as those cut as they should be, and wider."""
    rows = "".join(f"E{number},{field},021000021\n" for number in range(40))
    batches, aside, _ = reading("t.csv", f"EmpNo,Annual Salary,Routing\n{rows}".encode())

    assert aside == []
    assert batches[0].frame.columns == ["EmpNo", "Annual Salary", "Routing"]
    assert batches[0].frame["Annual Salary"].unique().to_list() == [field.strip('"')]


def test_inches_and_lone_quotes_are_no_quoting(reading):
    """A quote that opens no field is a letter like others."""
    rows = "".join(f'{number},{number}" pipe,6" valve\n' for number in range(40))
    batches, _, _ = reading("t.csv", f"id,left,right\n{rows}".encode())

    assert batches[0].frame.height == 40
    assert batches[0].frame["left"][3] == '3" pipe'


def test_sentences_with_commas_are_text(reading):
    """Prose is not cut into columns."""
    _, _, used = reading("notes.txt", b"Dear Ana, thank you, we met.\nYes, I know, it was nice.\nWell, then, goodbye.\n")

    assert used == ["text"]


def test_what_the_csv_module_wrote_comes_back(reading):
    """Quoting, embedded newlines and delimiters survive the round trip."""
    cell = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12).map(str.strip) | st.sampled_from(["a,b", 'q"q', "two\nlines"])

    @given(st.lists(st.tuples(cell, cell, cell), min_size=1, max_size=8))
    def check(rows):
        target = io.StringIO()
        writer = csv.writer(target)
        writer.writerows([("alpha", "beta", "gamma"), *rows])
        batches, aside, _ = reading("t.csv", target.getvalue().encode())
        back = [tuple(value or "" for value in row) for batch in batches for row in batch.frame.rows()]

        assert (back, aside) == ([tuple(row) for row in rows], [])

    check()


@pytest.mark.parametrize("mark", ["^", "~", "\x01", "\x1f"])
def test_rare_delimiters_need_no_name(reading, mark):
    """As Hive and old systems export, whatever the file is called."""
    rows = [("id", "name", "email"), ("1", "Ana", "a@x.test"), ("2", "Bo", "b@x.test")]
    batches, aside, used = reading("part-00000", "".join(mark.join(row) + "\n" for row in rows).encode())

    assert (used, aside, batches[0].frame.columns, batches[0].frame.rows()) == (["csv"], [], list(rows[0]), rows[1:])


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("shift_jis", "山田ソ太郎カナ"), ("euc_jp", "山田太郎カナ"), ("gb18030", "王小明镕"), ("big5", "陳大文功"), ("euc_kr", "김철수"), ("cp1251", "Иван Петров"), ("koi8_r", "Иван Петров"), ("iso2022_jp", "山田太郎")],
)
def test_older_encodings_are_told_by_their_letters(reading, encoding, name):
    """Tables of other alphabets keep their names."""
    batches, aside, _ = reading("t.csv", ("id,name,email\n" + f"1,{name},a@x.test\n" * 6).encode(encoding))

    assert (aside, {row[1] for row in batches[0].frame.rows()}) == ([], {name})


@pytest.mark.parametrize("words", ["Müller;Straße;Köln", "Hélène;Orléans;été", "José Muñoz;Málaga;niño", "Åsa Öberg;Västerås;å"])
def test_western_texts_are_not_taken_for_asian_ones(reading, words):
    """Single high bytes between ASCII letters."""
    batches, _, _ = reading("t.csv", ("a;b;c\n" + f"{words}\n" * 4).encode("cp1252"))

    assert set(batches[0].frame.rows()) == {tuple(words.split(";"))}


def test_a_quote_that_never_closes_costs_no_other_row(reading):
    """At the beginning, in the middle and far behind the part that dialects are told by."""
    row = "1,Ana,a@x.test\n"
    for before, after in ((0, 30), (30, 30), (6_000, 6_000)):
        content = "id,name,email\n" + row * before + '2,"Bo,b@x.test\n' + row * after
        batches, aside, _ = reading("t.csv", content.encode())
        rows = [found for batch in batches for found in batch.frame.rows()]

        assert (len(rows), aside) == (before + after + 1, [])
        assert sum(found[0] == "2" and found[2] == "b@x.test" for found in rows) == 1


def test_a_note_of_many_lines_stays_one_field(reading):
    """Closing quotes far below are looked for."""
    note = "\n".join(f"line {number} of it, and so on" for number in range(40))
    batches, aside, _ = reading("t.csv", f'id,note,email\n1,"{note}",a@x.test\n2,x,b@x.test\n'.encode())

    assert (batches[0].frame.rows(), aside) == ([("1", note, "a@x.test"), ("2", "x", "b@x.test")], [])


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("sep=;\nid;name\n1;Ana\n2;Bo\n", [("1", "Ana"), ("2", "Bo")]),
        ("'id','name','x'\n'1','Ana, B','y'\n'2','Bo','z'\n", [("1", "Ana, B", "y"), ("2", "Bo", "z")]),
        ('id,name,x\n1,"say \\"hi\\", Ana",y\n2,Bo,z\n', [("1", 'say "hi", Ana', "y"), ("2", "Bo", "z")]),
        ("id\tname\tx\nUInt8\tString\tNullable(String)\n1\tAna\\tB\t\\N\n2\tBo\tz\\nz\n", [("1", "Ana\tB", None), ("2", "Bo", "z\nz")]),
        ("id:name:mail\n1:Ana:a@x.test\n", [("1", "Ana", "a@x.test")]),
    ],
)
def test_dialects_of_programs(reading, content, rows):
    """Excel's first line, single quotes, backslashes, ClickHouse's row of types, colons."""
    batches, aside, _ = reading("t.csv", content.encode())

    assert ([row for batch in batches for row in batch.frame.rows()], aside) == (rows, [])


def test_lines_before_the_header_are_records_of_their_own(reading):
    """A report's title is examined, and the columns keep their names."""
    batches, aside, _ = reading("t.csv", b"Customers of Ana Berg\nas of 2024\n\nid,name,email\n1,Ana,a@x.test\n2,Bo,b@x.test\n")

    assert [batch.frame.to_dicts()[0] for batch in batches] == [{"line": "Customers of Ana Berg"}, {"id": "1", "name": "Ana", "email": "a@x.test"}]
    assert ([(batch.first_record, batch.records) for batch in batches], aside) == ([(0, 2), (2, 2)], [])


def test_pairs_in_a_text_file_are_a_table(reading):
    """Two columns under a header; prose and log lines with one comma are none."""
    assert reading("x.txt", b"email,pass\n" + b"a@x.test,pw1\n" * 5)[2] == ["csv"]
    assert reading("x.txt", b"2024-01-01 10:00:00,123 user a@x.test from 192.0.2.7 logged in\n" * 5)[2] != ["csv"]


def test_windows_paths_are_no_escapes(reading):
    """A backslash of its own stays one."""
    batches, _, _ = reading("t.tsv", b"id\tpath\n1\tC:\\temp\\Users\n2\tC:\\x\n")

    assert batches[0].frame["path"].to_list() == ["C:\\temp\\Users", "C:\\x"]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("id,email,email\n1,a@x.test,b@x.test\n2,c@x.test,d@x.test\n", [{"id": "1", "email": "a@x.test", "email_3": "b@x.test"}, {"id": "2", "email": "c@x.test", "email_3": "d@x.test"}]),
        ('id, name, note\n1, Ana, "a, b"\n2, Bo, "c"\n', [{"id": "1", "name": "Ana", "note": "a, b"}, {"id": "2", "name": "Bo", "note": "c"}]),
        ("id,name,email\n1,A\x00na,a@x.test\n2,Bo,b@x.test\n", [{"id": "1", "name": "Ana", "email": "a@x.test"}, {"id": "2", "name": "Bo", "email": "b@x.test"}]),
        ('#TYPE System.Object\n"Name","Mail"\n"Ana","a@x.test"\n', [{"line": "#TYPE System.Object"}, {"Name": "Ana", "Mail": "a@x.test"}]),
    ],
)
def test_headers_and_spaces_of_careless_programs(reading, content, rows):
    """A name that comes twice, blanks behind commas, a NUL in a field, PowerShell's first line."""
    batches, aside, used = reading("t.csv", content.encode())

    assert (used, aside) == (["csv"], [])
    assert [row for batch in batches for row in batch.frame.to_dicts()] == rows


@pytest.mark.parametrize("encoding", ["gb18030", "gbk"])
def test_a_few_chinese_names_are_not_taken_for_korean(reading, encoding):
    """Two names are enough."""
    batches, _, _ = reading("t.csv", "id,name\n1,王小明\n2,李娜\n".encode(encoding))

    assert batches[0].frame["name"].to_list() == ["王小明", "李娜"]


def test_lists_in_the_cells_of_a_clickhouse_table_are_lists(reading):
    """Parallel arrays of names and values are told apart as in ClickHouse's other formats."""
    rows = ["day\tstring.names\tstring.values", "Date\tArray(String)\tArray(String)", "2026-05-01\t['user.id','note']\t['u-1','it\\\\'s']", "2026-05-02\t[]\t[]"]
    batches, aside, _ = reading("log.tsv", "\n".join(rows).encode() + b"\n")

    lines = b"".join(batch.lines for batch in batches).splitlines()
    assert (aside, [json.loads(line) for line in lines]) == (
        [],
        [{"day": "2026-05-01", "string.names": ["user.id", "note"], "string.values": ["u-1", "it's"]}, {"day": "2026-05-02", "string.names": [], "string.values": []}],
    )
