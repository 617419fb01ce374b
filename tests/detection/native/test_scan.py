"""The compiled scan: the same values and the same findings as the reader in Python, whatever the records are."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import orjson
import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from leakscope.catalogue import load
from leakscope.corpus import make
from leakscope.detection import kernel as kernels
from leakscope.detection import reference
from leakscope.detection.kernel import Kernel
from leakscope.detection.native import build, scan
from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey
from leakscope.text.leaf import Leaf, place
from leakscope.text.unfold import unfold

KEY = IncidentKey(b"n" * 32)
AROUND = scan.Surroundings(0, frozenset(), False, False, "")
NOTHING = scan.Verdict((), ())
pytestmark = pytest.mark.skipif(build.compiler() is None, reason="no C compiler")


@pytest.fixture(scope="module")
def compiled() -> Iterator[Kernel]:
    """A kernel that reads everything with the compiled scan."""
    if not scan.available():
        build.build()
        scan.library.cache_clear()
    assert scan.available()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernels, "WORTH_COMPILED", 0)
        yield Kernel(load(), KEY)


@pytest.fixture(scope="module")
def plain() -> Kernel:
    """A kernel without the compiled scan."""
    kernel = Kernel(load(), KEY)
    kernel._scan_of = lambda source, size_bytes: None  # type: ignore[method-assign]
    return kernel


def batch(*lines: bytes) -> Batch:
    """Lines as they stand."""
    return Batch(source="s", first_record=5, records=len(lines), lines=b"".join(line + b"\n" for line in lines))


def agree(compiled: Kernel, plain: Kernel, given: Batch) -> None:
    """Values, their places, findings and what is suppressed are the same either way; messages hold no value."""
    before, before_plain = compiled.suppressed, plain.suppressed
    values, found = compiled.examine(given)
    same_values, same_found = plain.examine(given)
    assert values.drop("offsets").equals(same_values.drop("offsets")), "values differ"
    assert found.equals(same_found), "findings differ"
    assert compiled.find_batch(given).equals(same_found), "findings differ without values"
    assert all(_places(one) == _places(other) for one, other in zip(values.iter_rows(named=True), same_values.iter_rows(named=True), strict=True)), "places differ"
    counted = compiled.suppressed["count"].sum() - before["count"].sum()
    assert counted == 2 * (plain.suppressed["count"].sum() - before_plain["count"].sum()), "suppressed differ"


def _places(row: dict[str, object]) -> list[tuple[int, int]]:
    pairs = row["offsets"]
    breaks = None if pairs is None else tuple(zip(pairs[::2], pairs[1::2], strict=True))
    leaf = Leaf(row["field"], row["key"], row["value"], row["outer_start"], row["outer_end"], breaks)
    return [place(leaf, at, at + 1) for at in range(len(leaf.value))]


TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["ana@gmail.com", "536-22-1234", "4539578763621486", "+44 20 7946 0018", "AKIAVNZJCMMKCUKJDJQY", "Sommer2719", "a%40b.de", "&#64;x", "４４", "10.2.3.4", "身份证号",
         "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbmEifQ.Zm9v", "Basic YW5hOlNvbW1lcjI3MTk=", "[1,2,3]", "{}", "[ INFO ] ana@gmail.com", '{"a": null}', '"', "\\u0041na", "a\x00n\x00a\x00@\x00b\x00.\x00d\x00e\x00",
         "c2stcHJvai1hbmFAZ21haWwuY29tIGFuYUBnbWFpbC5jb20=", "user ana@gmail.com\nphone: +49 30 901820\t\"quoted\"", "INSERT INTO users (ssn, note) VALUES (536221234, 'O''Neil a%40b.de'), (1, '{}')",
         "x INSERT INTO \"t\" (\"mail\") VALUES ($1) -- PARAMETERS: [\"ana@gmail.com\"]", "password is Som\u200bmer2719", "values (1)", "x\n id | ssn\n----+------\n 1 | 536221234\n(1 row)", "ssn,no,x\n536221234,1,2", "Yes,I\nno,5", "| a |\n|---|\n| ana@gmail.com |"]
    ),
)  # fmt: skip
NAMES = st.one_of(
    st.text(max_size=6),
    st.sampled_from(["message", "ssn", "user.id", "password", "api_key", "iban", "name", "value", "key", "names", "values", "x.names", "x.values", "keys", "id", "stringValue", "arrayValue", "kvlistValue", "12345"]),
)
SCALARS = st.one_of(TEXTS, st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([0.5, 12.0, 1e22, 0.00001, -0.0, 3.25]))


def _containers(inside: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.one_of(
        st.lists(inside, max_size=4),
        st.dictionaries(NAMES, inside, max_size=4),
        st.builds(lambda pairs: {"t.names": [name for name, _ in pairs], "t.values": [value for _, value in pairs]}, st.lists(st.tuples(NAMES, inside), max_size=3)),
        st.lists(st.builds(lambda name, value, label: {label: name, "value": {"stringValue": value}}, NAMES, inside, st.sampled_from(["key", "name"])), max_size=3),
        st.builds(lambda names, rows: {"columns": names, "rows": rows}, st.lists(NAMES, max_size=2), st.lists(st.lists(inside, max_size=2), max_size=2)),
        st.builds(lambda value: json.dumps(value, ensure_ascii=False), inside),
        st.builds(lambda value: json.dumps(value, indent=1), inside),
    )


RECORDS = st.recursive(SCALARS, _containers, max_leaves=12)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large])
@example(rows=['{"\\u0002\\u0003": ""}'])
@given(rows=st.lists(RECORDS, min_size=1, max_size=3))
def test_any_records_give_the_same_either_way(compiled: Kernel, plain: Kernel, rows: list[object]) -> None:
    """Nested, in JSON strings, in parallel arrays and key-value lists, with numbers of every kind and text in every encoding."""
    agree(compiled, plain, batch(*(json.dumps(row, ensure_ascii=index % 2 == 0).encode("utf-8", "replace") for index, row in enumerate(rows))))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(row=RECORDS, cuts=st.lists(st.tuples(st.integers(0, 400), st.binary(max_size=2)), min_size=1, max_size=3))
def test_damaged_lines_give_the_same_either_way(compiled: Kernel, plain: Kernel, row: object, cuts: list[tuple[int, bytes]]) -> None:
    """Bytes taken out of a line and others put in."""
    line = json.dumps({"row": row}).encode()
    for at, put in cuts:
        line = line[: at % (len(line) + 1)] + put.replace(b"\n", b"") + line[at % (len(line) + 1) + 1 :]
    agree(compiled, plain, batch(line))


@pytest.mark.parametrize(
    "line",
    [b"", b"  ", b"null", b"1", b'"ana@gmail.com"', b'{"a":1,"a":"ana@gmail.com"}', b'{"a":"\\ud800"}', b'{"a":"\xff"}', b'{"a":' + b"[" * 70 + b"]" * 70 + b"}", b'{"n":1e400}', b'{"n":-0}',
     b'{"a":"x"}trailing', b'{"ana@gmail.com":{"ssn":"536-22-1234"}}', b'{"a":"\\u0000"}', b"not json, ana@gmail.com", b'{"attributes":[{"key":"user.email","value":{"stringValue":"ana@gmail.com"}}]}',
     b'{"00000":null}', b'"AKIAVNZJCMMKCUKJDJQY"', b'{"headers":[{"name":"Authorization","value":"Basic YW5hOlNvbW1lcjI3MTk="}]}'],
)  # fmt: skip
def test_lines_on_the_edge_of_json_give_the_same_either_way(compiled: Kernel, plain: Kernel, line: bytes) -> None:
    """Names twice, lone surrogates, bytes that are no UTF-8, deep nesting, numbers beyond a double, names that are data."""
    agree(compiled, plain, batch(line, b'{"a":"bo@gmail.com"}'))
    agree(compiled, plain, batch(line, b'"AKIAVNZJCMMKCUKJDJQY"', b'{"00000":"bo@gmail.com"}', b'"AKIAVNZJCMMKCUKJDJQY"'))


def test_a_table_gives_the_same_either_way(compiled: Kernel, plain: Kernel) -> None:
    """Cells of text and whole numbers go through the compiled scan, nested or not."""
    frame = pl.DataFrame({"id": [1, 2, None], "email": ["ana@gmail.com", None, "x"], "payload": ['{"ssn":"536-22-1234"}', "", "[1]"], "ok": [True, None, False]})
    agree(compiled, plain, Batch(source="dump.sql:users", first_record=0, records=3, frame=frame))


def test_the_meaning_of_a_key_follows_its_table(compiled: Kernel, plain: Kernel) -> None:
    """`id` is a user's in a table of users and nobody's in one of orders, also when one scan reads both."""
    for source in ("dump.sql:users", "dump.sql:orders", "dump.sql:users"):
        agree(compiled, plain, Batch(source=source, first_record=0, records=2, frame=pl.DataFrame({"id": ["8f41c22ab01", "8f41c22ab02"]})))


def test_a_made_exposure_gives_the_same_either_way(compiled: Kernel, plain: Kernel, tmp_path: Path) -> None:
    """Six hundred records of the founding shape."""
    make("log_stream", rows=600, seed=11, folder=tmp_path)
    lines = (tmp_path / "log_stream.ndjson").read_bytes().splitlines()
    agree(compiled, plain, batch(*lines))


def test_the_compiled_scan_finds_what_the_reference_finds(compiled: Kernel) -> None:
    """On an example and a counter-example of every twelfth rule: every rule run plainly on every value."""
    rows = [orjson.dumps({"line": text}) for rule in load().detectors[::12] for text in (*rule.examples[:1], *rule.counter_examples[:1])]
    found = compiled.find_batch(batch(*rows))
    assert found.select(reference.COLUMNS).rows() == reference.find(batch(*rows), compiled.catalogue, KEY).rows()


def test_every_example_of_every_rule_shows_its_triggers(compiled: Kernel, plain: Kernel) -> None:
    """What the plain search finds in the rules' own examples, the compiled scan finds too."""
    lines = [orjson.dumps({"line": text, rule.keywords[0] if rule.keywords else "x": text}) for rule in load().detectors for text in rule.examples[:2]]
    given = batch(*lines)
    assert compiled.find_batch(given).equals(plain.find_batch(given))


