"""
Risk and high risk to people, as data protection law asks, apart from any severity score.

The rule weighs what could be done with the data (four classes), who has them, and what was lost or altered.
It follows the factors of GDPR recitals 75, 76 and 85 and of EDPB Guidelines 9/2022 (type of breach, nature and
volume of data, ease of identification, consequences, special characteristics of people, numbers), with a
trusted recipient lowering likelihood as those guidelines say.
It works in three-valued logic: a fact nobody stated leaves the answer open, never closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from leakscope.model import Estimate
from leakscope.notification.elements import group
from leakscope.notification.facts import Facts
from leakscope.notification.headcount import reaches
from leakscope.notification.kleene import NO, UNKNOWN, YES, Kleene, any_of, known
from leakscope.notification.outcome import Outcome
from leakscope.notification.people import Profile
from leakscope.notification.rule import Count

#: At most this many people is "few": a slip between known persons (EDPB 01/2021 judges such cases by their smallness).
FEW = 10
#: From this many people a loss into unknown hands weighs more, even of ordinary identity data.
MANY = 1000
#: An outage this short is no risk of itself; longer ones are (EDPB 01/2021 sets hours against days).
SHORT_OUTAGE_HOURS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """
    What could be done with the exposed data, as nested classes: each implies the ones before it.

    Args:
        ordinary: says something about an identified person.
        profile: enough to impersonate or to know the person (name with birth date, documents, working life ...).
        grave: special categories, national numbers, credentials, payment and financial data.
        special: special categories (Art. 9, 10) that tell something substantial.
    """

    ordinary: Kleene
    profile: Kleene
    grave: Kleene
    special: Kleene


def sensitivity(rows: Iterable[Profile], facts: Facts) -> Sensitivity:
    """The worst class among the people concerned; looks no further once it cannot get worse."""
    worst = Sensitivity(ordinary=NO, profile=NO, grave=NO, special=NO)
    kinds = {(row.certain, row.possible) for row in rows}
    for certain, possible in sorted(kinds, key=lambda kind: (-len(kind[0]), -len(kind[1]))):
        if (worst.grave if facts.exposure.special_insight == "low" else worst.special) is YES:
            break
        worst = _worse(worst, _classes(Profile(None, certain, possible, 1), facts))
    return worst


def perhaps(sure: Sensitivity, possible: Sensitivity) -> Sensitivity:
    """The worst class of certain people together with people who may not be concerned at all."""
    return _worse(sure, Sensitivity(ordinary=possible.ordinary & UNKNOWN, profile=possible.profile & UNKNOWN, grave=possible.grave & UNKNOWN, special=possible.special & UNKNOWN))


def _worse(one: Sensitivity, other: Sensitivity) -> Sensitivity:
    return Sensitivity(ordinary=one.ordinary | other.ordinary, profile=one.profile | other.profile, grave=one.grave | other.grave, special=one.special | other.special)


def _classes(row: Profile, facts: Facts) -> Sensitivity:
    names_somebody = row.has(group("direct"))
    seen_special = row.has(group("special"))
    insight = facts.exposure.special_insight
    special = seen_special & (NO if insight == "low" else YES)
    hashes = row.has(("password_hash",))
    weak_hash = hashes & {"strong_salted": NO, "weak": YES, "none": YES}.get(facts.exposure.password_hashing, UNKNOWN)
    grave = special | row.has(group("grave")) | weak_hash
    told = sorted(group("profile"))
    several = _at_least(row, told, 2) | (row.has(("date_of_birth",)) & row.has(("postal_address", "birth_place", "mothers_maiden_name")))
    profile = grave | (names_somebody & (several | (_at_least(row, told, 1) & _at_least(row, ("email_personal", "email_work", "phone", "postal_address"), 2))))
    silent = group("technical") | {"password_hash"}
    other = known(bool(row.certain - silent)) | (UNKNOWN if row.possible - silent else NO)
    return Sensitivity(ordinary=profile | other, profile=profile, grave=grave, special=special)


def _at_least(row: Profile, codes: Iterable[str], n: int) -> Kleene:
    wanted = set(codes)
    if len(wanted & row.certain) >= n:
        return YES
    return UNKNOWN if len(wanted & (row.certain | row.possible)) >= n else NO


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """Whether a risk is likely, and whether a high one is, with reasons."""

    any: Outcome
    high: Outcome


_READ = frozenset(
    f"exposure.{name}"
    for name in ("kind", "access", "exfiltration", "lost", "posted", "encryption", "key", "recipients", "recovered", "malicious", "altered", "unavailable", "restored", "outage_hours", "care_disrupted", "password_hashing", "special_insight")
) | {"harm.misuse", "harm.vulnerable_people"}


def unintelligible(facts: Facts) -> Kleene:
    """Encrypted with the key safe: nobody can read the data."""
    state, key = facts.exposure.encryption, facts.exposure.key
    encrypted = {"encrypted": YES, "none": NO, "pseudonymised": NO}.get(state, UNKNOWN)
    return encrypted & {"safe": YES, "compromised": NO}.get(key, UNKNOWN)


def on_purpose(facts: Facts) -> Kleene:
    """Whether it was done on purpose; an attack or a theft is, unless somebody says otherwise."""
    stated = facts.tri("exposure.malicious")
    return YES if stated is UNKNOWN and facts.exposure.kind in ("hacking", "ransomware", "theft") else stated


def disclosed(facts: Facts) -> Kleene:
    """Data came to, or lie open to, somebody who should not have them."""
    shown = any_of(facts.tri(f"exposure.{name}") for name in ("access", "exfiltration", "lost", "posted"))
    handed = facts.exposure.recipients in ("trusted", "known", "unknown_persons", "public")
    return shown | known(handed or facts.exposure.kind in ("theft", "loss", "misdirected", "publication"))


def assess(rows: tuple[Profile, ...], people: Estimate, facts: Facts, *, classes: Callable[[Facts], Sensitivity] | None = None) -> Risk:
    """
    Risk and high risk to the people in `rows`.

    Args:
        rows: profiles of the people concerned.
        people: how many the exposure holds.
        facts: the facts of the incident.
        classes: gives the sensitivity of `rows`, when it was worked out before.
    """
    what = classes(facts) if classes else sensitivity(rows, facts)
    confidentiality = _confidentiality(what, people, facts)
    availability = _availability(what, facts)
    integrity = _integrity(what, facts)
    branches = (("confidentiality", confidentiality), ("availability", availability), ("integrity", integrity))
    return Risk(
        any=_outcome(any_of(pair[0] for _, pair in branches), [name for name, pair in branches if pair[0] is YES], "risk", what, facts),
        high=_outcome(any_of(pair[1] for _, pair in branches), [name for name, pair in branches if pair[1] is YES], "high risk", what, facts),
    )


def _confidentiality(what: Sensitivity, people: Estimate, facts: Facts) -> tuple[Kleene, Kleene]:
    malicious, misuse, recovered = on_purpose(facts), facts.tri("harm.misuse"), facts.tri("exposure.recovered")
    named = {"trusted": YES, "known": YES, "nobody": NO, "unknown_persons": NO, "public": NO}.get(facts.exposure.recipients, UNKNOWN)
    trusted = {"unknown": UNKNOWN, "trusted": YES}.get(facts.exposure.recipients, NO)
    posted = facts.tri("exposure.posted")
    benign = named & ~malicious & ~posted
    contained = benign & recovered
    few, many = ~reaches(people, Count(op=">", n=FEW))[0], reaches(people, Count(op=">=", n=MANY))[0]
    open_to_others = disclosed(facts) & ~unintelligible(facts)
    mild = (trusted & contained) | (contained & ~what.grave) | (benign & few & ~what.profile)
    risk = open_to_others & (misuse | (what.ordinary & ~mild))
    grave = what.grave & ~contained
    targeted = what.profile & (malicious | posted | (many & ~benign))
    return risk, open_to_others & (misuse | grave | targeted)


def _availability(what: Sensitivity, facts: Facts) -> tuple[Kleene, Kleene]:
    gone, restored, hours = facts.tri("exposure.unavailable"), facts.tri("exposure.restored"), facts.exposure.outage_hours
    short = known(hours <= SHORT_OUTAGE_HOURS) if hours is not None else (NO if restored is NO else UNKNOWN)
    felt = gone & ~(restored & short)
    care = facts.tri("exposure.care_disrupted")
    vulnerable = facts.tri("harm.vulnerable_people")
    lasting = felt & (what.special & (care | vulnerable | ~restored | known(hours is not None and hours > SHORT_OUTAGE_HOURS)))
    return felt & what.ordinary | (gone & care), lasting | (felt & care)


def _integrity(what: Sensitivity, facts: Facts) -> tuple[Kleene, Kleene]:
    standing = facts.tri("exposure.altered") & ~facts.tri("exposure.restored")
    return standing & what.ordinary, standing & what.special


def _outcome(value: Kleene, branches: list[str], name: str, what: Sensitivity, facts: Facts) -> Outcome:
    missing = tuple(sorted(fact for fact in _READ if facts.value(fact) in ("unknown", None) and _relevant(fact, facts))) if value is UNKNOWN else ()
    said = {YES: f"{name} to people: likely ({', '.join(branches)}; {_class(what)})", NO: f"{name} to people: not likely ({_class(what)}; {_containment(facts)})", UNKNOWN: f"{name} to people: open until more is known ({_class(what)})"}
    return Outcome(value, (said[value],), _READ, missing)


def _relevant(fact: str, facts: Facts) -> bool:
    if fact == "exposure.key":
        return facts.exposure.encryption in ("encrypted", "unknown")
    if fact in ("exposure.outage_hours", "exposure.restored", "exposure.care_disrupted"):
        return "yes" in (facts.exposure.unavailable, facts.exposure.altered) and not (fact == "exposure.outage_hours" and facts.exposure.restored == "no")
    return fact not in ("exposure.kind", "exposure.password_hashing", "exposure.special_insight", "harm.vulnerable_people")


def _class(what: Sensitivity) -> str:
    if what.special is YES:
        return "special categories of data"
    if what.grave is YES:
        return "data that enable fraud or reveal finances or communications"
    if what.profile is YES:
        return "identity data that make a profile"
    return "ordinary data" if what.ordinary is YES else "identifiers that tell a stranger nothing"


def _containment(facts: Facts) -> str:
    if unintelligible(facts) is YES:
        return "encrypted, key safe"
    if facts.exposure.recovered == "yes":
        return "recipients known, copies recovered"
    return "no lasting loss of confidentiality, integrity or availability" if disclosed(facts) is NO else "limited disclosure"
