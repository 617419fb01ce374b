"""Facts are read strictly, unknown is a value, and what is wrong is said so that it can be mended."""

import re
import tomllib
from datetime import UTC, datetime

import jsonschema
import pytest

from leakscope.errors import FactsError
from leakscope.notification.document import SCHEMA, schema_text
from leakscope.notification.facts import Facts, from_dict, from_mapping, load
from leakscope.notification.facts_file import json_schema, parse_answer, template, with_answer
from leakscope.notification.kleene import UNKNOWN, YES
from leakscope.notification.questions import USUAL, choices, question


def test_nothing_stated_is_all_unknown():
    """Without a file every fact is unknown, none is no."""
    facts = load(None)

    assert facts == Facts()
    assert facts.tri("exposure.exfiltration") is UNKNOWN


def test_a_file_is_read_with_times_in_its_own_zone(tmp_path):
    """A time without an offset is read in the zone of [clocks]."""
    path = tmp_path / "incident.toml"
    path.write_text('[clocks]\ntime_zone = "Europe/Berlin"\nawareness = 2026-11-02T09:30:00\n[exposure]\nmalicious = true\n')
    facts = load(path)

    assert facts.clocks.awareness == datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
    assert facts.tri("exposure.malicious") is YES


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        ({"incident": {"rolle": "controller"}}, "did you mean role"),
        ({"incidents": {}}, "did you mean incident"),
        ({"incident": {"role": "boss"}}, "controller, joint_controller"),
        ({"exposure": {"access": "perhaps"}}, "yes, no, unknown"),
        ({"clocks": {"awareness": "yesterday"}}, "date with a time"),
        ({"clocks": {"awareness": datetime(2026, 1, 1)}}, "no time zone"),  # noqa: DTZ001
        ({"clocks": {"time_zone": "Mars/Base"}}, "not a time zone"),
        ({"clocks": {"occurrence_start": "2026-02-01T00:00:00Z", "discovery": "2026-01-01T00:00:00Z"}}, "is after clocks.discovery"),
        ({"population": {"records": -1}}, "whole number"),
        ({"incident": {"establishments": "DE"}}, "list of texts"),
        ({"override": [{"target": "duty-UK-regulator", "value": "applies"}]}, "lacks who, when, why"),
        ({"override": {}}, r"\[\[override\]\]"),
        ({"schema_version": 9}, "another schema_version"),
    ],
)
def test_what_no_fact_can_be_is_refused_with_help(tables, says):
    """The message names the place and what would be right."""
    with pytest.raises(FactsError, match=says):
        from_mapping(tables)


def test_a_file_that_is_no_toml_or_not_there_is_refused(tmp_path):
    """Exit 2, not a traceback."""
    (tmp_path / "bad.toml").write_text("role = \n")
    for name in ("bad.toml", "absent.toml"):
        with pytest.raises(FactsError) as caught:
            load(tmp_path / name)
        assert caught.value.exit_code == 2


def test_facts_survive_the_way_through_an_assessment():
    """What `to_dict` writes reads back as the same facts."""
    facts = from_mapping({
        "incident": {"role": "processor", "establishments": [], "privileged": True}, "clocks": {"awareness": "2026-11-02T10:00:00Z"},
        "population": {"records": {"a": 5}}, "determinations": {"material": "no"}, "ordered": ["IL"], "narrative": {"attack": {"initial_access": "phishing"}},
        "override": [{"target": "duty-UK-regulator", "value": "does_not_apply", "who": "A. Counsel", "when": "2026-11-03T10:00:00Z", "why": "w"}],
        "notice": [{"duty": "US-CA", "when": "2026-11-03T10:00:00Z"}],
    })  # fmt: skip

    assert from_dict(facts.to_dict()) == facts


def test_the_template_states_nothing_and_names_every_fact():
    """A fresh file is valid, leaves all unknown, and offers each fact once with its choices."""
    text = template()

    assert from_mapping(tomllib.loads(text)) == Facts()
    for path in USUAL:
        assert f"\n# {path.partition('.')[2]} = " in text


def test_a_line_of_the_template_is_valid_once_its_sign_is_gone():
    """Taking away the first # of every offered fact gives a file that reads, with every choice still unknown."""
    lines = [line[2:] if re.match(r"# (\w+ = |\[\[)", line) else line for line in template().splitlines()]
    lines = [line for line in lines if not line.startswith(("target", "value", "who", "why", "when", "duty", "how", "[[", "time_zone"))]
    facts = from_mapping(tomllib.loads("\n".join(lines)))

    assert facts.exposure.access == "unknown"
    assert facts.determinations["material"] == "unknown"


def test_an_answer_is_written_into_the_file_and_nothing_else_changes():
    """Comments stay; a second answer to the same question replaces the first."""
    once = with_answer(template(), "exposure.access", "yes")
    twice = with_answer(once, "exposure.access", "no")

    assert from_mapping(tomllib.loads(once)).exposure.access == "yes"
    assert from_mapping(tomllib.loads(twice)).exposure.access == "no"
    assert len(template().splitlines()) == len(twice.splitlines())


def test_an_answer_finds_its_own_table():
    """`until`, `when` or `records` stand in one table each; a new determination goes into its own."""
    text = with_answer(with_answer(with_answer(template(), "population.records", 5000), "determinations.material", "yes"), "ordered", ["IL"])
    facts = from_mapping(tomllib.loads(text))

    assert (dict(facts.population.records), dict(facts.determinations), facts.ordered) == ({"": 5000}, {"material": "yes"}, ("IL",))


@pytest.mark.parametrize(
    ("path", "said", "expected"),
    [
        ("exposure.access", "Y", "yes"),
        ("incident.role", "processor", "processor"),
        ("incident.establishments", "DE, US-CA", ["DE", "US-CA"]),
        ("population.records", "1,200", 1200),
        ("clocks.discovery", "2026-11-02T09:30:00+01:00", "2026-11-02T09:30:00+01:00"),
    ],
)
def test_a_typed_answer_becomes_a_fact(path, said, expected):
    """Beginnings of words, lists with commas and thousands separators are understood."""
    assert parse_answer(path, said) == expected


@pytest.mark.parametrize(("path", "said"), [("exposure.access", "maybe"), ("incident.role", ""), ("population.records", "many"), ("clocks.discovery", "monday")])
def test_a_typed_answer_that_cannot_be_is_asked_again(path, said):
    """Nothing wrong gets into the file."""
    with pytest.raises(FactsError):
        parse_answer(path, said)


def test_every_question_has_words():
    """What `facts ask` asks is a sentence, with choices where there are any."""
    assert all(len(question(path)) > 10 for path in USUAL)
    assert choices("exposure.access") == ("yes", "no", "unknown")


def test_the_published_schema_is_the_one_the_reader_follows():
    """The file on disk is generated; a filled template conforms, an unknown name does not."""
    assert SCHEMA.read_text("utf-8") == schema_text()
    jsonschema.validate(tomllib.loads(with_answer(template(), "exposure.access", "yes")), json_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"incident": {"rolle": "x"}}, json_schema())
