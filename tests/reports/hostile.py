"""Puts hostile text into every text field of an assessment that is not one of our own words."""

from __future__ import annotations

from typing import Any

#: Breaks out of HTML, Markdown, spreadsheets and terminals, one after another.
PAYLOAD = (
    "</style></script><script>alert(1)</script><img src=x onerror=alert(2)>\" onmouseover=\"alert(3)' autofocus onfocus='x"
    " [a](javascript:alert(4)) ![b](http://evil.example/x.png) <http://evil.example> www.evil.example `code` **bold** | cell | \n# head\n\n- list\r\n"
    "=HYPERLINK(\"http://evil.example\") \x1b[31mred\x1b]8;;http://evil.example\x07 \u202egnp.exe \u200bzero {{ 7*7 }} {% raw %} [bold]rich[/bold] \x00 \x9b31m"
)
FORMULA = "=cmd|' /C calc'!A0"
#: Our own words, which renderers branch on, and instants, which they parse.
OURS = frozenset(
    """status recipient_kind instant starts calendar band severity environment design basis scheme_id created on first last from to first_seen last_seen first_timestamp
    last_timestamp day when discovery awareness occurrence_start occurrence_end containment level family element data_class entity residence role issued expires
    schema_version topic kind recipients malicious encryption altered unavailable misuse fingerprint sha256 state format""".split()
)


def poison(value: Any, payload: str = PAYLOAD, key: str = "") -> Any:
    """`value` with `payload` put before and after every text that is not one of our own words."""
    if isinstance(value, dict):
        return {name: poison(part, payload, name) for name, part in value.items()}
    if isinstance(value, list):
        return [poison(part, payload, key) for part in value]
    if isinstance(value, str) and value and key not in OURS:
        return payload + value + payload
    return value
