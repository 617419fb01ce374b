"""JSON documents of every shape."""

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st


def _records(batches):
    """source -> records."""
    found = {}
    for batch in batches:
        found.setdefault(batch.source, []).extend(orjson.loads(line) for line in batch.lines.splitlines())
    return found


def test_an_array_gives_one_record_an_element(reading):
    """Pretty-printed or not; scalars are values."""
    rows = [{"a": 1, "b": "x]}\\"}, {"a": 2}, 5]
    for content in (json.dumps(rows), json.dumps(rows, indent=2)):
        batches, aside, used = reading("x.json", content.encode())

        assert (used, aside, _records(batches)) == (["json"], [], {"x.json": [rows[0], rows[1], {"value": 5}]})


def test_the_first_of_rows_given_as_arrays_names_their_columns(reading):
    """In one array, or in an array a line; a later array without names has those before it."""
    rows = [{"id": 1, "ssn": "536221234"}, {"id": 2, "ssn": "536221235"}]
    for content in (b'[["id","ssn"],[1,"536221234"],[2,"536221235"]]', b'[["id","ssn"],[1,"536221234"]]\n[["id","ssn"],[2,"536221235"]]\n', b'[["id","ssn"],[1,"536221234"]]\n[[2,"536221235"]]\n'):
        batches, aside, _ = reading("x.json", content)

        assert (aside, _records(batches)) == ([], {"x.json": rows})


@pytest.mark.parametrize("rows", [[["Maria", "Lopez"], ["Ann", "Walker"]], [["Maria", "maria@x.org"], ["Ann", "ann@x.org"]], [["only", "one"]], [["a", "b"], [1, 2, 3]], [["a", "b"], {"c": 1}]])
def test_a_first_row_that_names_nothing_is_a_record(reading, rows):
    """None is lost, and their order stays."""
    batches, _, _ = reading("x.json", json.dumps(rows, indent=1).encode())

    assert [one if "value" not in one else one["value"] for one in _records(batches)["x.json"]] == rows


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_any_encoding(reading, encoding):
    """Documents with a byte order mark."""
    batches, _, _ = reading("x.json", '[{"name": "Zoë"}]'.encode(encoding))

    assert _records(batches) == {"x.json": [{"name": "Zoë"}]}


def test_cloudtrail_records_are_records(reading):
    """`Records` is the list of events."""
    batches, _, used = reading("ct.json", b'{"Records":[{"eventName":"A"},{"eventName":"B"}]}')

    assert (used, _records(batches)) == (["json"], {"ct.json:Records": [{"eventName": "A"}, {"eventName": "B"}]})


def test_pages_of_a_search_are_their_hits(reading):
    """An answer of Elasticsearch, and several of them in one file."""
    page = {"took": 3, "hits": {"total": {"value": 2}, "hits": [{"_id": "1", "_source": {"email": "a@x.org"}}, {"_id": "2", "_source": {}}]}}
    for content in (json.dumps(page), json.dumps([page, page]), json.dumps(page, indent=1) + "\n" + json.dumps(page, indent=1)):
        batches, aside, _ = reading("p.json", content.encode())
        rows = [row for source, found in _records(batches).items() if source != "p.json" for row in found]

        assert aside == []
        assert len(rows) >= 2
        assert rows[0] == page["hits"]["hits"][0]


def test_a_firebase_tree_gives_the_children_their_names(reading):
    """Names that are data become values."""
    tree = {"users": {f"uid{number}": {"email": f"u{number}@x.org", "age": number} for number in range(5)}, "version": 3}
    batches, _, _ = reading("fb.json", json.dumps(tree).encode())
    found = _records(batches)

    assert found["fb.json:users"][0] == {"_key": "uid0", "email": "u0@x.org", "age": 0}
    assert (len(found["fb.json:users"]), found["fb.json"]) == (5, [{"version": 3}])


def test_a_huge_tree_is_read_child_by_child(reading, monkeypatch):
    """A member too large to hold is opened."""
    monkeypatch.setattr("leakscope.sources.json_document.OPEN_BYTES", 1000)
    tree = {"people": {f"k{number}": {"v": "x" * 50} for number in range(500)}, "log": [{"i": number, "pad": "y" * 20} for number in range(300)]}
    batches, aside, _ = reading("t.json", json.dumps(tree).encode())

    assert (aside, {source: len(rows) for source, rows in _records(batches).items()}) == ([], {"t.json:people": 500, "t.json:log": 300})


