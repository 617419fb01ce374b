"""
Exports of messengers as JSON: one message becomes one record with `conversation_id`, `conversation`, `timestamp`, `sender`, `content`.

Telegram (`result.json`), Discord (DiscordChatExporter), Teams and Skype, Instagram and Facebook. Slack's files are arrays of messages
already. Each message of a person gets `role: user`, which is how the rest of the program knows a turn, and that of a bot `assistant`;
everything else of the message stays under its own name.

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
    said = _text(message.get(shape.content))
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


def _mended(text: Any) -> Any:
    """Meta writes each byte of UTF-8 as a letter of its own."""
    if not isinstance(text, str) or text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text
