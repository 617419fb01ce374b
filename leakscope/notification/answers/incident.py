"""What happened to the data, as forms ask it."""

from __future__ import annotations

from leakscope.notification.answers.reading import Assessment, fact, moment, table

#: Kinds of incident that an organisation brings about itself, and those that come from outside unless somebody inside did it.
_OWN = ("misconfiguration", "loss", "misdirected", "publication", "improper_disposal")
_ATTACK = ("hacking", "ransomware", "theft")


def records(assessment: Assessment) -> tuple[str, str]:
    """How many records, and how sure that is."""
    population = assessment["sample"].get("population") or []
    total = sum(row["records"] for row in population)
    if total:
        return f"{total:,}", "exact" if all(row.get("basis") == "counted" for row in population) else "approximate"
    return f"at least {assessment['coverage']['records_collected']:,} (the evidence; the whole exposure is being established)", "to be determined"


def nature(assessment: Assessment) -> str | None:
    """Confidentiality, integrity, availability: which of them was lost."""
    facts = table(assessment, "exposure")
    shown = any(facts.get(name) == "yes" for name in ("access", "exfiltration", "lost", "posted")) or facts.get("recipients") in ("known", "trusted", "unknown_persons", "public")
    found = [word for word, held in (("confidentiality", shown), ("integrity", facts.get("altered") == "yes"), ("availability", facts.get("unavailable") == "yes")) if held]
    return ", ".join(found) or None


def exfiltrated(assessment: Assessment) -> str | None:
    """Whether the data were copied or taken."""
    return {"yes": "exfiltrated", "no": "not exfiltrated", "unknown": "not yet assessable"}.get(table(assessment, "exposure").get("exfiltration") or "unknown")


def cause(assessment: Assessment) -> str | None:
    """
    Internal or external, on purpose or not.

    The organisation's own mistake (a misconfiguration, a loss, a misdirected message) is internal although nobody
    inside meant it; whether an outsider used it is another question.
    """
    facts = table(assessment, "exposure")
    kind, insider = facts.get("kind"), facts.get("insider")
    inside = None
    if insider == "yes" or kind == "insider":
        inside = "internal"
    elif kind in _OWN:
        inside = f"internal, the organisation's own {str(kind).replace('_', ' ')}"
    elif insider == "no" and kind in _ATTACK:
        inside = "external"
    purpose = {"yes": "malicious", "no": "not malicious"}.get(facts.get("malicious") or "", "malicious use not known" if inside else "")
    return ", ".join(part for part in (inside, purpose) if part) or None


def when(assessment: Assessment) -> str | None:
    """From when until when."""
    start, end = moment("occurrence_start")(assessment), moment("occurrence_end")(assessment)
    return f"{start} to {end}" if start and end else (start and f"from {start}, end not known") or None


def dates(assessment: Assessment) -> str | None:
    """When it occurred, was discovered, and became known as a breach of personal data."""
    moments = (("occurred", when(assessment)), ("discovered", moment("discovery")(assessment)), ("aware", moment("awareness")(assessment)))
    return "; ".join(f"{name}: {text}" for name, text in moments if text) or None


def unintelligible(assessment: Assessment) -> str | None:
    """Whether the data can be read by those who have them."""
    facts = table(assessment, "exposure")
    if facts.get("encryption") == "encrypted":
        return {"safe": "yes: encrypted, key safe", "compromised": "no: the key is compromised"}.get(facts.get("key") or "", "encrypted; state of the key not known")
    return {"none": "no", "pseudonymised": "pseudonymised"}.get(facts.get("encryption") or "")


def availability(assessment: Assessment) -> str | None:
    """Whether the data were out of reach, and whether they are back."""
    facts = table(assessment, "exposure")
    return {"yes": f"unavailable; restored: {facts.get('restored', 'not known')}", "no": "available throughout"}.get(facts.get("unavailable") or "")


def other_parties_yes(assessment: Assessment) -> str | None:
    """Whether other controllers or processors are stated."""
    return "yes" if table(assessment, "incident").get("other_parties") else None


def dpo_designated(assessment: Assessment) -> str | None:
    """Whether a data protection officer is stated."""
    return "yes" if fact("contacts", "dpo_name")(assessment) else None
