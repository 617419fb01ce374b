"""SQL dumps of every usual writer."""

import shutil
import sqlite3
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakscope.sources.sql_dump import dialect_of


def _rows(batches):
    """source -> rows as dicts."""
    found = {}
    for batch in batches:
        found.setdefault(batch.source, []).extend(batch.frame.to_dicts())
    return found


MYSQL = rb"""-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
/*!40101 SET NAMES utf8mb4 */;
DROP TABLE IF EXISTS `users`;
CREATE TABLE `users` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `e-mail` varchar(255) DEFAULT 'none, yet' COMMENT 'where; to write',
  `kind` enum('a','b') NOT NULL,
  PRIMARY KEY (`id`),
  KEY `k` (`e-mail`)
) ENGINE=InnoDB;
LOCK TABLES `users` WRITE;
INSERT INTO `users` VALUES (1,'o\'neil@x.org','a'),(2,NULL,'b'),
(3,'a\nb;(1,2),\\','it''s'),(4,_binary 'raw',0x416E61);
UNLOCK TABLES;
INSERT INTO `shop`.`orders` (`id`, `note`) VALUES (9, "say \"hi\" {;}") ON DUPLICATE KEY UPDATE id=id;
CREATE USER 'app'@'%' IDENTIFIED BY 'hunter2;x';
-- Dump completed
"""


def test_a_mysql_dump_gives_one_source_a_table(reading):
    """Columns come from the definition or the statement; escapes, brackets and semicolons in strings stay in their value."""
    batches, aside, used = reading("dump.sql", MYSQL)

    assert (used, aside) == (["sql"], [])
    assert _rows(batches) == {
        "dump.sql:users": [
            {"id": "1", "e-mail": "o'neil@x.org", "kind": "a"},
            {"id": "2", "e-mail": None, "kind": "b"},
            {"id": "3", "e-mail": "a\nb;(1,2),\\", "kind": "it's"},
            {"id": "4", "e-mail": "raw", "kind": "Ana"},
        ],
        "dump.sql:orders": [{"id": "9", "note": 'say "hi" {;}'}],
        "dump.sql": [{"statement": "CREATE USER 'app'@'%' IDENTIFIED BY 'hunter2;x'"}],
    }


POSTGRES = b"""--
-- PostgreSQL database dump
--
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
CREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS $_$ select 'a;b'; $_$;
CREATE TABLE public.people (id integer NOT NULL, name character varying(20) DEFAULT 'x'::character varying, "Full Data" jsonb);
COPY public.people (id, name, "Full Data") FROM stdin;
1\tAna\t{"a": "b\\\\tc"}
2\t\\N\ttwo\\nlines
\\.

INSERT INTO public.people VALUES (3, 'back\\slash', '{"k": 1}'::jsonb), (4, E'tab\\there', NULL);
ALTER TABLE ONLY public.people ADD CONSTRAINT p PRIMARY KEY (id);
"""


def test_a_postgresql_dump_reads_copy_blocks_and_inserts(reading):
    """Text after COPY is unescaped as COPY says; a backslash in a standard string is a backslash."""
    batches, aside, _ = reading("dump.sql", POSTGRES)
    rows = _rows(batches)

    assert aside == []
    assert rows["dump.sql:people"] == [
        {"id": "1", "name": "Ana", "Full Data": '{"a": "b\\tc"}'},
        {"id": "2", "name": None, "Full Data": "two\nlines"},
        {"id": "3", "name": "back\\slash", "Full Data": '{"k": 1}'},
        {"id": "4", "name": "tab\there", "Full Data": None},
    ]
    assert [row["statement"][:15] for row in rows["dump.sql"]] == ["CREATE FUNCTION"]


def test_a_sql_server_script_reads_casts_and_brackets(reading):
    """Statements without semicolons, names in brackets, N'' strings, dates in casts."""
    script = (
        "SET IDENTITY_INSERT [dbo].[Kunden] ON\r\nGO\r\n"
        "INSERT [dbo].[Kunden] ([Id], [Full Name], [Born]) VALUES (1, N'Zo\u00eb O''Hara', CAST(N'1980-02-03T00:00:00.000' AS DateTime))\r\n"
        "INSERT [dbo].[Kunden] ([Id], [Full Name], [Born]) VALUES (2, NULL, NULL)\r\nGO\r\n"
    ).encode("utf-16")
    batches, aside, used = reading("script.sql", script)

    assert (used, aside) == (["sql"], [])
    assert _rows(batches) == {
        "script.sql:Kunden": [{"Id": "1", "Full Name": "Zo\u00eb O'Hara", "Born": "1980-02-03T00:00:00.000"}, {"Id": "2", "Full Name": None, "Born": None}]
    }


