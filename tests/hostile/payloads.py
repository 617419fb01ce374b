"""Seeded hostile texts: what acts on terminals, pages, spreadsheets, Markdown and logs, mixed with one another."""

from __future__ import annotations

import random

_PARTS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg/onload=alert(1)>', "' onmouseover='x", "</td></tr></table>", "</style><style>", "<!--", "-->", "]]>", "&#60;b&#62;", "&lt;",
    "=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1", '=HYPERLINK("http://x.example","y")', '","=1', '"\n"=2', "%0a=1",
    "\x1b[2J", "\x1b]0;title\x07", "\x1b]8;;http://x.example\x1b\\link", "\x9b31m", "\x00", "\x08\x08\x08", "\x7f", "\r\n", "\n", "\u2028", "\u2029", "\x85", "\x0b", "\x0c",
    "\u202e", "\u2066", "\u200b", "\ufeff", "\u200f", "\U000e0041", "\ud800", "e\u0301",
    "[x](javascript:alert(1))", "![x](http://x.example/p.png)", "# head", "> quote", "* * *", "```", "`x`", "| a | b |", "|---|", "<http://x.example>", "http://x.example", "www.x.example", "&nbsp;", "1. one", "\\", "~~x~~", "**b**", "__b__",
    "2026-11-24T00:00:00Z ERROR forged", "[bold red]x[/bold red]", "[link=http://x.example]x[/link]", "{{7*7}}", "{% raw %}", "${x}", "%s%n", "Ana", " ", "\u5317\u4eac", "\U0001f600",
)  # fmt: skip


def payloads(count: int, seed: int = 0) -> list[str]:
    """`count` distinct texts: every part alone, then two to six of them in random order."""
    draw = random.Random(seed)
    found = dict.fromkeys(_PARTS)
    while len(found) < count:
        found["".join(draw.choices(_PARTS, k=draw.randint(2, 6)))] = None
    return list(found)
