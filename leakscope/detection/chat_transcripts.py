"""Conversations written as one text: by names at the starts of lines, by the marks of chat templates, or by dates and names."""

from __future__ import annotations

import re

from leakscope.detection.chat_shapes import role_words

#: A transcript needs this many marked turns to be one.
FEWEST = 2

#: Marks of turns; the named group that matched holds the role's word. Templates: ChatML, Llama 2 and 3, Zephyr, Gemma and
#: Alpaca, as their tokenisers' configurations give them (read 2026-11).
_MARK = re.compile(
    r"(?im)^[ \t>*#]*(?:\*\*)?(?P<line>user|human|customer|client|assistant|ai|bot|chatgpt|agent|system)(?:\*\*)?[ \t]*:[ \t]*(?:\*\*)?"
    r"|<\|im_start\|>[ \t]*(?P<chatml>\w+)[ \t]*\n|<\|start_header_id\|>(?P<llama>\w+)<\|end_header_id\|>\s*|<\|(?P<zephyr>user|assistant|system)\|>\s*"
    r"|<start_of_turn>(?P<gemma>user|model)[ \t]*\n|^###[ \t]*(?P<alpaca>instruction|input|response):[ \t]*|(?P<inst>\[/?INST\]|<</?SYS>>)\s*"
)
#: Words that say something else elsewhere.
_TEMPLATE_WORDS = {"instruction": "user", "input": "user", "response": "assistant", "[inst]": "user", "[/inst]": "assistant", "<<sys>>": "system", "<</sys>>": "user"}
_CLOSING = re.compile(r"(?:\s|<\|(?:im_end|eot_id|end|end_of_text|begin_of_text|endoftext)\|>|</?s>|<end_of_turn>)+$")
#: A phone's export of people talking: date, comma, time, name. Log lines have no comma behind their date.
_DATED = re.compile(r"(?m)^\u200e?(?P<open>\[)?\d{1,4}[./-]\d{1,2}[./-]\d{1,4}, \d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[ \u202f][AaPp]\.?[Mm]\.?)?(?(open)\]| -) (?P<who>[^:\n]{1,40}): ")

#: What a value holds that may be a transcript, for a look at whole columns.
HINT = (
    r"(?im)^[ \t>*#]*(?:user|human|customer|client)\W{0,4}:|<\|(?:im_start|start_header_id|user)\|>|<start_of_turn>|\[INST\]|^###[ \t]*instruction:"
    r"|^\x{200e}?\[?\d{1,4}[./-]\d{1,2}[./-]\d{1,4}, \d{1,2}[:.]\d{2}"
)


def pieces(text: str) -> list[tuple[int, str, str]]:
    """
    Start, role and words of every turn of a transcript; empty when `text` is none.

    Args:
        text: one value.

    Example:
        >>> pieces("User: hello\\nAssistant: hi")
        [(6, 'user', 'hello'), (23, 'assistant', 'hi')]
    """
    marks = list(_MARK.finditer(text))
    roles = [_role(mark) for mark in marks]
    if len(marks) < FEWEST or not {"user", "assistant"} <= set(roles):
        marks = list(_DATED.finditer(text))
        roles = ["user"] * len(marks)
    if len(marks) < FEWEST:
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    cut = ((mark.end(), role, _CLOSING.sub("", text[mark.end() : end])) for mark, role, end in zip(marks, roles, ends, strict=True))
    return [(start, role, said) for start, role, said in cut if said and role]


def _role(mark: re.Match[str]) -> str:
    """The role that a mark says; empty for a word that is none."""
    word = mark[mark.lastgroup or 0].lower()
    return _TEMPLATE_WORDS.get(word) or role_words().get(word, "") if mark.lastgroup in ("alpaca", "inst") else role_words().get(word, "")
