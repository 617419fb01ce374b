"""Exports of messengers as JSON."""

import json

import orjson
import pytest


def _records(batches):
    return [orjson.loads(line) for batch in batches for line in batch.lines.splitlines()]


_TELEGRAM = {
    "name": "Bo", "type": "personal_chat", "id": 5,
    "messages": [{"id": number, "type": "message", "date": "2024-05-01T10:00:00", "from": "Ana Berg", "from_id": "user1", "text": ["mail me: ", {"type": "email", "text": "ana@x.test"}]} for number in range(25)],
}  # fmt: skip
_DISCORD = {
    "guild": {"id": "1", "name": "G"}, "channel": {"id": "2", "name": "general"},
    "messages": [{"id": "1", "timestamp": "2024-05-01T10:00:00Z", "content": "hi", "author": {"id": "9", "name": "ana", "isBot": False}}, {"id": "2", "timestamp": "2024-05-01T10:00:01Z", "content": "beep", "author": {"id": "8", "name": "b", "isBot": True}}],
}  # fmt: skip
_TEAMS = {"id": "19:abc", "displayName": "Bo", "MessageList": [{"id": "1", "displayName": None, "originalarrivaltime": "2024-05-01T10:00:00Z", "content": "hi", "from": "8:ana"}]}
_META = {"participants": [{"name": "Ana"}], "title": "Bo", "thread_path": "inbox/x", "messages": [{"sender_name": "Zo\u00c3\u00ab", "timestamp_ms": 1714557600000, "content": "na\u00c3\u00afve"}]}


@pytest.mark.parametrize(
    ("export", "first"),
    [
        (_TELEGRAM, {"conversation_id": "5", "conversation": "Bo", "timestamp": "2024-05-01T10:00:00", "sender": "Ana Berg", "role": "user", "content": "mail me: ana@x.test"}),
        (_DISCORD, {"conversation_id": "2", "conversation": "general", "timestamp": "2024-05-01T10:00:00Z", "sender": "ana", "role": "user", "content": "hi"}),
        (_TEAMS, {"conversation_id": "19:abc", "conversation": "Bo", "timestamp": "2024-05-01T10:00:00Z", "sender": "8:ana", "role": "user", "content": "hi"}),
        (_META, {"conversation_id": "inbox/x", "conversation": "Bo", "timestamp": 1714557600000, "sender": "Zoë", "role": "user", "content": "naïve"}),
    ],
)
def test_a_message_is_a_record(reading, export, first):
    """With its conversation, time, sender and words; what else is said of the conversation is a record behind them."""
    batches, aside, used = reading("export.json", json.dumps(export, indent=1).encode())
    records = _records(batches)
    messages = export.get("messages") or export["MessageList"]

    assert (used, aside, len(records)) == (["json"], [], len(messages) + 1)
    assert {name: records[0][name] for name in first} == first


def test_several_chats_of_one_account_are_kept_apart(reading):
    """Telegram's whole export: contacts, and chats in a list."""
    export = {"contacts": {"list": [{"first_name": "Bo", "phone_number": "+1 415"}]}, "chats": {"list": [_TELEGRAM, {**_TELEGRAM, "id": 6}]}}
    batches, aside, _ = reading("result.json", json.dumps(export, indent=1).encode())
    messages = [record for record in _records(batches) if "content" in record]

    assert (aside, {record["conversation_id"] for record in messages}, len(messages)) == ([], {"5", "6"}, 50)


def test_a_bot_is_no_person(reading):
    """Its messages are those of an assistant."""
    batches, _, _ = reading("export.json", json.dumps(_DISCORD, indent=1).encode())

    assert [record.get("role") for record in _records(batches)] == ["user", "assistant", None]


def test_a_conversation_with_an_assistant_stays_whole(reading):
    """Messages that carry roles of their own are turns of one record."""
    chat = {"id": "c", "messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "ho"}]}
    batches, _, _ = reading("c.json", json.dumps(chat, indent=1).encode())

    assert _records(batches) == [chat]
