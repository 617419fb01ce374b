"""Lists and maps in cells, as ClickHouse and Python write them."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakscope.text.quoted_lists import list_of


@given(st.recursive(st.text(st.characters(exclude_categories=["Cs", "Cc"])), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=4), max_leaves=12).filter(lambda value: isinstance(value, (list, dict))))
def test_what_python_writes_comes_back(value):
    """Oracle: Python's own reader of literals; texts in double quotes alone are JSON's."""
    text = str(value)
    read = list_of(text)
    assert read is None or read == ast.literal_eval(text) == value
    assert read is not None or not text.startswith(("['", "{'"))


@pytest.mark.parametrize("text", ["['a", "['a']]", "['a' 'b']", "{'a'}", "{'a':}", "[" * 40 + "'a'" + "]" * 40, "it's ['a']", '["a"]'])
def test_what_is_no_list_as_a_whole_is_none(text):
    """It stays the text that it is."""
    assert list_of(text) is None


def test_clickhouse_writes_escapes_null_and_numbers():
    """Quotes and tabs of a text are escaped; numbers are kept as they are written."""
    assert list_of(r"['a\tb\'c', NULL, 1.50, ('x', 2)]") == ["a\tb'c", None, "1.50", ["x", "2"]]
