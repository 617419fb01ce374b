"""Renderings of one assessment: each module that offers a `REPORT` is a form, found by itself."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from leakscope.registry import discover
from leakscope.reports.form import Report

__all__ = ["Report", "reports"]

ENTRY_POINTS = "leakscope.reports"


def reports() -> Mapping[str, Report]:
    """Every form by its name, in name order; installed packages add theirs under the entry point `leakscope.reports`."""
    found = discover(sys.modules[__name__], "REPORT", group=ENTRY_POINTS)
    return {report.name: report for report in sorted(found.values(), key=lambda report: report.name)}
