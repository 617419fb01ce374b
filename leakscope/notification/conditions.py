"""The conditions that rules name, each answered from facts and people with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from leakscope.errors import CatalogueError
from leakscope.notification.elements import group
from leakscope.notification.facts import Facts
from leakscope.notification.headcount import reaches
from leakscope.notification.kleene import NO, UNKNOWN, YES, Kleene, any_of, known
from leakscope.notification.outcome import Outcome
from leakscope.notification.people import Profile, lives_in
from leakscope.notification.risk import disclosed, on_purpose
from leakscope.notification.rule import Count, Version
from leakscope.notification.setting import Setting
from leakscope.notification.thresholds import people_words


def fact(facts: Facts, path: str, words: str) -> Outcome:
    """A yes/no/unknown fact as a condition."""
    value = facts.tri(path)
    return Outcome(value, (f"{words}: {value}",), frozenset({path}), (path,) if value is UNKNOWN else ())


def _joined(facts: Facts, value: Kleene, paths: tuple[str, ...], words: str) -> Outcome:
    missing = tuple(path for path in paths if facts.value(path) in ("unknown", None)) if value is UNKNOWN else ()
    return Outcome(value, (f"{words}: {value}",), frozenset(paths), missing)


_TAKEN = ("exposure.exfiltration", "exposure.posted", "exposure.lost", "exposure.kind")


def acquired(facts: Facts) -> Outcome:
    """Somebody without authority came to hold the data; what was merely lost may lie where nobody finds it."""
    handed = known(facts.exposure.kind in ("misdirected", "publication", "theft"))
    mislaid = (facts.tri("exposure.lost") | known(facts.exposure.kind == "loss")) & UNKNOWN
    held = any_of((facts.tri("exposure.exfiltration"), facts.tri("exposure.posted"), handed, mislaid))
    return _joined(facts, held, _TAKEN, "unauthorised acquisition of the data")


def accessed(facts: Facts) -> Outcome:
    """Somebody without authority saw, reached or came to hold the data."""
    value = facts.tri("exposure.access") | acquired(facts).value
    return _joined(facts, value, ("exposure.access", *_TAKEN), "unauthorised access to the data")


def happened(facts: Facts) -> Outcome:
    """Confidentiality, integrity or availability of the data was lost."""
    value = disclosed(facts) | facts.tri("exposure.altered") | facts.tri("exposure.unavailable")
    paths = ("exposure.access", *_TAKEN, "exposure.altered", "exposure.unavailable")
    return _joined(facts, value, paths, "loss of confidentiality, integrity or availability")


def trigger(version: Version, facts: Facts) -> Outcome:
    """Whether what happened is what the version calls a breach."""
    means = version.trigger["means"]
    tests: Mapping[str, Callable[[], Outcome]] = {
        "acquisition": lambda: acquired(facts),
        "access": lambda: accessed(facts),
        "loss_or_access": lambda: accessed(facts),
        "disclosure": lambda: _joined(facts, disclosed(facts), ("exposure.access", *_TAKEN), "disclosure or loss of the data"),
        "acquisition_or_use": lambda: _joined(facts, acquired(facts).value | facts.tri("harm.misuse"), (*_TAKEN, "harm.misuse"), "acquisition or use of the data"),
        "any": lambda: happened(facts),
        "none": lambda: Outcome(NO, ("no general duty to notify",)),
    }
    if means not in tests:
        raise CatalogueError(f"there is no trigger called {means}")
    return tests[means]()


def medium(version: Version, facts: Facts) -> Outcome:
    """Whether the records' medium is covered: many laws protect computerised data only; evidence that was read as files is taken as such."""
    path, covers = "exposure.medium", version.trigger.get("paper_records")
    if covers is True or facts.exposure.medium != "paper":
        return Outcome(YES, (), frozenset() if covers is True else frozenset({path}))
    if covers is None:
        return Outcome(UNKNOWN, ("whether paper records are covered is not known to us",), frozenset({path}))
    return Outcome(NO, ("paper records are not covered",), frozenset({path}))


