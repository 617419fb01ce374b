"""Every regulator form that is due, filled, as JSON and readable, with the register entry, in one archive."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from leakscope.notification.forms import due, fill, readable
from leakscope.notification.records import register_entry
from leakscope.reports.archive import archive
from leakscope.reports.form import Report


def render(assessment: Mapping[str, Any], *, now: datetime) -> bytes:
    """
    A ZIP with `FORM.json` and `FORM.txt` for each form due, and `register.json`, the entry of the breach register.

    Args:
        assessment: the assessment.
        now: not used; the archive depends on the assessment alone.
    """
    pieces: dict[str, bytes] = {"register.json": _json(register_entry(assessment))}
    for form_id in due(assessment):
        filled = fill(form_id, assessment)
        pieces[f"{form_id.lower()}.json"] = _json(filled)
        pieces[f"{form_id.lower()}.txt"] = readable(filled).encode()
    return archive(pieces)


def _json(content: object) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


REPORT = Report(name="forms", suffix=".forms.zip", title="Regulator forms that are due, filled, and the register entry", render=render)