NUMBERS = st.one_of(
    st.integers(0, 10**19).map(str),
    st.sampled_from(["4539 5787 6362 1486", "4539-5787-6362-1486", "4539578763621486", "374245455400126", "DE75 5121 0800 1245 1261 99", "GB33BUKB20201555555555", "gb33 bukb 2020 1555 5555 55",
                     "10.0.0.1", "10.7.2.99", "192.168.1.1", "203.0.113.7", "81.44.12.9", "127.0.0.1", "10.0.0.0", "0.1.2.3", "255.1.1.1", "1.2.3.4.5", "10.1.2.3.4.5.6.7", "010.1.2.3", "8.8.8.8", "300.1.1.1"]),
    st.ip_addresses(v=4).map(str),
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    parts=st.lists(st.tuples(NUMBERS, st.sampled_from(["", " ", "-", ".", ", ", "x", "/", "'", '", "', "::", " iban ", " card "])), min_size=1, max_size=5),
    name=st.sampled_from(["message", "ip", "client_ip", "card", "iban", "host", "x", "version"]),
)
def test_numbers_give_the_same_either_way(compiled: Kernel, plain: Kernel, parts: list[tuple[str, str]], name: str) -> None:
    """Cards, IBANs and addresses, right and wrong, joined by all that may stand between them: what the scan decides by itself is right."""
    text = "".join(part for pair in parts for part in pair)
    agree(compiled, plain, batch(orjson.dumps({name: text}), orjson.dumps({name: [text, "10.9.8.7"]})))