def test_a_conversation_stays_one_record(reading):
    """Turns belong together, whatever their number."""
    chat = {"title": "x", "messages": [{"role": "user", "content": str(number)} for number in range(50)]}
    batches, _, _ = reading("c.json", json.dumps(chat, indent=1).encode())

    assert _records(batches) == {"c.json": [chat]}


def test_a_document_cut_off_gives_what_came_before(reading):
    """Whole records are examined, the rest is set aside once."""
    content = json.dumps([{"a": number} for number in range(100)]).encode()
    batches, aside, _ = reading("x.json", content[:-30])

    assert sum(batch.records for batch in batches) > 90
    assert [(piece.reason, piece.records) for piece in aside] == [("not-json", 1)] or [piece.reason for piece in aside] == ["truncated"]


def test_a_million_brackets_end_in_a_reason(reading):
    """Depth is no way to stop the run."""
    for content in (b"[" * 1_000_000, b"[" * 1_000_000 + b"]" * 1_000_000, b'{"a":' * 300_000 + b"1" + b"}" * 300_000):
        _, aside, used = reading("x.json", content)

        assert used == ["json"]
        assert {piece.reason for piece in aside} <= {"not-json", "truncated"}
        assert aside


@pytest.mark.parametrize("content", [b"[section]\nkey=value\n" * 9, b"[2024-01-01 10:00:00] started\n[2024-01-01 10:00:01] ended\n", b"{not json at all}\n{neither}\n"])
def test_what_only_starts_like_json_is_none(reading, content):
    """Configuration files and logs begin with brackets as well."""
    _, _, used = reading("x.log", content)

    assert used in (["text"], ["settings"])


def test_dynamodb_types_are_taken_off(reading):
    """The attribute's name stands beside its value, in exports and in answers of the API."""
    item = {"email": {"S": "a@x.org"}, "tags": {"L": [{"S": "p"}, {"NULL": True}]}, "at": {"M": {"n": {"N": "3"}}}}
    plain = {"email": "a@x.org", "tags": ["p", None], "at": {"n": "3"}}
    exported, _, used = reading("e.json", orjson.dumps({"Item": item}) + b"\n" + orjson.dumps({"Item": item}) + b"\n")
    answered, _, _ = reading("a.json", orjson.dumps({"Items": [item, item], "Count": 2}))

    assert (used, _records(exported)) == (["dynamodb"], {"e.json": [plain, plain]})
    assert _records(answered)["a.json:Items"] == [plain, plain]


def test_a_field_named_like_a_type_of_dynamodb_keeps_its_name(reading):
    """Only what can stand behind a type is taken for typed."""
    rows = [{"a": {"B": None}}, {"a": {"M": "x"}}]

    assert _records(reading("x.json", orjson.dumps(rows))[0]) == {"x.json": rows}


def test_every_element_comes_back(reading):
    """Any array of objects, however it is spaced and cut."""
    scalars = st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(st.characters(codec="utf-8"), max_size=9)
    values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), inner, max_size=3), max_leaves=8)

    @given(st.lists(st.dictionaries(st.sampled_from("abcd"), values, min_size=1), min_size=1, max_size=6), st.sampled_from([None, 1]), st.booleans(), st.sampled_from([1, 5, 1 << 20]))
    def check(rows, indent, ascii_only, chunk):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("leakscope.sources.json_scan.CHUNK_BYTES", chunk)
            batches, aside, _ = reading("x.json", json.dumps(rows, indent=indent, ensure_ascii=ascii_only).encode())

        assert (aside, _records(batches)) == ([], {"x.json": rows})

    check()


def test_keys_that_are_data_at_any_level(reading):
    """A tree of users at the top, and messages two levels below; the way to a record is its key."""
    users = {f"-N{number}xY": {"email": f"u{number}@x.test", "n": number} for number in range(5)}
    rooms = {f"room{room}": {f"-M{room}{number}": {"text": "hi", "sender": "u1"} for number in range(3)} for room in range(4)}
    top, _, used = reading("fb.json", json.dumps(users).encode())
    nested, _, _ = reading("fb.json", json.dumps({"messages": rooms, "v": 1}).encode())

    assert used == ["json"]
    assert _records(top)["fb.json"][1] == {"_key": "-N1xY", "email": "u1@x.test", "n": 1}
    assert [row["_key"] for row in _records(nested)["fb.json:messages"]][:4] == ["room0/-M00", "room0/-M01", "room0/-M02", "room1/-M10"]


