"""From law, facts and people to duties: who must be told, by when, why, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from leakscope.notification import clocks, conditions
from leakscope.notification.content import items
from leakscope.notification.facts import Facts
from leakscope.notification.headcount import Headcount, reaches
from leakscope.notification.kleene import NO, UNKNOWN, YES, known
from leakscope.notification.law import jurisdictions
from leakscope.notification.outcome import Outcome, both, either
from leakscope.notification.risk import Sensitivity, assess, perhaps, sensitivity
from leakscope.notification.rule import Count, Deadline, DutyRule, Jurisdiction, Version
from leakscope.notification.scope import EEA, addressed, ask, leading, nexus, regime, seated_in
from leakscope.notification.setting import Setting
from leakscope.notification.thresholds import counted, covered_count, people_words, where_words

STATUS = ("applies", "may_apply", "unknown", "does_not_apply")
_MUST_EXIST = Count(op=">=", n=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The duties of all jurisdictions with a connection to the case, and the questions that stay."""

    duties: tuple[dict[str, Any], ...]
    questions: tuple[dict[str, Any], ...]


def answer(people: Headcount, facts: Facts, on: date, *, only: Iterable[str] | None = None, proposed: frozenset[str] = frozenset()) -> Answer:
    """
    Every duty that applies, may apply or was considered and does not, under the law of a day.

    Args:
        people: the people of the case.
        facts: the facts.
        on: day whose law counts.
        only: ids of jurisdictions to look at; null for all.
        proposed: ids of those whose proposed version counts, to see what it would change.

    Returns:
        Duties with the earliest deadline first, then by status; questions in the order of jurisdictions.
    """
    wanted = None if only is None else set(only)
    duties: list[dict[str, Any]] = []
    questions: list[dict[str, Any]] = []
    for row in jurisdictions().values():
        if wanted is None or row.id in wanted:
            found, asked = evaluate(row, people, facts, on, proposed=row.id in proposed)
            duties += found
            questions += asked
    return Answer(duties=tuple(sorted(duties, key=in_order)), questions=tuple(questions))


def in_order(duty: Mapping[str, Any]) -> tuple[Any, ...]:
    """Sort key of duties: the earliest deadline first, then the shortest limit, then by status; those that do not apply last."""
    instant, hours = duty["deadline"]["instant"], duty["deadline"]["hours"]
    return (duty["status"] == "does_not_apply", instant is None, instant or "", hours is None, hours or 0, STATUS.index(duty["status"]), duty["id"])


