"""The assessment itself: the versioned JSON that every other form renders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from leakscope.reports.form import Report


def render(assessment: Mapping[str, Any], *, now: datetime) -> str:
    """
    The assessment as indented JSON, keys in the order they were written.

    Args:
        assessment: as in assessment.json.
        now: not used; the file holds instants, countdowns belong to renderings.
    """
    return orjson.dumps(assessment, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS).decode()


REPORT = Report(name="json", suffix=".json", title="the assessment itself, versioned", render=render)
