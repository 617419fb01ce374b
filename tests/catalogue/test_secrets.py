"""Every provider's file of secrets: whole, honest about its sources, discriminating, and fast on hostile text."""

from __future__ import annotations

import re
import time
from itertools import islice
from pathlib import Path

import orjson
import pytest

from leakscope.catalogue import load
from leakscope.catalogue.model import Detector
from leakscope.detection.expressions import expression_of

CATEGORIES = frozenset(
    "ai cloud code_hosting package_registry ci messaging payments monitoring database email identity storage maps security cms "
    "commerce crm social crypto infrastructure network other".split()
)
CONFIDENCES = frozenset({"documented", "cited", "observed", "memory"})
#: Rules told by structure alone: two or more parts of fixed length and alphabet, joined by a sign.
STRUCTURED = frozenset(
    {"secret.discord.bot_token", "secret.ghost.admin_key", "secret.mailgun.api_key_new", "secret.truenas.api_key", "secret.zhipu.api_key"}
)
RULES = [rule for rule in load().detectors if rule.provider]
FILES = sorted({rule.file: rule.provider for rule in RULES}.items())
#: What each pattern must read, in MB per second of CPU time, in 256 KiB of text made to hurt it.
LEAST_RATE = 5.0


def named(rule: Detector) -> str:
    """The rule's id, for test names."""
    return rule.id


@pytest.mark.parametrize(("file", "provider"), FILES, ids=[file for file, _ in FILES])
def test_a_provider_says_who_it_is_and_how_to_revoke(file, provider):
    """The file's name is the provider's id; it names its kind, its console, what is exposed and what to do.

    A package registry's console is said in words: the project names no registry's host.
    """
    assert Path(file).stem == provider.id
    assert provider.category in CATEGORIES
    assert provider.console.startswith("https://") or (provider.category == "package_registry" and len(provider.console) > 15)
    assert len(provider.revoke) > 15
    assert len(provider.exposes) > 15


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_a_rule_is_told_by_more_than_its_length(rule):
    """A literal of its issuer, required words, or a structure of several parts: one of them is in every rule."""
    literal = bool(rule.anchors) and all(len(anchor) >= 2 for anchor in rule.anchors)

    assert literal or rule.keywords or rule.id in STRUCTURED


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_a_rule_names_its_issuer_and_how_it_knows(rule):
    """References point to pages and say whether they were read, quoted by a page that was read, the form was observed, or it is from memory."""
    assert all(reference.url.startswith("https://") and reference.confidence in CONFIDENCES for reference in rule.references)
    assert rule.id.split(".")[1] == rule.provider.id


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_a_match_holds_an_anchor(rule):
    """The literals that wake a rule stand in each of its examples, or it would sleep through them."""
    texts = [text.lower() if rule.ignore_case else text for text in rule.examples]

    assert not rule.anchors or all(any(anchor in text for anchor in rule.anchors) for text in texts)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.environment.get("") == "publishable"], ids=named)
def test_public_keys_are_of_low_severity(rule):
    """What is meant for browsers and apps does not stand high on the rotation sheet."""
    assert rule.severity == "low"


def test_the_catalogue_is_as_wide_as_promised():
    """At least 350 providers and 500 rules, more than 60 of the providers AI services."""
    providers = {rule.provider.id: rule.provider.category for rule in RULES}

    assert len(providers) >= 350
    assert len(RULES) >= 500
    assert sum(category == "ai" for category in providers.values()) > 60


def test_no_invented_value_is_used_twice():
    """Two rules never share an example's value, so that each example tests its own rule."""
    values = [found for rule in RULES for text in rule.examples for found in islice(re.findall(r"[A-Za-z0-9_+/-]{24,}", text), 3)]
    long_ones = [value for value in values if any(c.isdigit() for c in value) and any(c.isalpha() for c in value)]

    assert len(long_ones) > 2000
    assert len(set(long_ones)) / len(long_ones) > 0.97


def hostile(rule: Detector, length: int) -> list[str]:
    """Texts that make a pattern start, run on and fail: its anchor and cut examples over and over, and plain runs."""
    found = expression_of(rule).search(rule.examples[0])
    value = found[0] if found else rule.examples[0]
    pieces = [value[:-1], value[: max(3, len(value) // 2)], value[:-1] + " ", rule.anchors[0] if rule.anchors else "x", "a", "0f", "Zk9+", "q-Z_4"]
    return [(piece * (length // len(piece) + 1))[:length] for piece in pieces]


def rate(rule: Detector, text: str) -> float:
    """MB per second of CPU time, the best of three."""
    expression, best = expression_of(rule), 0.0
    for _ in range(3):
        start = time.process_time()
        for _found in expression.finditer(text):
            pass
        best = max(best, len(text) / 1e6 / max(1e-9, time.process_time() - start))
        if best >= LEAST_RATE:
            break
    return best


@pytest.mark.slow
def test_every_pattern_reads_hostile_text_fast():
    """No text makes a pattern slower than 5 MB/s."""
    slow = {rule.id: round(min(rates), 2) for rule in RULES if min(rates := [rate(rule, text) for text in hostile(rule, 1 << 18)]) < LEAST_RATE}

    assert slow == {}


@pytest.mark.slow
def test_ordinary_chats_hold_almost_no_provider_secrets(labelled_data):
    """Under 1 of 1,000 real prompts and conversations is flagged by a provider's rule."""
    from leakscope.detection.kernel import Kernel
    from leakscope.model import Batch
    from leakscope.safety.keys import new_key

    texts = [orjson.loads(line)["text"] for line in (labelled_data / "chat_background.jsonl").read_bytes().splitlines()]
    lines = b"".join(orjson.dumps({"text": text}) + b"\n" for text in texts)
    found = Kernel(load(), new_key()).find_batch(Batch(source="chat", first_record=0, records=len(texts), lines=lines))
    provided = {rule.id for rule in RULES}
    flagged = {record for record, detector in found.select("record", "detector").iter_rows() if detector in provided}

    assert len(flagged) / len(texts) < 0.001
