"""The catalogue: read from its files, refused when malformed, and every rule's own examples hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from leakscope.catalogue import load
from leakscope.catalogue.check import check
from leakscope.errors import CatalogueError

RULE = """
schema_version = 1
[[detector]]
id = "pii.badge"
name = "Badge number"
entity = "EMPLOYEE_ID"
pattern = '''BDG-[0-9]{6}'''
anchors = ["BDG-"]
confidence = 0.9
exposes = "Opens doors."
examples = ["badge BDG-100234", "BDG-998877", '{"badge": "BDG-445566"}']
counter_examples = ["BDG-1", "XBDG-100234", "badge"]
references = [{ title = "Badge office", url = "https://badges.nordbank.dk" }]
"""


def _written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(text)
    return path


def test_the_catalogue_is_one_per_process_and_ordered() -> None:
    """Loading twice gives the same; ids are in order."""
    assert load() is load()
    ids = [rule.id for rule in load().detectors]
    assert ids == sorted(set(ids))


def test_a_users_rules_are_added_and_change_the_hash(tmp_path: Path) -> None:
    """And replace a built-in rule of the same id."""
    own = load(_written(tmp_path, RULE))
    assert own.by_id["pii.badge"].confidence_context > 0.9
    assert own.hash != load().hash
    replaced = load(_written(tmp_path, RULE.replace("pii.badge", "pii.email")))
    assert replaced.by_id["pii.email"].entity == "EMPLOYEE_ID"
    assert len(replaced.detectors) == len(load().detectors)


@pytest.mark.parametrize(
    "broken",
    [RULE.replace("schema_version = 1", ""), RULE.replace("confidence = 0.9", ""), RULE.replace('boundary', 'x') + "nonsense", RULE + 'colour = "red"\n', "[[detector"],
)  # fmt: skip
def test_a_malformed_file_is_refused(tmp_path: Path, broken: str) -> None:
    """With the file's name in the message."""
    with pytest.raises(CatalogueError, match="own"):
        load(_written(tmp_path, broken))


@pytest.mark.parametrize(
    ("line", "instead", "said"),
    [
        ("pattern", "patern", "does not say its pattern"),
        ("anchors", "ancors", "a field ancors"),
        ("confidence = 0.9", 'confidence = "high"', "a number between 0 and 1"),
        ("BDG-[0-9]{6}", "BDG-(?=1)[0-9]{6}", "does not compile"),
        ("BDG-[0-9]{6}", "BDG-([0-9]{6}", "does not compile"),
        ("BDG-[0-9]{6}", "BDG-([0-9]+)+x", "characters made to slow it"),
        ("EMPLOYEE_ID", "BADGE", "neither in the vocabulary nor declared"),
        ("exposes", 'validator = "badges"\nexposes', "no validator badges"),
    ],
)
def test_a_users_rule_that_cannot_run_is_refused_in_plain_words(tmp_path: Path, line: str, instead: str, said: str) -> None:
    """Before anything is read, with the rule's name."""
    with pytest.raises(CatalogueError, match=rf"pii\.badge.*{said}"):
        load(_written(tmp_path, RULE.replace(line, instead, 1)))


@pytest.mark.slow
def test_every_rule_holds() -> None:
    """Form, engines and examples, all rules together."""
    assert [str(one) for one in check(load())] == []


def test_a_rule_that_misses_its_example_is_named(tmp_path: Path) -> None:
    """So is one that finds its counter-example, and one without a reference."""
    text = RULE.replace('"BDG-998877"', '"nothing here"').replace('"BDG-1"', '"BDG-123456"')
    from leakscope.catalogue.model import Catalogue

    own = load(_written(tmp_path, text))
    alone = Catalogue(tuple(rule for rule in own.detectors if rule.id == "pii.badge"), own.hash)
    assert [one.message for one in check(alone)] == ["counter-example 1 gives a finding", "example 2 gives no finding"]
