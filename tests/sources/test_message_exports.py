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


def test_messages_of_slack_know_their_channel(reading):
    """The folder names it; a bot is no person, and who joined is no message."""
    messages = [
        {"type": "message", "user": "U1", "text": "my password is x", "ts": "1714560000.000100", "user_profile": {"real_name": "Ana Berg"}},
        {"type": "message", "bot_id": "B1", "text": "beep", "ts": "1714560001.000100"},
        {"type": "message", "subtype": "channel_join", "user": "U1", "text": "<@U1> has joined", "ts": "1714560002.000100"},
    ]
    batches, aside, _ = reading("export/general/2024-05-01.json", json.dumps(messages, indent=4).encode())
    records = _records(batches)

    assert (aside, [record.get("role") for record in records]) == ([], ["user", "assistant", None])
    assert {name: records[0][name] for name in ("conversation_id", "timestamp", "sender", "user_id", "content")} == {
        "conversation_id": "general", "timestamp": "1714560000.000100", "sender": "Ana Berg", "user_id": "U1", "content": "my password is x",
    }  # fmt: skip


def test_messages_of_graph_are_words(reading):
    """Teams through Microsoft's interface: who, where, and the text without its tags."""
    page = {"value": [{"messageType": "message", "chatId": "19:x", "createdDateTime": "2024-05-01T10:00:00Z", "from": {"user": {"id": "u1", "displayName": "Ana"}}, "body": {"contentType": "html", "content": "<p>mail <b>ana@x.test</b></p>"}}]}
    batches, _, _ = reading("m.json", json.dumps(page, indent=1).encode())
    record = _records(batches)[0]

    assert (record["conversation_id"], record["sender"], record["role"], record["content"]) == ("19:x", "Ana", "user", "mail ana@x.test")


def test_fragments_of_deepseek_say_whose_they_are(reading):
    """Its newer exports have no roles of their own."""
    node = {"message": {"fragments": [{"type": "REQUEST", "content": "hi"}, {"type": "RESPONSE", "content": "ho"}]}}
    batches, _, _ = reading("conversations.json", json.dumps([{"id": "1", "mapping": {"root": {"message": None}, "1": node}}]).encode())

    assert [one["role"] for one in _records(batches)[0]["mapping"]["1"]["message"]["fragments"]] == ["user", "assistant"]


def test_activity_of_gemini_is_a_prompt_and_its_answer(reading):
    """As Google's takeout writes it."""
    batches, _, _ = reading("MyActivity.json", json.dumps([{"header": "Gemini Apps", "title": "Prompted Who is Ana?", "time": "2024-05-01T10:00:00Z", "safeHtmlItem": [{"html": "<p>A person</p>"}]}]).encode())

    assert _records(batches) == [{"user_prompt": "Who is Ana?", "model_response": "A person", "header": "Gemini Apps", "time": "2024-05-01T10:00:00Z"}]


@pytest.mark.parametrize(
    ("line", "when", "sender"),
    [
        ("[01.05.24, 10:00:05] Ana Berg: hi", "2024-05-01T10:00:05", "Ana Berg"),
        ("\u200e[5/31/24, 10:00:05\u202fPM] ~\u202fAna: hi", "2024-05-31T22:00:05", "Ana"),
        ("31/5/2024, 09:05 - +49 170 1: hi", "2024-05-31T09:05:00", "+49 170 1"),
        ("2024-05-31, 09:05 - Ana: hi", "2024-05-31T09:05:00", "Ana"),
        ("5/1/24, 10:00 AM - Ana: hi", "2024-05-01T10:00:00", "Ana"),
    ],
)
def test_chats_of_whatsapp_in_any_phones_language(reading, line, when, sender):
    """A message with the lines that follow it is a record; the app's own lines have no sender."""
    frame = line.partition(sender)[0].replace("~\u202f", "")
    content = f"{frame}Messages are encrypted.\n{line}\nsecond line\n\nthird\n" * 3
    batches, aside, used = reading("WhatsApp Chat with Bo.txt", content.encode())
    records = _records(batches)

    assert (used, aside, len(records)) == (["whatsapp"], [], 6)
    assert records[1] == {"conversation_id": "WhatsApp Chat with Bo", "timestamp": when, "sender": sender, "role": "user", "content": "hi\nsecond line\nthird"}
    assert "sender" not in records[0]
