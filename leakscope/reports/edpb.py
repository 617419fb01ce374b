"""The EDPB common template for breach notifications, filled as far as facts and assessment reach."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from leakscope.notification.forms import fill
from leakscope.reports.form import Report


def render(assessment: Mapping[str, Any], *, now: datetime) -> bytes:
    """
    The template as JSON: numbered fields with answers, and the required ones still missing.

    Args:
        assessment: the assessment.
        now: when it was filled.
    """
    filled = {"filled": now.astimezone(UTC).isoformat().replace("+00:00", "Z"), "case": assessment["case"]["id"], **fill("EDPB", assessment)}
    return orjson.dumps(filled, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


REPORT = Report(name="edpb", suffix=".edpb.json", title="EDPB common template, fields filled, missing ones listed", render=render)