def test_an_interrupt_inside_the_scan_comes_out_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception of the function that describes places is raised, not swallowed."""

    def interrupt(path: str, key: str) -> scan.Surroundings:
        if path:
            raise KeyboardInterrupt
        return AROUND

    with pytest.raises(KeyboardInterrupt):
        scan.NativeScan(load().detectors, 0.5, interrupt, lambda told, value, rules: NOTHING).lines(b'{"a":"x"}\n')


def test_an_interrupt_while_a_value_is_judged_comes_out_of_the_scan() -> None:
    """An exception of the function that judges is raised, not swallowed, and the scan can be used again."""
    angry = [True]

    def interrupt(told: object, value: str, rules: list[int]) -> scan.Verdict:
        if angry[0]:
            raise KeyboardInterrupt
        return NOTHING

    scanner = scan.NativeScan(load().detectors, 0.5, lambda path, key: AROUND, interrupt)
    line = b'{"a":"write to ana@gmail.com"}\n'
    with pytest.raises(KeyboardInterrupt):
        scanner.lines(line)
    angry[0] = False
    assert len(scanner.lines(line, everything=True)) == 1


def test_what_a_text_makes_possible_is_said_beside_any_names() -> None:
    """Rules of the text's own, rules that the names make possible; nothing is said of halves of characters."""
    rules = load().detectors
    named = frozenset(number for number, rule in enumerate(rules) if rule.id == "id.us.ssn")
    scanner = scan.NativeScan(rules, 0.5, lambda path, key: AROUND, lambda told, value, rules: NOTHING)
    ids = [{rules[one].id for one in scanner.possible(around, "536221234 ana@gmail.com") or ()} for around in (AROUND, scan.Surroundings(1, named, False, False, "ssn"))]
    assert "pii.email" in ids[0] & ids[1]
    assert ids[1] - ids[0] <= {"id.us.ssn"}
    assert scanner.possible(AROUND, "\ud800 ana@gmail.com") is None