def test_a_tree_larger_than_memory_allows_is_let_go_in_parts(reading, monkeypatch):
    """Children of the top object come out while it is read, each once."""
    monkeypatch.setattr("leakscope.sources.json_document.OPEN_BYTES", 2_000)
    users = {f"uid{number}": {"email": f"u{number}@x.test"} for number in range(1_000)}
    batches, aside, _ = reading("fb.json", json.dumps(users).encode())

    assert ([row["_key"] for row in _records(batches)["fb.json"]], aside) == (list(users), [])


def test_a_record_of_objects_is_no_tree(reading):
    """Names that are words of a program keep their object whole."""
    record = {"user": {"id": 1}, "order": {"id": 2}, "shop": {"id": 3}}
    batches, _, _ = reading("x.json", json.dumps(record, indent=1).encode())

    assert _records(batches) == {"x.json": [record]}


def test_a_broken_record_costs_itself_only(reading):
    """Reading goes on at the next line that begins a record."""
    lines = [json.dumps({"a": number}) for number in range(9)]
    lines[4] = '{"a": oops]'
    batches, aside, _ = reading("x.json", ("[\n" + ",\n".join(lines) + "\n]").encode())

    assert [row["a"] for row in _records(batches)["x.json"]] == [0, 1, 2, 3, 5, 6, 7, 8]
    assert [(piece.reason, piece.records) for piece in aside] == [("not-json", 1)]


@pytest.mark.parametrize("frame", ["window.YTD.account.part0 = %s", "callback(%s);", "var data = %s;", ")]}',\n%s"])
def test_what_stands_around_a_document_is_passed_over(reading, frame):
    """Archives made for a browser, answers of scripts."""
    batches, aside, used = reading("x.js", (frame % '[ {"email": "a@x.test"}, {"email": "b@x.test"} ]').encode())

    assert (used, aside, len(_records(batches)["x.js"])) == (["json"], [], 2)


def test_rows_under_names_get_them(reading):
    """ClickHouse's JSONCompact and other tables of arrays."""
    content = {"meta": [{"name": "id", "type": "UInt8"}, {"name": "email", "type": "String"}], "data": [[1, "a@x.test"], [2, "b@x.test"]], "rows": 2}
    batches, _, _ = reading("x.json", json.dumps(content, indent=1).encode())

    assert _records(batches)["x.json:data"] == [{"id": 1, "email": "a@x.test"}, {"id": 2, "email": "b@x.test"}]


def test_spans_of_otlp_are_records(reading):
    """One a line of the exporter or one a document; each keeps its resource."""
    spans = [{"traceId": "t", "name": f"chat {number}"} for number in range(3)]
    page = {"resourceSpans": [{"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "bot"}}]}, "scopeSpans": [{"scope": {"name": "x"}, "spans": spans}]}]}
    for content in (json.dumps(page) + "\n" + json.dumps(page) + "\n", json.dumps([page, page]), json.dumps(page, indent=1) * 2):
        batches, aside, used = reading("t.json", content.encode())
        rows = [row for found in _records(batches).values() for row in found]

        assert (used, aside, len(rows)) == (["json"], [], 6)
        assert rows[1] == {**spans[1], "resource": page["resourceSpans"][0]["resource"], "scope": {"name": "x"}}


def test_cells_of_a_notebook_are_records(reading):
    """Source and outputs of one cell together."""
    cells = [{"cell_type": "code", "source": ["x = 1"], "outputs": [{"text": ["a@x.test"]}]}, {"cell_type": "markdown", "source": ["# T"]}]
    batches, _, _ = reading("n.ipynb", json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}, indent=1).encode())

    assert _records(batches)["n.ipynb:cells"] == cells


def test_lists_under_several_wrappers_are_found(reading):
    """Answers of GraphQL and other interfaces, on one line or many."""
    answer = {"data": {"users": {"edges": [{"node": {"email": f"u{number}@x.test"}} for number in range(3)], "pageInfo": {"next": True}}}}
    for indent in (None, 1):
        batches, aside, used = reading("g.json", json.dumps(answer, indent=indent).encode())

        assert (used, aside) == (["json"], [])
        assert _records(batches) == {"g.json:data.users.edges": answer["data"]["users"]["edges"], "g.json": [{"data": {"users": {"pageInfo": {"next": True}}}}]}


def test_lines_and_printed_objects_may_alternate(reading):
    """Several programs wrote one file."""
    rows = [{"a": number, "b": {"c": [number]}} for number in range(3)]
    batches, aside, used = reading("x.json", f"{json.dumps(rows[0])}\n{json.dumps(rows[1], indent=2)}\n{json.dumps(rows[2])}\n".encode())

    assert (used, aside, _records(batches)) == (["json"], [], {"x.json": rows})
