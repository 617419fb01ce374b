"""An invented assessment for every test of reports, made once."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.reports.assessment_fixture import make_assessment

_MADE: dict[str, Any] = {}


@pytest.fixture
def assessment() -> dict[str, Any]:
    """A fresh copy, so that a test may change it."""
    if not _MADE:
        _MADE.update(make_assessment())
    return copy.deepcopy(_MADE)
