"""Names and values kept apart: rows given as arrays beside the names of their columns."""

from __future__ import annotations

from typing import Any

import pytest

from leakscope.safety.keys import IncidentKey
from leakscope.text.unfold import leaves

KEY = IncidentKey(b"t" * 32)


@pytest.mark.parametrize(
    "node",
    [
        {"columns": ["id", "ssn"], "rows": [["1", "5362"]]},
        {"fields": [{"name": "id", "type": "int"}, {"name": "ssn"}], "values": [["1", "5362"]]},
        {"meta": [{"name": "id", "type": "String"}, {"name": "ssn", "type": "String"}], "data": [["1", "5362"]], "rows": 1},
        {"schema": {"fields": [{"name": "id"}, {"name": "ssn"}]}, "rows": [{"f": [{"v": "1"}, {"v": "5362"}]}]},
        {"cols": [{"display_name": "Id", "name": "id"}, {"name": "ssn"}], "rows": [["1", "5362"]]},
    ],
)
def test_a_value_of_a_row_has_the_name_of_its_column(node: dict[str, Any]) -> None:
    """As pandas, ClickHouse, BigQuery, Elasticsearch and Metabase give results."""
    last = [(leaf.key, leaf.value) for leaf in leaves(node, KEY) if leaf.field.endswith((".id", ".ssn"))]
    assert last == [("id", "1"), ("ssn", "5362")]


@pytest.mark.parametrize("node", [{"columns": ["id", "ssn"], "rows": [["1"]]}, {"columns": ["a", "a"], "rows": [["1", "2"]]}, {"columns": 2, "rows": [["1", "2"]]}, {"names": ["a"], "rows": "x"}])
def test_rows_of_another_width_keep_their_places(node: dict[str, Any]) -> None:
    """A list beside a list is no table by itself."""
    assert not [leaf for leaf in leaves(node, KEY) if leaf.key in ("id", "ssn")]
