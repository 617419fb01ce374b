"""What stands in a value beside its names: names that say the same to every rule are one."""

from __future__ import annotations

import random

import pytest

from leakscope.catalogue import load
from leakscope.detection.benign import asks_more
from leakscope.detection.judging import Around, Judge
from leakscope.safety.keys import IncidentKey

KEYS = (
    "message", "_hdx_body", "text", "note", "payload", "summary", "x", "trace_id", "span", "build", "version", "user_agent", "timestamp", "order_no", "item_code", "token_name",
    "next_page", "email", "contact email", "phone", "ssn", "password", "api_key", "aws_secret", "customer_id",
)  # fmt: skip


@pytest.fixture(scope="module")
def judge() -> Judge:
    """A judge with the whole catalogue."""
    return Judge(load(), IncidentKey(b"j" * 32), None, 0.5)


def test_names_of_one_kin_leave_every_rules_findings_the_same(judge: Judge) -> None:
    """Beside any two of them the same stands in each rule's examples and is suppressed there, ids in lines of logs left out."""
    kin: dict[int, list[Around]] = {}
    for path in (*KEYS, *(f"a.{key}" for key in KEYS), *(f"phone.{key}" for key in KEYS), *(f"string[{key}]" for key in KEYS)):
        around = judge.surroundings(path, path.rpartition(".")[2].rpartition("[")[2].rstrip("]"))
        kin.setdefault(around.kin, []).append(around)
    every = [text for one in judge.detectors for text in (*one.examples, *one.counter_examples)]
    texts = random.Random(1).sample(every, 1500)
    several = [list({one.number: one for one in listed}.values()) for listed in kin.values()]

    assert sum(len(listed) > 1 for listed in several) >= 2
    for first, *others in several:
        for text in texts if others else ():
            rules = [index for index in judge._possible(first, text) if not asks_more(judge.detectors[index].id)]
            said = judge.judged(first, text, rules)
            assert all(judge.judged(other, text, rules) == said for other in others), [judge.detectors[index].id for index in rules]


def test_names_that_say_something_of_a_value_are_of_another_kin(judge: Judge) -> None:
    """A key that makes a rule possible or surer, or a number harmless, is not one with a key that says nothing."""
    silent = judge.surroundings("note", "note").kin
    told = {key: judge.surroundings(key, key).kin for key in ("phone", "ssn", "trace_id", "user_agent", "order_no")}

    assert all(kin != silent for kin in told.values())
    assert judge.surroundings("remark", "remark").kin == silent