def readable(version: Version, facts: Facts) -> Outcome:
    """Whether the encryption safe harbour is open or lost with the key."""
    if not version.encryption.get("safe_harbour"):
        return Outcome(YES)
    paths = ("exposure.encryption", "exposure.key")
    encrypted = {"encrypted": YES, "none": NO, "pseudonymised": NO}.get(facts.exposure.encryption, UNKNOWN)
    key_lost = {"compromised": YES, "safe": NO}.get(facts.exposure.key, UNKNOWN)
    lost = version.encryption.get("lost_if_key_compromised")
    voids = key_lost if lost else (key_lost & UNKNOWN if lost is None else NO)
    value = ~encrypted | voids
    words = {YES: "the data were readable (not encrypted, or the key went with them)", NO: "encrypted and the key is safe: outside the duty", UNKNOWN: "open whether encryption protects the data"}
    missing = tuple(path for path in paths if facts.value(path) == "unknown") if value is UNKNOWN else ()
    return Outcome(value, (words[value],), frozenset(paths), missing)


_HARM = frozenset({"harm.misuse", "harm.misuse_likely", "harm.determination_documented"})


def harm(version: Version, facts: Facts) -> Outcome:
    """
    The harm test of a state statute.

    An exception excuses only when it is stated and documented; a test built into the definition must itself be met.
    Malicious taking of protected data is read as making misuse reasonably likely.
    """
    kind = version.harm_test.get("kind", "none")
    if kind == "none":
        return Outcome(YES)
    standard = str(version.harm_test.get("standard", "")).replace("_", " ")
    likely = facts.tri("harm.misuse") | facts.tri("harm.misuse_likely")
    if kind == "built_in":
        value = likely if likely is not UNKNOWN else (YES if on_purpose(facts) is YES and facts.harm.misuse_likely == "unknown" else UNKNOWN)
        value = NO if facts.harm.misuse_likely == "no" and facts.harm.misuse != "yes" else value
        missing = ("harm.misuse_likely",) if value is UNKNOWN else ()
        return Outcome(value, (f"harm test ({standard}): {value}",), _HARM | {"exposure.malicious"}, missing)
    excused = known(facts.harm.misuse_likely == "no" and facts.harm.misuse != "yes") & facts.tri("harm.determination_documented")
    if kind == "exception_inadvertent_only":
        excused = excused & facts.tri("exposure.inadvertent")
    filing = f"; {version.harm_test['filing']}" if version.harm_test.get("filing") else ""
    words = {YES: f"no exception established ({standard})", NO: f"excused after investigation ({standard}){filing}", UNKNOWN: f"the exception ({standard}) is claimed but not complete"}
    value = ~excused
    open_facts = tuple(path for path in ("harm.determination_documented", "exposure.inadvertent") if facts.value(path) == "unknown")
    return Outcome(value, (words[value],), _HARM | {"exposure.inadvertent"}, open_facts if value is UNKNOWN else ())


def _serious_harm(setting: Setting) -> Outcome:
    remedied, high = setting.facts.tri("harm.remedied"), setting.risk.high
    if remedied is YES:
        return Outcome(NO, ("remedial action means serious harm is no longer likely",), high.facts | {"harm.remedied"})
    return Outcome(high.value, tuple(f"serious harm, by the {sentence}" for sentence in high.why), high.facts | {"harm.remedied"}, high.missing)


def _high_risk(setting: Setting) -> Outcome:
    """High risk, less the measures that GDPR Art. 34(3)(a) and (b) accept."""
    measures, high = setting.facts.tri("harm.subsequent_measures"), setting.risk.high
    if measures is YES and high.value is not NO:
        return Outcome(NO, ("later measures make the high risk no longer likely",), high.facts | {"harm.subsequent_measures"})
    return Outcome(high.value, high.why, high.facts | {"harm.subsequent_measures"}, high.missing)


def _stated_exception(path: str, excused: str, standing: str) -> Callable[[Setting], Outcome]:
    def test(setting: Setting) -> Outcome:
        value = NO if setting.facts.tri(path) is YES else YES
        return Outcome(value, (excused if value is NO else standing,), frozenset({path}))

    return test


def _four_factors(setting: Setting) -> Outcome:
    """HIPAA presumes a breach unless a documented assessment of four factors demonstrates a low probability of compromise."""
    facts = setting.facts
    shown = facts.tri("harm.low_probability") is YES
    said = {
        "nature of the data": "health data with direct identifiers" if any(row.has(group("direct")) is YES for row in setting.rows) else "no direct identifiers",
        "who received them": facts.exposure.recipients.replace("_", " "),
        "acquired or viewed": str(accessed(facts).value),
        "mitigated": facts.exposure.recovered,
    }
    factors = "; ".join(f"{name}: {value}" for name, value in said.items())
    verdict = "a low probability of compromise was demonstrated" if shown else "breach presumed: no low probability of compromise demonstrated"
    return Outcome(NO if shown else YES, (f"{verdict} (four factors: {factors})",), frozenset({"harm.low_probability"}))