def test_what_is_remembered_is_forgotten_when_it_is_much(monkeypatch: pytest.MonkeyPatch, plain: Kernel) -> None:
    """Findings stay the same when the memory of them begins anew with every batch."""
    monkeypatch.setattr(scan, "MOST_REMEMBERED", 1)
    monkeypatch.setattr(kernels, "WORTH_COMPILED", 0)
    forgetful = Kernel(load(), KEY)
    for number in range(4):
        agree(forgetful, plain, batch(orjson.dumps({"a": f"ana{number % 2}@gmail.com", "b": ["10.0.0.1", f"bo{number}@gmail.com"]})))


def test_values_of_a_batch_keep_their_numbers(compiled: Kernel) -> None:
    """Drawn records carry the numbers that they have in their source, and lines behind the last one are none."""
    given = Batch(source="s", first_record=0, records=2, lines=b'{"a":"ana@gmail.com"}\n{"a":"bo@gmail.com"}\n{"a":"cy@gmail.com"}\n', numbers=pl.Series([7, 90], dtype=pl.UInt64))
    values, found = compiled.examine(given)
    assert values["record"].to_list() == [7, 90]
    assert found["record"].to_list() == [7, 90]
    assert values.equals(unfold(given, KEY))


def test_texts_that_keep_the_automata_from_settling_are_left_to_python(compiled: Kernel) -> None:
    """Beginnings of all that rules look for and of their words, one behind the other, rest the compiled scan for some batches; then it is tried again."""
    draw, rules = random.Random(3), load().detectors
    examples, words = [text for rule in rules for text in rule.examples], [word for rule in rules for word in (*rule.keywords, *rule.context, *rule.anchors)]
    texts = ("".join(draw.choice(examples)[: draw.randrange(1, 40)] + draw.choice(words)[: draw.randrange(1, 9)] for _ in range(20)) for _ in range(4000))
    dense = b"".join(orjson.dumps({"f": text}) + b"\n" for text in texts)
    scanner = scan.NativeScan(load().detectors, 0.5, lambda path, key: AROUND, lambda told, value, rules: NOTHING)
    assert scanner.worthwhile()
    scanner.lines(dense)
    said = [scanner.worthwhile() for _ in range(20)]
    assert (said[0], said[-1]) == (False, True)