def test_an_oracle_script_reads_functions(reading):
    """Dates in TO_DATE, texts in several pieces, INSERT ALL."""
    script = b"""REM INSERTING into HR.EMP
SET DEFINE OFF;
Insert into HR.EMP (ID,NAME,HIRED) values (1,'Ana',to_date('03-JAN-24','DD-MON-RR'));
Insert into HR.EMP (ID,NAME,HIRED) values (2,'a' || 'b',null);
INSERT ALL
  INTO HR.DEPT (ID) VALUES (7)
  INTO HR.DEPT (ID) VALUES (8)
SELECT * FROM dual;
"""
    batches, aside, _ = reading("emp.sql", script)
    rows = _rows(batches)

    assert aside == []
    assert rows["emp.sql:EMP"] == [{"ID": "1", "NAME": "Ana", "HIRED": "03-JAN-24"}, {"ID": "2", "NAME": "ab", "HIRED": None}]
    assert rows["emp.sql:DEPT"] == [{"ID": "7"}, {"ID": "8"}]


def test_a_dump_cut_off_in_a_row_gives_the_rows_before(reading):
    """The row that is not whole is counted and set aside."""
    content = MYSQL[: MYSQL.index(b"'it''s'")]
    batches, aside, _ = reading("dump.sql", content)

    assert sum(batch.records for batch in batches) == 2
    assert [(piece.source, piece.reason, piece.records, piece.record) for piece in aside] == [("dump.sql:users", "truncated", 1, 2)]


def test_a_row_that_is_no_sql_costs_that_statement(reading):
    """The next statement is read; the broken one keeps its number."""
    content = b"CREATE TABLE t (a int, b text);\nINSERT INTO t VALUES (1, 'x');\nINSERT INTO t VALUES (2, ((((((;\nINSERT INTO t VALUES (3, 'z');\n"
    batches, aside, _ = reading("t.sql", content)

    assert [(batch.first_record, batch.records) for batch in batches] == [(0, 1), (2, 1)]
    assert [(piece.reason, piece.record) for piece in aside] == [("bad-row", 1)]


def test_sqlite_dump_comes_back_as_it_was(reading):
    """What sqlite3 prints as a dump is read back value by value, whatever the texts hold."""
    text = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), include_characters="\n\t"), max_size=20)

    @given(st.lists(st.tuples(text, text), min_size=1, max_size=6))
    def check(rows):
        with sqlite3.connect(":memory:") as database:
            database.execute("CREATE TABLE t (a text, b text)")
            database.executemany("INSERT INTO t VALUES (?, ?)", rows)
            content = "\n".join(database.iterdump()).encode()
        batches, aside, used = reading("t.sql", b"PRAGMA foreign_keys=OFF;\n" + content)

        assert (used, aside, [tuple(row.values()) for row in _rows(batches)["t.sql:t"]]) == (["sql"], [], rows)

    check()


def test_sqlite_shell_dump_has_the_rows_the_database_has(reading, tmp_path):
    """The sqlite3 program's own dump."""
    if not shutil.which("sqlite3"):
        pytest.skip("no sqlite3 program")
    path = tmp_path / "d.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE t (a integer, b text)")
        database.executemany("INSERT INTO t VALUES (?, ?)", [(number, f"it's {number}; ok") for number in range(1000)])
    content = subprocess.run(["sqlite3", str(path), ".dump"], capture_output=True, check=True).stdout
    batches, _, _ = reading("t.sql", content)

    assert sum(batch.records for batch in batches) == 1000


@pytest.mark.parametrize("size", [1, 7, 100, 1000])
def test_chunks_change_nothing(reading, monkeypatch, size):
    """The same rows wherever the stream is cut."""
    monkeypatch.setattr("leakscope.sources.sql_dump.CHUNK_BYTES", size)
    for content in (MYSQL, POSTGRES):
        cut, _, _ = reading("dump.sql", content)
        monkeypatch.setattr("leakscope.sources.sql_dump.CHUNK_BYTES", 1 << 20)
        whole, _, _ = reading("dump.sql", content)

        assert _rows(cut) == _rows(whole)


@pytest.mark.parametrize(("text", "dialect"), [("INSERT INTO `a` VALUES (1);", "mysql"), ("COPY a FROM stdin;", "postgresql"), ("INSERT [dbo].[a] VALUES (1)", "sqlserver"), ("INSERT INTO a VALUES (1)", "standard")])
def test_the_dialect_shows_in_the_first_bytes(text, dialect):
    """Backslashes mean different things to different databases."""
    assert dialect_of(text) == dialect


def test_a_log_that_quotes_sql_is_a_log(reading):
    """A line of a log is no statement."""
    _, _, used = reading("app.log", b"2024-01-01 12:00:00 ERROR query failed: INSERT INTO users VALUES (1, 'x')\n" * 5)

    assert used == ["application-log"]


@pytest.mark.parametrize("piece", [b"/*", b"--\n-", b"((", b"'", b"$a$ ", b"INSERT INTO t VALUES (", b"`", b"e'\\", b"COPY t FROM stdin;\n"])
def test_what_never_closes_is_read_in_linear_time(reading, piece):
    """Half a megabyte of one opening mark neither hangs nor is lost without a word."""
    batches, aside, _ = reading("t.sql", b"CREATE TABLE t (a int);\nINSERT INTO t VALUES (1);\nCREATE USER x " + piece * (500_000 // len(piece)))

    assert sum(batch.records for batch in batches) >= 1
    assert aside or sum(batch.records for batch in batches) > 1