def evaluate(row: Jurisdiction, people: Headcount, facts: Facts, on: date, *, proposed: bool) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The duties of one jurisdiction, as `answer` gives them, and what it asks."""
    bound = regime(row, facts)
    near = nexus(row, people, facts)
    if bound.value is NO or (near.value is NO and not near.why):
        return [], []
    if bound.value is UNKNOWN:
        return [], ask(row, people, facts)
    if near.value is UNKNOWN and row.scope.basis == "residents":
        return [], []
    version = row.at(on, proposed=proposed)
    if version is None:
        later = row.upcoming(on)
        return ([_not_yet(row, later, rule, on) for rule in later.duties] if later else []), []
    if version.status == "no_general_duty":
        return [_no_duty(row, version)], []
    return _duties(row, version, both((near, bound)), people, facts), []


def _duties(row: Jurisdiction, version: Version, near: Outcome, people: Headcount, facts: Facts) -> list[dict[str, Any]]:
    everybody = row.scope.basis in ("regime", "establishment") or (row.scope.basis in ("territorial", "member_state") and seated_in(row, facts) is YES)
    where = None if everybody else row.scope.residence
    rows = (*people.rows_in(where, sure=True), *people.rows_in(where, sure=False))
    affected = covered_count(people, version, where)
    setting = Setting(
        jurisdiction=row, version=version, facts=facts, people=people, everybody=everybody, rows=rows, affected=affected, risk=assess(rows, affected, facts, classes=_classes(people, where))
    )
    common = (near, *_limits(row, facts), conditions.trigger(version, facts), conditions.medium(version, facts), conditions.readable(version, facts), _anybody(setting))
    told_by: datetime | None = None
    found = []
    for rule in sorted(version.duties, key=lambda item: item.id != "individuals"):
        duty = _duty(rule, setting, common, told_by)
        if duty is None:
            continue
        if rule.id == "individuals" and duty["deadline"]["instant"]:
            told_by = datetime.fromisoformat(duty["deadline"]["instant"])
        found.append(duty)
    return found


def _classes(people: Headcount, where: tuple[str, ...] | None) -> Callable[[Facts], Sensitivity]:
    """The sensitivity of what was exposed of the people in a place, worked out once for the facts it depends on."""

    def look(facts: Facts) -> Sensitivity:
        key = ("sensitivity", where, facts.exposure.special_insight, facts.exposure.password_hashing)
        return people.keep(key, lambda: perhaps(sensitivity(people.rows_in(where, sure=True), facts), sensitivity(people.rows_in(where, sure=False), facts)))

    return look


def _limits(row: Jurisdiction, facts: Facts) -> list[Outcome]:
    bound = [conditions.fact(facts, path, f"{row.name} binds you ({path.partition('.')[2].replace('_', ' ')})") for path in (row.scope.only,) if path]
    exempt = (path for path in row.scope.exempt if facts.value(path) not in ("no", "unknown"))
    return [*bound, *(Outcome(NO, (f"exempt in {row.name} as {path.partition('.')[2]}",), frozenset({path})) for path in exempt)]


def _anybody(setting: Setting) -> Outcome:
    value, _ = reaches(setting.affected, _MUST_EXIST)
    where = "" if setting.everybody else f" among residents of {setting.jurisdiction.name}"
    among = where_words(setting)
    protected = "protected data elements" if setting.version.with_name is not None else "data that the rules protect" if setting.version.data else "personal data"
    said = {YES: f"{protected} of {people_words(setting.affected)}{among}", NO: f"no {protected}{where}", UNKNOWN: f"no {protected} seen for certain{where}; {people_words(setting.affected)}"}
    return Outcome(value, (said[value],), frozenset())


def _role(rule: DutyRule, setting: Setting) -> Outcome:
    role = setting.facts.incident.role
    if setting.jurisdiction.scope.regime == "hipaa":
        role = {"covered_entity": "controller", "business_associate": "processor"}.get(setting.facts.regimes.hipaa, role)
    read = frozenset({"incident.role"})
    if setting.jurisdiction.scope.basis == "regime" and rule.recipient_kind != "controller" and setting.jurisdiction.scope.regime != "hipaa":
        return Outcome(YES)
    if role == "unknown":
        return Outcome(UNKNOWN, ("open whether you decide on the data or hold them for others",), read, ("incident.role",))
    mine = (role == "processor") == (rule.recipient_kind == "controller")
    said = "you hold the data for others: you owe notice to them" if role == "processor" else "you decide on the data"
    if not mine:
        said = "the one who decides on the data owes this, not the processor" if role == "processor" else "owed by processors only"
    return Outcome(known(mine), (said,), read)


def _duty(rule: DutyRule, setting: Setting, common: tuple[Outcome, ...], told_by: datetime | None) -> dict[str, Any] | None:
    role = _role(rule, setting)
    if rule.recipient_kind == "controller" and role.value is not YES:
        return None
    lead = addressed(rule, setting.jurisdiction, setting.facts)
    if lead is not None and lead.value is not YES:
        return None
    parts = [role, *common]
    if lead is not None:
        parts.append(lead)
    if rule.recipient_kind != "controller":
        parts += [conditions.harm(setting.version, setting.facts), *_own(rule, setting)]
    outcome = both(parts)
    held = setting.version.law_enforcement_delay and setting.facts.law_enforcement.hold == "yes" and rule.recipient_kind != "controller"
    limit = _limit(rule, setting, told_by, held) if outcome.value is not NO else _no_limit(rule)
    return _assemble(rule, setting, outcome, limit, _why(parts, outcome))


def _own(rule: DutyRule, setting: Setting) -> list[Outcome]:
    reached = counted(rule.count, setting) if rule.count else None
    parts = [conditions.condition(name, setting) for name in rule.all_of]
    if rule.any_of:
        parts.append(either(reached if name == "count" and reached else conditions.condition(name, setting) for name in rule.any_of))
    if reached and "count" not in rule.any_of:
        parts.append(reached)
    return parts


def _why(parts: list[Outcome], outcome: Outcome) -> list[str]:
    if outcome.value is NO:
        return list(outcome.why)
    open_first = sorted(parts, key=lambda part: part.value is YES)
    return list(dict.fromkeys(sentence for part in open_first for sentence in part.why if sentence))


def _recipient(rule: DutyRule, setting: Setting) -> str:
    public = "disproportionate_effort_public_communication" in setting.version.extras.get("art34_exemptions", ())
    if public and rule.recipient_kind == "individuals" and setting.facts.harm.disproportionate_effort == "yes":
        return "the public, instead of each person (Art. 34(3)(c))"
    if setting.jurisdiction.id != EEA or rule.recipient_kind != "regulator":
        return rule.recipient
    seats = leading(setting.facts)
    named = [row for row in jurisdictions().values() if row.scope.basis == "member_state" and row.scope.establishment[0] in seats]
    if not named:
        outside = seated_in(setting.jurisdiction, setting.facts) is NO
        return "the authority of each affected member state, listed one by one" if outside else rule.recipient
    authorities = [f"{row.versions[0].duties[-1].recipient} ({row.name})" for row in named]
    if len(authorities) == 1:
        return f"{authorities[0]}, lead supervisory authority" if len(setting.facts.incident.establishments or ()) > 1 else authorities[0]
    return f"lead supervisory authority, one of: {', '.join(authorities)} (state the main establishment)"


def _limit(rule: DutyRule, setting: Setting, told_by: datetime | None, held: bool) -> dict[str, Any]:
    limit = clocks.deadline(rule.deadline, setting.jurisdiction, setting.facts, told_by=told_by, held=held)
    if rule.below is None or rule.below.days_after_year_end is None:
        return limit
    reached, _ = reaches(setting.affected, rule.below)
    start = clocks.started(rule.deadline.start or "discovery", setting.facts.clocks).instant
    if reached is not NO or start is None:
        return limit if reached is YES else {**limit, "text": f"{limit['text']}; {rule.below.text}"}
    later = clocks.after_year_end(start, rule.below.days_after_year_end, setting.jurisdiction)
    return {**limit, "instant": later.isoformat().replace("+00:00", "Z"), "text": rule.below.text}


def _no_limit(rule: DutyRule) -> dict[str, Any]:
    return {"instant": None, "time_zone": None, "from": rule.deadline.start, "starts": None, "text": "none", "calendar": None, "outer_limit": rule.deadline.outer_limit, "hours": None, "missing": None, "provisional": False}


def _status(outcome: Outcome, rule: DutyRule) -> str:
    if outcome.value is YES:
        return "applies"
    if outcome.value is NO:
        return "does_not_apply"
    judged = any(name.startswith("determination:") or name == "authority" for name in (*rule.all_of, *rule.any_of))
    only_judgement = judged and outcome.missing and all(path.startswith("determinations.") or path == "ordered" for path in outcome.missing)
    return "unknown" if only_judgement else "may_apply"


def _confidence(rule: DutyRule, version: Version) -> dict[str, Any]:
    return version.confidence.to_dict(level=rule.confidence, note=rule.note)


def _assemble(rule: DutyRule, setting: Setting, outcome: Outcome, limit: dict[str, Any], why: list[str]) -> dict[str, Any]:
    row, version = setting.jurisdiction, setting.version
    clock = limit.pop("missing")
    missing = tuple(dict.fromkeys((*outcome.missing, *((clock,) if clock else ()))))
    confidence = _confidence(rule, version)
    if version.counting_is_no_reason_to_wait and outcome.value is not NO:
        why.append("an unfinished count is no reason to wait: tell what is known, complete later")
    if version.extras.get("phased_information") and rule.recipient_kind == "regulator" and outcome.value is not NO:
        why.append("information may follow in phases (Art. 33(4)); a first notice need not be complete")
    if outcome.value is NO and version.retain_reasons_years:
        why.append(f"keep the reasons for {version.retain_reasons_years} years")
    if confidence["unverified"]:
        why.append("unverified: check before relying")
    return {
        "id": f"duty-{row.id}-{rule.id}",
        "jurisdiction": row.id,
        "jurisdiction_name": row.name,
        "instrument": version.regime,
        "recipient_kind": rule.recipient_kind,
        "recipient": _recipient(rule, setting),
        "status": _status(outcome, rule),
        "probability": outcome.probability if outcome.value is UNKNOWN else None,
        "why": why,
        "deadline": limit,
        "content": list(items(rule.content, version)),
        "citation": version.citation,
        "in_force": {"from": version.start.isoformat() if version.start else None, "to": version.end.isoformat() if version.end else None},
        "confidence": confidence,
        "missing_facts": list(missing),
        "people": setting.affected.to_dict(),
        "facts_read": sorted(outcome.facts),
    }


def _bare(row: Jurisdiction, version: Version, rule: DutyRule, why: str) -> dict[str, Any]:
    return {
        "id": f"duty-{row.id}-{rule.id}",
        "jurisdiction": row.id,
        "jurisdiction_name": row.name,
        "instrument": version.regime,
        "recipient_kind": rule.recipient_kind,
        "recipient": rule.recipient,
        "status": "does_not_apply",
        "probability": None,
        "why": [why, *(["unverified: check before relying"] if version.confidence.unverified else [])],
        "deadline": {key: value for key, value in _no_limit(rule).items() if key != "missing"},
        "content": [],
        "citation": version.citation,
        "in_force": {"from": version.start.isoformat() if version.start else None, "to": version.end.isoformat() if version.end else None},
        "confidence": _confidence(rule, version),
        "missing_facts": [],
        "people": None,
        "facts_read": [],
    }


def _not_yet(row: Jurisdiction, version: Version, rule: DutyRule, on: date) -> dict[str, Any]:
    when = f"in force from {version.start.isoformat()}" if version.start else "not yet in force, day not fixed"
    return _bare(row, version, rule, f"{when}; the law of {on.isoformat()} was asked for")


def _no_duty(row: Jurisdiction, version: Version) -> dict[str, Any]:
    rule = DutyRule(id="none", recipient_kind="regulator", recipient="no authority", deadline=Deadline())
    note = f" ({version.confidence.note})" if version.confidence.note else ""
    return _bare(row, version, rule, f"no general duty to notify in {row.name}{note}")


