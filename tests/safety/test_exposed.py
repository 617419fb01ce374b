"""What holds values prints as what it is and how much of it, and is opened in few places."""

import ast
import pickle
from pathlib import Path

import polars as pl
import pytest

from leakscope.assessment.state import Run
from leakscope.safety.exposed import Exposed
from leakscope.safety.packed import PackedFrame

PACKAGE = Path(__file__).resolve().parents[2] / "leakscope"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Exposed("078-05-1120", "US_SSN"), "Exposed(US_SSN, 11 chars)"), (Exposed(pl.DataFrame({"value": ["078-05-1120"]}), "SIGHTINGS"), "Exposed(SIGHTINGS, 1 rows)")],
)
def test_an_exposed_value_cannot_be_printed_or_pickled(value, shown):
    """repr, str and format all show the kind and the size only."""
    assert {repr(value), str(value), f"{value}", f"{value!r}"} == {shown}
    with pytest.raises(TypeError):
        pickle.dumps(value)


def test_every_frame_of_a_run_that_holds_values_is_exposed():
    """A run's own print form shows none of them."""
    kinds = {name: one.type for name, one in Run.__dataclass_fields__.items()}

    assert issubclass(PackedFrame, Exposed)
    assert {name for name, kind in kinds.items() if kind == "PackedFrame"} == {"sightings", "turns", "prose"}


def test_few_modules_reveal_what_is_exposed():
    """The stages, which hand frames to those who count, and what writes the safe part of them."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
        if any(call.func.attr == "reveal" for call in calls):
            found.add(path.relative_to(PACKAGE).as_posix())

    assert found == {"assessment/assemble.py", "assessment/sealing.py", "assessment/stages.py"}
