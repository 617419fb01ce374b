"""Chat requests and responses as rows of the log, in the shapes that gateways write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import orjson

from leakscope.corpus.conversation import Session, Turn
from leakscope.corpus.draw import Draw
from leakscope.corpus.log_row import Row

#: A turn in a row: attribute, path inside it, place in the conversation, the turn.
Shown = tuple[str, str, int, Turn]


def _dump(value: object) -> str:
    return orjson.dumps(value).decode()


def _messages(session: Session) -> list[dict[str, object]]:
    return [{"role": turn.role, "content": turn.text} for turn in session.turns]


def _places(name: str, form: str, turns: Sequence[Turn]) -> Iterator[Shown]:
    for place, turn in enumerate(turns):
        yield name, form.format(place), place, turn


def _gateway(row: Row, session: Session) -> list[Shown]:
    """The whole request as the message: JSON text that holds the messages array."""
    request = {"model": session.model, "messages": _messages(session), "stream": True, "temperature": 0.7, "user": session.who.user_id}
    row.add("message", _dump(request))
    row.plant("message", "ONLINE_IDENTIFIER", session.who.user_id, person=session.account, suffix="->$.user")
    return list(_places("message", "->$.messages[{}].content", session.turns))


def _attribute(row: Row, session: Session) -> list[Shown]:
    """A short message, and the array alone in an attribute."""
    row.add("message", f"chat request accepted model={session.model} turns={len(session.turns)}")
    row.add("gen_ai.prompt", _dump(_messages(session)))
    return list(_places("gen_ai.prompt", "->$[{}].content", session.turns))


def _blocks(row: Row, session: Session) -> list[Shown]:
    """Content as a list of blocks, inside a body that is itself JSON text inside JSON."""
    body = _dump({"model": session.model, "max_tokens": 1024, "messages": [{"role": t.role, "content": [{"type": "text", "text": t.text}]} for t in session.turns]})
    row.add("message", _dump({"event": "upstream.request", "body": body}))
    return list(_places("message", "->$.body->$.messages[{}].content[0].text", session.turns))


_REQUESTS: tuple[Callable[[Row, Session], list[Shown]], ...] = (_gateway, _gateway, _gateway, _attribute, _attribute, _blocks)


def _details(draw: Draw, row: Row, session: Session, index: int) -> None:
    if not any(planted.value == session.who.user_id for planted in row.planted) or draw.chance(0.5):
        row.add("user.id", session.who.user_id)
        row.plant("user.id", "ONLINE_IDENTIFIER", session.who.user_id, person=index)
    row.add("session.id", session.id)
    row.plant("session.id", "ONLINE_IDENTIFIER", session.id, person=index)
    row.add("client.platform", session.client)
    row.add("request.id", "req_" + draw.hex(24))


def request(draw: Draw, session: Session) -> tuple[Row, list[Shown]]:
    """A request with every earlier turn in it."""
    row = Row("chat-gateway", "POST /v1/chat/completions")
    shown = draw.pick(_REQUESTS)(row, session)
    _details(draw, row, session, session.account)
    row.number("usage.prompt_tokens", sum(len(turn.text) for turn in session.turns) // 4)
    return row, shown


def response(draw: Draw, session: Session) -> tuple[Row, list[Shown]]:
    """The assistant's answer, alone or beside the question."""
    row = Row("chat-gateway", "chat.completion")
    place, turn = len(session.turns) - 1, session.turns[-1]
    if draw.chance(0.3):
        row.add("message", _dump({"prompt": session.turns[-2].text, "completion": turn.text, "model": session.model}))
        shown = [("message", "->$.prompt", place - 1, session.turns[-2]), ("message", "->$.completion", place, turn)]
    else:
        choice = {"index": 0, "message": {"role": "assistant", "content": turn.text}, "finish_reason": "stop"}
        row.add("message", _dump({"id": "chatcmpl-" + draw.hex(24), "object": "chat.completion", "model": session.model, "choices": [choice]}))
        shown = [("message", "->$.choices[0].message.content", place, turn)]
    _details(draw, row, session, session.account)
    row.number("usage.completion_tokens", len(turn.text) // 4)
    return row, shown
