"""Chat turns are recognised in every shape of logs, exports and telemetry."""

from __future__ import annotations

import polars as pl
import pytest

from leakscope.schema import TURNS
from tests.detection.chat_rows import SAID, text, turns_of, unfolded

SHAPES = {
    "array of messages": {"messages": SAID[1:]},
    "array in JSON text": {"message": text({"body": text({"messages": SAID[1:]})})},
    "parallel arrays of a log table": {"string.names": ["messages", "level"], "string.values": [text(SAID[1:]), "info"]},
    "content parts": {"messages": [{"role": m["role"], "content": [{"type": "text", "text": m["content"]}]} for m in SAID[1:]]},
    "request and response": {"request": {"messages": SAID[1:2]}, "response": text({"choices": [{"message": SAID[2]}]})},
    "prompt and completion": {"prompt": SAID[1]["content"], "completion": SAID[2]["content"]},
    "question and answer": {"question": SAID[1]["content"], "answer": SAID[2]["content"]},
    "numbered telemetry attributes": {
        "attributes": [
            {"key": "gen_ai.prompt.0.role", "value": {"stringValue": "user"}},
            {"key": "gen_ai.prompt.0.content", "value": {"stringValue": SAID[1]["content"]}},
            {"key": "gen_ai.completion.0.role", "value": {"stringValue": "assistant"}},
            {"key": "gen_ai.completion.0.content", "value": {"stringValue": SAID[2]["content"]}},
        ]
    },
    "telemetry messages with parts": {
        "attributes": {
            "gen_ai.input.messages": text([{"role": "user", "parts": [{"type": "text", "content": SAID[1]["content"]}]}]),
            "gen_ai.output.messages": text([{"role": "assistant", "parts": [{"type": "text", "content": SAID[2]["content"]}]}]),
        }
    },
    "tree of an export": {
        "id": "c-1",
        "mapping": {
            "a": {"message": {"author": {"role": "user"}, "content": {"parts": [SAID[1]["content"]]}}},
            "b": {"message": {"author": {"role": "assistant"}, "content": {"parts": [SAID[2]["content"]]}}},
        },
    },
    "senders": {"uuid": "c-1", "chat_messages": [{"sender": "human", "text": SAID[1]["content"]}, {"sender": "assistant", "text": SAID[2]["content"]}]},
    "from and value": {"conversations": [{"from": "human", "value": SAID[1]["content"]}, {"from": "gpt", "value": SAID[2]["content"]}]},
    "role model with parts": {"contents": [{"role": "user", "parts": [{"text": SAID[1]["content"]}]}, {"role": "model", "parts": [{"text": SAID[2]["content"]}]}]},
    "fragments of an export": {
        "id": "d-1",
        "mapping": {
            "1": {"message": {"model": "m", "fragments": [{"type": "REQUEST", "content": SAID[1]["content"]}]}},
            "2": {"message": {"model": "m", "fragments": [{"type": "THINK", "content": "The user greets me and wants help."}, {"type": "RESPONSE", "content": SAID[2]["content"]}]}},
        },
    },
    "a string beside output messages": {"input": SAID[1]["content"], "output": [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": SAID[2]["content"]}]}]},
    "conversation parts of a help desk": {
        "source": {"author": {"type": "user", "id": "u"}, "body": SAID[1]["content"]},
        "conversation_parts": {"conversation_parts": [{"author": {"type": "admin", "id": "a"}, "body": SAID[2]["content"]}]},
    },
    "events of a bot": {"sender_id": "s", "events": [{"event": "user", "text": SAID[1]["content"]}, {"event": "bot", "text": SAID[2]["content"]}]},
    "recognised query and its answer": {"queryResult": {"queryText": SAID[1]["content"], "fulfillmentText": SAID[2]["content"]}},
    "template of one prompt": {"prompt": f"<|im_start|>user\n{SAID[1]['content']}<|im_end|>\n<|im_start|>assistant\n{SAID[2]['content']}<|im_end|>"},
    "headers of one prompt": {"prompt": f"<|start_header_id|>user<|end_header_id|>\n\n{SAID[1]['content']}<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n{SAID[2]['content']}<|eot_id|>"},
    "instruction marks": {"text": f"<s>[INST] {SAID[1]['content']} [/INST] {SAID[2]['content']} </s>"},
    "transcript in a prompt": {"prompt": f"\n\nHuman: {SAID[1]['content']}\n\nAssistant: {SAID[2]['content']}"},
    "transcript in one text": {"log": f"\n\nHuman: {SAID[1]['content']}\n\nAssistant: {SAID[2]['content']}"},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_both_sides_are_read(shape: str) -> None:
    """Whatever the shape, the user's and the assistant's words are told apart, in one conversation."""
    found = turns_of(SHAPES[shape])
    assert found.schema == TURNS
    assert dict(found.select("role", "text").iter_rows()) == {"user": SAID[1]["content"], "assistant": SAID[2]["content"]}
    assert found["conversation"].n_unique() == 1


@pytest.mark.parametrize(
    "row",
    [
        {"type": "message", "user": "U012AB3CD", "text": "hello my friend", "ts": "1700000000.1"},
        {"id": "1", "messageType": "message", "from": {"user": {"id": "u-1"}}, "body": {"content": "hello my friend"}},
        {"messages": [{"id": "1", "type": "Default", "content": "hello my friend", "author": {"id": "9", "name": "kim"}}]},
        {"messages": [{"id": 1, "type": "message", "from": "kim", "from_id": "user1", "text": "hello my friend"}]},
        {"session_id": "s", "sender": "user", "message": "hello my friend"},
        {"chat": "12/01/2026, 10:00 - Kim Lee: hello my friend\n12/01/2026, 10:01 - Ann: good morning"},
    ],
)
def test_people_who_write_to_each_other_are_users(row: dict[str, object]) -> None:
    """Messages of team chats and phone exports are people's own words."""
    found = turns_of(row)
    assert set(found["role"]) == {"user"}
    assert found["text"][0] == "hello my friend"


def test_flat_rows_of_one_session_are_one_conversation() -> None:
    """One turn a row is joined by its session id, in the order of the rows."""
    found = turns_of(*({"session_id": "s1", "role": m["role"], "content": m["content"]} for m in SAID))
    assert found["conversation"].n_unique() == 1
    assert found["position"].to_list() == [0, 1, 2]


def test_a_repeated_turn_has_one_identity() -> None:
    """Context that is sent again is the same turn in the same conversation."""
    found = turns_of({"session_id": "s1", "messages": SAID[:2]}, {"session_id": "s1", "messages": SAID})
    assert found.height == 5
    assert found["turn"].n_unique() == 3


def test_copies_of_a_value_are_the_same_turns() -> None:
    """The same messages in two columns of one record are one conversation, with or without an id."""
    found = turns_of({"body": text({"messages": SAID}), "_source": text({"body": text({"messages": SAID})})})
    assert found.height == 6
    assert (found["turn"].n_unique(), found["conversation"].n_unique()) == (3, 1)


def test_conversations_in_one_record_are_kept_apart() -> None:
    """Elements of a list of conversations do not merge."""
    found = turns_of({"data": [{"messages": SAID}, {"messages": SAID}]})
    assert found["conversation"].n_unique() == 2


def test_users_models_and_services_come_from_neighbours() -> None:
    """Ids beside the messages, in the same or in outer records, belong to their turns."""
    found = turns_of({"service": "gateway", "body": text({"user_id": "u1", "model": "m-1", "messages": SAID})}, {"user_id": "u2", "messages": SAID})
    assert found["user"].n_unique() == 2
    assert found.filter(pl.col("record") == 0)["model"].unique().to_list() == ["m-1"]
    assert found.filter(pl.col("record") == 0)["service"].unique().to_list() == ["gateway"]


def test_the_name_of_a_messages_sender_tells_its_author() -> None:
    """As messengers export it, blanks included; a role in its place names nobody."""
    rows = [{"conversation_id": "c", "sender": who, "role": "user", "content": what} for who, what in (("Ana Berg", "hi all"), ("Bo Lee", "hi Ana"), ("Ana Berg", "bye all"))]

    assert turns_of(*rows)["user"].n_unique() == 2
    assert turns_of({"id": "c-1", "chat_messages": [{"sender": "human", "text": "hi there"}]})["user"].null_count() == 1


def test_ids_are_pseudonyms() -> None:
    """No id from the evidence stands in the frame."""
    found = turns_of({"session_id": "secret-session", "user_id": "secret-user", "messages": SAID})
    assert "secret" not in text(found.select("conversation", "user", "turn").rows())


def test_tool_calls_and_results_are_tool_turns() -> None:
    """What a tool was called with and gave back is nobody's own words."""
    call = {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "find", "arguments": '{"q": "Ann Smith"}'}}]}
    found = turns_of({"messages": [SAID[1], call, {"role": "tool", "content": "no such customer"}]})
    assert found["role"].to_list() == ["user", "tool", "tool"]


