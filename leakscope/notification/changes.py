"""What would change the answer: the smallest changes in facts and counts that add or remove a duty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from leakscope.notification.engine import Answer, answer
from leakscope.notification.facts import TABLES, TRI, Facts
from leakscope.notification.headcount import Headcount
from leakscope.notification.law import jurisdictions
from leakscope.notification.questions import question

#: Answers again under other facts, for some jurisdictions.
Again = Callable[[Facts, set[str]], Answer]

_STANDING = {"applies": 3, "may_apply": 2, "unknown": 1, "does_not_apply": 0}
#: Changes that only make sense together.
_TOGETHER: tuple[tuple[tuple[str, str], ...], ...] = (
    (("exposure.encryption", "encrypted"), ("exposure.key", "safe")),
    (("harm.misuse_likely", "no"), ("harm.misuse", "no"), ("harm.determination_documented", "yes")),
    (("exposure.recipients", "trusted"), ("exposure.recovered", "yes"), ("exposure.malicious", "no")),
    (("exposure.access", "no"), ("exposure.exfiltration", "no"), ("exposure.lost", "no"), ("exposure.posted", "no"), ("exposure.recipients", "nobody")),
)
#: Facts that are never "what if": they say who you are, not what happened.
_FIXED = frozenset({"incident.establishments", "incident.targets", "incident.main_establishment", "exposure.outage_hours", "ordered", "population.records"})


def changes(before: Answer, people: Headcount, facts: Facts, on: date, *, proposed: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    """
    Single changes that would alter at least one duty's status: open facts first, then the most consequential.

    Args:
        before: the answer as it stands.
        people: the people it was given for.
        facts: the facts it was given for.
        on: the day of the law.
        proposed: as for the answer.

    Returns:
        Entries `{"id", "change", "effect", "duties", "facts"}`: both sentences for people to read, the duties by id, and the facts
        by their name in the facts file with the value tried; every fact a duty read is tried at each of its other values, and
        every threshold names the number of people at which it turns.
    """

    def again(then: Facts, where: set[str]) -> Answer:
        return answer(people, then, on, only=where, proposed=proposed)

    return [*_fact_changes(before, facts, again), *_count_changes(before, people)]


def _fact_changes(before: Answer, facts: Facts, again: Again) -> list[dict[str, Any]]:
    concerned: dict[str, set[str]] = {}
    for duty in before.duties:
        for path in duty["facts_read"]:
            concerned.setdefault(path, set()).add(duty["jurisdiction"])
    found: list[tuple[bool, dict[str, Any]]] = []
    for path in sorted(set(concerned) - _FIXED):
        for value in _others(path, facts):
            after = again(with_fact(facts, path, value), concerned[path])
            effects = _effects(before, after, concerned[path])
            if effects:
                found.append((facts.value(path) != "unknown", _entry(((path, value),), facts, effects, before, after)))
    found += [(True, entry) for together in _TOGETHER if (entry := _joint(together, concerned, before, facts, again))]
    return [entry for _, entry in sorted(found, key=lambda pair: (pair[0], -len(pair[1]["duties"]), pair[1]["id"]))]


def _joint(together: tuple[tuple[str, str], ...], concerned: Mapping[str, set[str]], before: Answer, facts: Facts, again: Again) -> dict[str, Any] | None:
    moved = [(path, value) for path, value in together if facts.value(path) != value]
    where = set().union(*(concerned.get(path, set()) for path, _ in moved)) if len(moved) > 1 else set()
    if not where:
        return None
    then = facts
    for path, value in moved:
        then = with_fact(then, path, value)
    after = again(then, where)
    effects = _effects(before, after, where)
    return _entry(moved, facts, effects, before, after) if effects else None


def _others(path: str, facts: Facts) -> Iterable[str]:
    table, _, name = path.partition(".")
    if table == "determinations":
        choices: tuple[str, ...] = TRI
    else:
        choices = next(spec.metadata["choices"] for spec in TABLES[table].__dataclass_fields__.values() if spec.name == name)
    return [choice for choice in choices if choice not in ("unknown", facts.value(path))]


def with_fact(facts: Facts, path: str, value: Any) -> Facts:
    """The same facts with one of them changed."""
    table, _, name = path.partition(".")
    if table == "determinations":
        return replace(facts, determinations={**facts.determinations, name: value})
    return replace(facts, **{table: replace(getattr(facts, table), **{name: value})})


def _sentence(moved: Sequence[tuple[str, str]], facts: Facts) -> str:
    """The answer that would change something, and the question as the facts file asks it."""
    return "; and ".join(f"{value.replace('_', ' ').capitalize()} (now {_now(path, facts)}): {question(path)}" for path, value in moved)


def _now(path: str, facts: Facts) -> str:
    return str(facts.value(path)).replace("_", " ")


def _effects(before: Answer, after: Answer, where: set[str]) -> dict[str, list[str]]:
    old = {duty["id"]: duty["status"] for duty in before.duties if duty["jurisdiction"] in where}
    new = {duty["id"]: duty["status"] for duty in after.duties}
    moved: dict[str, list[str]] = {}
    for name in sorted({*old, *new}):
        was, now = old.get(name, "does_not_apply"), new.get(name, "does_not_apply")
        if (was != now and 3 in (_STANDING[was], _STANDING[now])) or {was, now} == {"may_apply", "does_not_apply"}:
            moved.setdefault(now, []).append(name)
    return moved


_WORDS = {"applies": "would apply", "may_apply": "would be open", "unknown": "would be open", "does_not_apply": "would not apply"}


def _entry(moved: Sequence[tuple[str, str]], facts: Facts, effects: Mapping[str, list[str]], before: Answer, after: Answer) -> dict[str, Any]:
    known = {duty["id"]: duty for duty in (*after.duties, *before.duties)}
    told = (f"{len(names)} {'duty' if len(names) == 1 else 'duties'} {_WORDS[status]} ({named([known[name] for name in names])})" for status, names in effects.items())
    return {
        "id": "change-" + "+".join(f"{path}-{value}" for path, value in moved),
        "change": _sentence(moved, facts),
        "effect": "; ".join(told),
        "duties": sorted(name for names in effects.values() for name in names),
        "facts": [{"fact": path, "value": value, "now": str(facts.value(path))} for path, value in moved],
    }


#: Places named in one sentence; the rest is a number.
_PLACES_NAMED = 4
_RECIPIENTS = {"cra": "consumer reporting agencies", "card_network": "card networks"}


def named(duties: Iterable[Mapping[str, Any]]) -> str:
    """
    Duties in words, by place: `Massachusetts: individuals, regulator x2; New York: individuals; 3 more places`.

    Args:
        duties: of an answer.
    """
    places: dict[str, Counter[str]] = {}
    for duty in duties:
        kind = _RECIPIENTS.get(duty["recipient_kind"], duty["recipient_kind"].replace("_", " "))
        places.setdefault(duty["jurisdiction_name"], Counter())[kind] += 1
    listed = [f"{place}: {', '.join(kind + (f' x{count}' if count > 1 else '') for kind, count in kinds.items())}" for place, kinds in places.items()]
    rest = len(listed) - _PLACES_NAMED
    return "; ".join([*listed[:_PLACES_NAMED], *([f"{rest} more {'place' if rest == 1 else 'places'}"] if rest > 0 else [])])


def _count_changes(before: Answer, people: Headcount) -> list[dict[str, Any]]:
    found = []
    rules = jurisdictions()
    for duty in before.duties:
        version = next((version for version in rules[duty["jurisdiction"]].versions if version.citation == duty["citation"]), None)
        rule = next((rule for rule in version.duties if duty["id"] == f"duty-{duty['jurisdiction']}-{rule.id}"), None) if version else None
        if rule is None or rule.count is None or duty["people"] is None or rule.count.n == 1 or rule.count.basis == "one_state":
            continue
        entry = _turning(duty, rule.count.least)
        if entry:
            found.append(entry)
    return found


def _turning(duty: Mapping[str, Any], least: int) -> dict[str, Any] | None:
    low, high = duty["people"]["low"] or 0, duty["people"]["high"]
    blocked_by_count_only = any("threshold" in sentence and sentence.endswith("no") for sentence in duty["why"])
    if duty["status"] == "does_not_apply" and not blocked_by_count_only:
        return None
    name = duty["jurisdiction_name"]
    if high is not None and high < least:
        change, effect = f"{int(least - high):,} more people protected in {name} ({least:,} in all)", "the duty would apply or be open"
    elif low >= least:
        change, effect = f"{int(low - least + 1):,} fewer people protected in {name} (fewer than {least:,})", "the duty would not apply"
    else:
        change, effect = f"a full count of the people in {name}: {least:,} or more, or fewer", "settles the duty"
    return {"id": f"change-count-{duty['id'].removeprefix('duty-')}", "change": change, "effect": effect, "duties": [duty["id"]], "facts": []}