def _is(setting: Setting, words: str) -> Outcome:
    """A fact that must be one of several words: `regimes.hipaa=covered_entity|business_associate`."""
    path, _, wanted = words.partition("=")
    stated = setting.facts.value(path)
    value = UNKNOWN if stated in ("unknown", None) else known(stated in wanted.split("|"))
    return Outcome(value, (f"{path.partition('.')[2].replace('_', ' ')}: {str(stated).replace('_', ' ')}",), frozenset({path}), (path,) if value is UNKNOWN else ())


def _misuse_not_excluded(setting: Setting) -> Outcome:
    facts = setting.facts
    excused = known(facts.harm.misuse_likely == "no" and facts.harm.misuse != "yes")
    return Outcome(~excused, ("investigation: misuse is not likely" if excused is YES else "misuse is not excluded",), _HARM)


def _external(setting: Setting) -> Outcome:
    facts = setting.facts
    value = accessed(facts).value & ~facts.tri("exposure.insider")
    return _joined(facts, value, ("exposure.access", "exposure.exfiltration", "exposure.insider"), "access by somebody from outside")


def _here(row: Profile, setting: Setting) -> Kleene:
    return YES if setting.residence is None else lives_in(row.residence, setting.residence)


def _children(setting: Setting) -> Outcome:
    stated = setting.facts.tri("harm.children")
    seen = setting.people.keep(("children", setting.residence), lambda: any_of(row.child & _here(row, setting) for row in setting.rows))
    value = seen if seen is YES or stated is UNKNOWN else stated
    return Outcome(value, (f"children among the people: {value}",), frozenset({"harm.children"}), ("harm.children",) if value is UNKNOWN else ())


def _authority(setting: Setting) -> Outcome:
    ordered = setting.jurisdiction.id in setting.facts.ordered
    return Outcome(YES if ordered else UNKNOWN, (f"order of the authority: {'given' if ordered else 'it may order notice'}",), frozenset({"ordered"}), () if ordered else ("ordered",))


def _ransomware(setting: Setting) -> Outcome:
    kind = setting.facts.exposure.kind
    value = UNKNOWN if kind == "unknown" else known(kind == "ransomware")
    return Outcome(value, (f"ransomware: {value}",), frozenset({"exposure.kind"}), ("exposure.kind",) if value is UNKNOWN else ())


_CONDITIONS: Mapping[str, Callable[[Setting], Outcome]] = {
    "risk": lambda setting: setting.risk.any,
    "high_risk": _high_risk,
    "serious_harm": _serious_harm,
    "acquired": lambda setting: acquired(setting.facts),
    "malicious": lambda setting: _joined(setting.facts, on_purpose(setting.facts), ("exposure.malicious", "exposure.kind"), "malicious cause"),
    "external_access": _external,
    "children": _children,
    "authority": _authority,
    "ransomware": _ransomware,
    "misuse_not_excluded": _misuse_not_excluded,
    "low_probability_not_shown": _four_factors,
    "not_remedied": _stated_exception("harm.remedied", "measures effectively avoid the harm", "no measures that effectively avoid the harm"),
}


def condition(name: str, setting: Setting) -> Outcome:
    """
    The answer to a named condition: a word of the table above, `elements:GROUP`, `fact:TABLE.NAME`,
    `is:TABLE.NAME=WORD|WORD` or `determination:NAME`.

    Raises:
        CatalogueError: no condition has that name.
    """
    kind, _, rest = name.partition(":")
    if kind == "elements":
        return _elements(rest, setting)
    if kind == "determination":
        return fact(setting.facts, f"determinations.{rest}", rest.replace("_", " "))
    if kind == "is":
        return _is(setting, rest)
    if kind == "fact":
        return fact(setting.facts, rest, rest.partition(".")[2].replace("_", " "))
    if name not in _CONDITIONS:
        raise CatalogueError(f"there is no condition called {name}")
    return _CONDITIONS[name](setting)


def _elements(name: str, setting: Setting) -> Outcome:
    codes = group(name)
    found = setting.people.count(("group", name), lambda row: row.has(codes), setting.residence)
    value, _ = reaches(found, Count(op=">=", n=1))
    words = name.replace("_", " ")
    said = {YES: f"{words} data exposed of {people_words(found)}", NO: f"no {words} data among the people concerned", UNKNOWN: f"open whether {words} data are among the exposed"}
    return Outcome(value, (said[value],), frozenset())
