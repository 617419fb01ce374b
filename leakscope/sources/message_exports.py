"""
Exports of messengers as JSON: one message becomes one record with `conversation_id`, `conversation`, `timestamp`, `sender`, `content`.

Telegram (`result.json`), Discord (DiscordChatExporter and the account's package), Teams and Skype, Instagram and Facebook, Slack (whose
files are arrays of messages already, in a folder for each channel). Each message of a person gets `role: user`, which is how the rest of
the program knows a turn, and that of a bot `assistant`; everything else of the message stays under its own name. Conversations with an
assistant stay whole; where their turns do not say whose they are (DeepSeek's fragments, Gemini's activity), that is added.

References:
    Telegram Desktop export JSON; DiscordChatExporter JSON; Microsoft Skype/Teams consumer export `messages.json`; Meta "Download your
    information" (all from memory of such files, 2026-11).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """
    How one messenger writes a conversation.

    Args:
        messages: member that holds the messages.
        marks: members that a message of it has, all of them.
        identity: members of the conversation that tell which it is, best first.
        title: members that name it.
        sender, content, time: members of a message.
        is_bot: whether a program sent it.
    """

    messages: str
    marks: frozenset[str]
    identity: tuple[str, ...]
    title: tuple[str, ...]
    sender: Callable[[dict[str, Any]], Any]
    content: str
    time: str
    is_bot: Callable[[dict[str, Any]], bool] = lambda message: False


#: Every value that `messages_of` or `told` changes has one of these members.
MARKS = frozenset(("messages", "MessageList", "mapping", "ts", "messageType", "Contents", "header"))


def _author(message: dict[str, Any]) -> Any:
    author = message.get("author")
    return author.get("name") if isinstance(author, dict) else author


def _is_bot(message: dict[str, Any]) -> bool:
    author = message.get("author")
    return isinstance(author, dict) and author.get("isBot") is True


_SHAPES = (
    _Shape(messages="messages", marks=frozenset(("date", "text", "type")), identity=("id",), title=("name",), sender=lambda one: one.get("from") or one.get("actor"), content="text", time="date"),
    _Shape(messages="messages", marks=frozenset(("timestamp", "content", "author")), identity=("channel",), title=("channel", "guild"), sender=_author, content="content", time="timestamp", is_bot=_is_bot),
    _Shape(messages="MessageList", marks=frozenset(("content", "from")), identity=("id",), title=("displayName",), sender=lambda one: one.get("displayName") or one.get("from"), content="content", time="originalarrivaltime"),
    _Shape(messages="messages", marks=frozenset(("sender_name", "timestamp_ms")), identity=("thread_path", "title"), title=("title",), sender=lambda one: one.get("sender_name"), content="content", time="timestamp_ms"),
)  # fmt: skip


def messages_of(value: dict[str, Any]) -> Iterator[dict[str, Any]] | None:
    """The messages of a conversation of a messenger, then what else is said of it; null when `value` is none."""
    for shape in _SHAPES:
        listed = value.get(shape.messages)
        if isinstance(listed, list) and listed and all(isinstance(one, dict) for one in listed):
            first = listed[0].keys()
            if shape.marks <= first or (len(listed) > 1 and shape.marks <= listed[1].keys()):
                return _records(value, listed, shape)
    return None


def _records(value: dict[str, Any], listed: list[dict[str, Any]], shape: _Shape) -> Iterator[dict[str, Any]]:
    rest = {name: inner for name, inner in value.items() if name != shape.messages and inner not in (None, "", [], {})}
    identity, title = _first(value, shape.identity, "id"), _first(value, shape.title, "name")
    for message in listed:
        yield _record(message, shape, identity, title)
    if rest:
        yield rest


def _record(message: dict[str, Any], shape: _Shape, identity: str | None, title: str | None) -> dict[str, Any]:
    said = _words(_text(message.get(shape.content)))
    sender = shape.sender(message)
    told = {
        "conversation_id": identity or title, "conversation": title if title != identity else None, "timestamp": message.get(shape.time), "sender": _mended(sender),
        "role": None if not said or not sender else "assistant" if shape.is_bot(message) else "user", "content": _mended(said),
    }  # fmt: skip
    given = {shape.content, shape.time, "text_entities", "sender_name", *(("from",) if sender == message.get("from") else ())}
    own = {name: inner for name, inner in message.items() if name not in given and inner not in (None, "", [], {})}
    own = {f"message_{name}" if name in told else name: inner for name, inner in own.items()}
    return {**{name: inner for name, inner in told.items() if inner not in (None, "")}, **own}


def _first(value: dict[str, Any], names: tuple[str, ...], inner: str) -> str | None:
    for name in names:
        found = value.get(name)
        found = found.get(inner) if isinstance(found, dict) else found
        if found not in (None, ""):
            return str(found)
    return None


def _text(content: Any) -> str | None:
    """A text, or the texts of which one is put together."""
    if isinstance(content, list):
        return "".join(str(one.get("text", "")) if isinstance(one, dict) else str(one) for one in content)
    return content if isinstance(content, str) else None


def _words(text: Any) -> Any:
    """A text without the tags of HTML in which it may stand."""
    if not isinstance(text, str) or not text.lstrip().startswith("<"):
        return text
    from leakscope.sources.documents import text_of_html

    return text_of_html(text) or text


def _mended(text: Any) -> Any:
    """Meta writes each byte of UTF-8 as a letter of its own."""
    if not isinstance(text, str) or text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text


_FRAGMENTS = {"REQUEST": "user", "RESPONSE": "assistant", "THINK": "assistant", "SEARCH": "tool", "TOOL": "tool"}


def told(value: dict[str, Any], place: str) -> dict[str, Any] | None:
    """
    A record with the names by which turns are known, for exports whose records are messages already; null for any other.

    Args:
        value: a record.
        place: folder or file in which it stands: the channel, where the message does not name it.
    """
    if isinstance(value.get("mapping"), dict):
        return _with_fragments(value)
    if "ts" in value and "text" in value and value.get("type") == "message":
        return _slack(value, place)
    if isinstance(value.get("body"), dict) and "messageType" in value and "createdDateTime" in value:
        return _graph(value)
    if {"ID", "Timestamp", "Contents"} <= value.keys():
        return {"conversation_id": place, "timestamp": value["Timestamp"], "role": "user", "content": value["Contents"], **{name: inner for name, inner in value.items() if name not in ("Timestamp", "Contents")}}
    if value.get("header") in ("Gemini Apps", "Bard") and isinstance(value.get("title"), str):
        return _gemini(value)
    return None


def _slack(value: dict[str, Any], place: str) -> dict[str, Any]:
    profile = value.get("user_profile")
    name = profile.get("real_name") if isinstance(profile, dict) else value.get("username")
    channel = value.get("channel")
    is_said = bool(value["text"]) and not str(value.get("subtype", "")).startswith(("channel_", "group_"))
    role = {"role": "assistant" if "bot_id" in value else "user"} if is_said else {}
    own = {one: inner for one, inner in value.items() if one not in ("text", "ts", "user", "channel")}
    made = {"conversation_id": channel if isinstance(channel, str) else place, "timestamp": value["ts"], "sender": name, "user_id": value.get("user"), **role, "content": value["text"]}
    return {**{one: inner for one, inner in made.items() if inner}, **own}


def _graph(value: dict[str, Any]) -> dict[str, Any]:
    sender = value.get("from") if isinstance(value.get("from"), dict) else {}
    who = next((inner for inner in (sender or {}).values() if isinstance(inner, dict)), {})
    channel = value.get("channelIdentity")
    chat = value.get("chatId") or (channel.get("channelId") if isinstance(channel, dict) else None)
    role = {} if value["messageType"] != "message" else {"role": "assistant" if (sender or {}).get("application") else "user"}
    made = {"conversation_id": chat, "timestamp": value["createdDateTime"], "sender": who.get("displayName"), "user_id": who.get("id"), **role, "content": _words(value["body"].get("content"))}
    return {**{one: inner for one, inner in made.items() if inner}, **{one: inner for one, inner in value.items() if one not in ("body", "createdDateTime")}}


def _gemini(value: dict[str, Any]) -> dict[str, Any]:
    answers = [one.get("html") for one in value.get("safeHtmlItem") or () if isinstance(one, dict)]
    prompt = value["title"].removeprefix("Prompted ")
    return {"user_prompt": prompt, "model_response": "\n".join(_words(one) for one in answers if one), **{name: inner for name, inner in value.items() if name not in ("title", "safeHtmlItem")}}


def _with_fragments(value: dict[str, Any]) -> dict[str, Any] | None:
    """A conversation whose fragments say whose they are."""
    found = False
    for node in value["mapping"].values():
        message = node.get("message") if isinstance(node, dict) else None
        for fragment in (message.get("fragments") if isinstance(message, dict) else None) or ():
            if isinstance(fragment, dict) and (role := _FRAGMENTS.get(str(fragment.get("type")))):
                fragment["role"], found = role, True
    return value if found else None