def test_system_instructions_beside_the_messages_are_system_turns() -> None:
    """Instructions given outside the list are recognised."""
    found = turns_of({"system_instruction": {"parts": [{"text": "You are helpful."}]}, "contents": SHAPES["role model with parts"]["contents"]})
    assert found["role"].to_list() == ["system", "user", "assistant"]


def test_attachments_are_counted_once() -> None:
    """An image with a type and an address is one attachment."""
    parts = [{"type": "text", "text": "what is in this picture"}, {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}]
    assert turns_of({"messages": [{"role": "user", "content": parts}]})["attachments"].to_list() == [1]


@pytest.mark.parametrize(
    "row",
    [
        {"role": "admin", "content": "all pages"},
        {"type": "user", "message": "logged in"},
        {"query": "SELECT 1", "response": "200 OK"},
        {"input": "7", "output": "49"},
        {"level": "info", "message": "user: connected to host"},
        {"type": "message", "level": "info", "text": "queue drained"},
        {"message": "2026-01-02 10:00:00 INFO main: started\n2026-01-02 10:00:01 INFO main: ready"},
    ],
)
def test_what_only_resembles_chat_is_none(row: dict[str, str]) -> None:
    """Roles of accounts, database queries and log lines are no conversation."""
    assert turns_of(row).is_empty()


def test_every_turn_points_at_its_value() -> None:
    """The text of a turn is the value in its field; a transcript says where its turn begins."""
    row = SHAPES["transcript in one text"]
    values, _ = unfolded(row)
    for turn in turns_of(row).iter_rows(named=True):
        field, _, place = turn["field"].partition("->transcript[")
        value = values.filter(pl.col("field") == field)["value"][0]
        start = int(place.rstrip("]"))
        assert value[start : start + turn["length"]] == turn["text"]


def test_no_chat_gives_an_empty_frame() -> None:
    """A record without chat gives no turns, with the schema."""
    found = turns_of({"a": 1})
    assert found.is_empty()
    assert found.schema == TURNS
