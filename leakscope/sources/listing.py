"""Writes the table of formats: `python -m leakscope.sources.listing > docs/formats.md`."""

from __future__ import annotations

import sys

from leakscope.sources import formats, live

_HEAD = """# Formats

Generated from `leakscope.sources.formats()`; do not edit.
Content decides before a file's name does; the endings are only the usual ones.
A reader marked *child* runs in a process of its own with ceilings of memory, time and output.

| format | what it is | usual endings | opened as | read in |
|---|---|---|---|---|
"""
_LIVE = """
## Live stores

| address | store | user from | password from | needs |
|---|---|---|---|---|
"""


def table() -> str:
    """The page, in Markdown, in name order."""
    rows = [
        f"| `{one.name}` | {one.title} | {' '.join(one.suffixes) or '-'} | {'container' if one.expand else 'records'} | {'child' if one.jailed else 'this process'} |"
        for one in formats().values()
    ]
    stores = [
        f"| `{scheme}://host` | {kind.title} | `{kind.user_variable}` | `{kind.password_variable}` | {f'`{kind.extra}`' if kind.extra else 'nothing'} |"
        for scheme, kind in sorted(live.kinds().items())
    ]
    return _HEAD + "\n".join(rows) + "\n" + _LIVE + "\n".join(stores) + "\n"


if __name__ == "__main__":
    sys.stdout.write(table())
