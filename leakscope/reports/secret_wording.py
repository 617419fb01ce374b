"""What is said of secrets, the same in every form: how many, in what state, where they stood, whose they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from leakscope.reports.wording import counted, interval, number
from leakscope.safety.escape import plain

#: Services that one secret names; more are only counted.
SERVICES_SHOWN = 3


def secrets_sentence(assessment: Mapping[str, Any]) -> str:
    """How many distinct secrets, how grave, and how many look live."""
    secrets = assessment["secrets"]
    levels = [(level, sum(1 for row in secrets if row["severity"] == level)) for level in ("critical", "high", "medium", "low")]
    grave = ", ".join(f"{count:,} {level}" for level, count in levels if count)
    live = sum(1 for row in secrets if row["status"] == "looks_live" or row["environment"] == "live")
    return f"{len(secrets):,} distinct: {grave}; {live:,} {'looks' if live == 1 else 'look'} live" if secrets else "none found in what was examined"


def secret_state(row: Mapping[str, Any]) -> str:
    """Whether a secret is live, in a word or two: what its form says, else what its status says."""
    return str(row["environment"] if row["environment"] != "unknown" else row["status"]).replace("_", " ")


def secret_kinds(secrets: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """
    Secrets of one kind, severity and state as one row: `kind, severity, state, count`, and of the most dangerous of them `preview,
    exposes, revoke, console`.

    Args:
        secrets: the rotation sheet, most dangerous first; the kinds keep that order.
    """
    kinds: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in secrets:
        which = row["kind"], row["severity"], secret_state(row)
        said = {name: row.get(name) for name in ("preview", "exposes", "revoke", "console")}
        known = kinds.setdefault(which, {**dict(zip(("kind", "severity", "state"), which, strict=True)), "count": 0, **said})
        known["count"] += 1
    return list(kinds.values())


#: Where a secret stood, in words, in the order of telling; the keys are those of `secrets[].places`.
_STOOD = {"user_messages": "messages of users", "answers": "answers", "system_prompts": "system prompts", "tool_calls": "tool calls", "elsewhere": "logs, settings or tables"}


def stood_in(row: Mapping[str, Any]) -> str:
    """Where one secret stood, each place with its number of records: "messages of users (5), system prompts (1)"."""
    places = row.get("places") or {}
    return ", ".join(f"{words} ({number(places[name])})" for name, words in _STOOD.items() if places.get(name))


def whose_sentences(assessment: Mapping[str, Any]) -> list[str]:
    """Whose the secrets are and in which chats, as far as the evidence tells; empty where it tells nothing."""
    rows = [row for row in assessment["secrets"] if row.get("places")]
    written, prompts = ([row for row in rows if row["places"].get(place)] for place in ("user_messages", "system_prompts"))
    own = [row for row in rows if row.get("owner_basis") == "linked"]
    said = []
    if written:
        people = len({row["owner_person"] for row in written if row["owner_person"]} | {row["id"] for row in written if not row["owner_person"]})
        chats = max(sum(row["conversations"] for row in written), 1)
        also = sum(1 for row in written if row["places"].get("elsewhere"))
        said.append(
            f"{counted(len(written), 'secret')} {'was' if len(written) == 1 else 'were'} written into {counted(chats, 'conversation')} by at least {counted(people, 'person', 'people')}: "
            "tell them, where it is theirs" + (f" ({number(also)} also stood elsewhere)" if also else "")
        )
    if prompts:
        said.append(f"{counted(len(prompts), 'secret')} stood in system prompts: every user of that prompt may have had it")
    if own:
        people = max(len({row["owner_person"] for row in own if row["owner_person"]}), max(row["people"] for row in own))
        said.append(f"{counted(len(own), 'secret')} {'is' if len(own) == 1 else 'are'} part of the data of {counted(people, 'person', 'people')} (passwords, sessions): reset {'it' if len(own) == 1 else 'them'} there and tell them")
    return said


def secrets_in_all(assessment: Mapping[str, Any]) -> str | None:
    """Distinct secrets of the whole exposure, where the sample allows a number."""
    exposure = assessment["sample"].get("secrets_exposure")
    return interval(exposure, unit="distinct secrets") if exposure and assessment["secrets"] else None


def whose(row: Mapping[str, Any]) -> str:
    """Whose one secret is, where the evidence tells: who wrote it, whose data it is part of, or who alone stood there; empty where nobody is named."""
    if not row.get("people"):
        return ""
    who = row["owner_person"] or counted(row["people"], "person", "people")
    return {"linked": f"part of the data of {who}", "author": f"written by {who}", "alone": f"only {who} in its records"}.get(row["owner_basis"], "")


def seen_in(row: Mapping[str, Any]) -> str:
    """In how many records one secret was seen, of which services, and when: whom to ask for it, and where to look in the logs."""
    services = [plain(name) for name in row.get("services") or ()]
    named = ", ".join(services[:SERVICES_SHOWN]) + (f" and {len(services) - SERVICES_SHOWN} more services" if len(services) > SERVICES_SHOWN else "")
    days = list(dict.fromkeys(str(row[name])[:10] for name in ("first_seen", "last_seen") if row.get(name)))
    return counted(row["records"], "record") + (f" of {named}" if named else "") + (f", {' to '.join(days)}" if days else "")
