"""A hand-made assessment in the shape of the main case: an open log table of an AI company; everything in it is invented."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from leakscope.model import Basis, Estimate
from leakscope.schema import FINDINGS, INDIVIDUALS, PERSON_ELEMENTS, SECRETS, conform
from leakscope.severity import assess
from leakscope.vocabulary import elements, entities

NOW = datetime(2026, 2, 3, 9, 30, tzinfo=UTC)
FIRST_DAY, DAYS = date(2026, 1, 12), 16


_PLACES = {"user_messages": 0, "answers": 0, "system_prompts": 0, "tool_calls": 0, "elsewhere": 1}
_LOGGED = {"places": _PLACES, "conversations": 0, "people": 0, "owner_person": None, "owner_basis": None}
_WRITTEN = {"places": {**_PLACES, "user_messages": 2}, "conversations": 2, "people": 1, "owner_person": "person-0123456789abcdef", "owner_basis": "author"}


def estimate(value: float | None, low: float | None = None, high: float | None = None, *, method: str = "counted", basis: str = "exact") -> dict[str, Any]:
    """An estimate as the assessment holds it; without bounds an exact count."""
    return {"value": value, "low": value if low is None else low, "high": value if high is None else high, "level": 0.95, "method": method, "basis": basis}


#: element, entity, people, values a person, records, distinct values, confidence
_EXPOSED = (
    ("unique_id", "ONLINE_IDENTIFIER", 1840, 2, 15211, 3120, 0.99),
    ("ip_address", "IP_ADDRESS", 1502, 3, 9120, 2304, 0.93),
    ("chat_or_email_content", "CHAT_CONTENT", 1311, 7, 6044, 9877, 0.97),
    ("email_personal", "EMAIL_ADDRESS", 742, 1, 1033, 760, 0.99),
    ("full_name", "PERSON", 498, 1, 801, 512, 0.86),
    ("phone", "PHONE_NUMBER", 207, 1, 260, 211, 0.91),
    ("postal_address", "POSTAL_ADDRESS", 61, 1, 77, 61, 0.82),
    ("diagnosis_history", "TOPIC_HEALTH", 44, 2, 96, 96, 0.81),
    ("financial_situation", "TOPIC_FINANCE", 37, 1, 58, 58, 0.79),
    ("workplace_confidential", "TOPIC_WORKPLACE", 88, 2, 190, 190, 0.8),
    ("payment_card_number", "CREDIT_CARD", 26, 1, 31, 27, 0.99),
    ("payment_card_code", "CREDIT_CARD_CVV", 9, 1, 9, 9, 0.9),
    ("ssn", "US_SSN", 14, 1, 17, 14, 0.95),
    ("bank_account", "IBAN_CODE", 33, 1, 40, 34, 0.99),
    ("password_plain", "CREDENTIAL_PASSWORD", 52, 1, 66, 52, 0.84),
)
PEOPLE = 1902


def person(number: int) -> str:
    """Pseudonym of an invented individual."""
    return f"person-{number:04x}{'0' * 20}"


def person_elements() -> pl.DataFrame:
    """Schema PERSON_ELEMENTS: each element held by the first so many people, shifted, so that combinations vary."""
    rows = []
    for shift, (element, entity, people, values, _, _, confidence) in enumerate(_EXPOSED):
        for number in range(people):
            who = (number + (shift * 37 if people < 1000 else 0)) % PEOPLE
            place = {"source": "log_stream.ndjson", "record": who * 7, "field": "string.values[message]", "role": "own"}
            rows.append({"person": person(who), "element": element, "entity": entity, "confidence": confidence, "findings": values, "values": values, **place})
    return conform(pl.DataFrame(rows), PERSON_ELEMENTS)


def individuals() -> pl.DataFrame:
    """Schema INDIVIDUALS."""
    places = ("DE", "US-CA", None, "US-TX", "FR", "GB", "US-NY", None, "BR", "IN")
    start = datetime(2026, 1, 12, tzinfo=UTC)
    rows = [
        {
            "person": person(number), "kind": "identified" if number < 900 else "identifiable", "role": "account_holder", "counted": True, "reason": None,
            "residence": places[number % len(places)], "residence_basis": "phone_prefix", "residence_confidence": 0.8, "controller": None, "child": None,
            "records": 8, "elements": 3, "first_seen": start, "last_seen": start + timedelta(days=number % 16), "conflict": False, "confidence": 0.97,
            "label": "m***@***.com",
        }
        for number in range(PEOPLE)
    ]  # fmt: skip
    return conform(pl.DataFrame(rows), INDIVIDUALS)


_SECRETS = (
    ("openai", "SECRET_API_KEY", "OpenAI project API key", "live", "looks_live", "critical", 41, "sk-proj-******** (164 chars)", "Run and bill model calls on the account.", "https://platform.openai.com/api-keys"),
    ("aws", "SECRET_API_KEY", "AWS access key", "live", "looks_live", "critical", 12, "AKIA******** (20 chars)", "Whatever the user's policies allow: storage, machines, keys.", "https://console.aws.amazon.com/iam"),
    ("postgres", "SECRET_CONNECTION_STRING", "PostgreSQL connection string", "unknown", "unknown", "critical", 9, "postgres******** (71 chars)", "Read and write the database.", None),
    ("stripe", "SECRET_API_KEY", "Stripe secret key", "test", "test", "high", 6, "sk_test_******** (32 chars)", "Test-mode calls only.", "https://dashboard.stripe.com/apikeys"),
    ("github", "SECRET_TOKEN", "GitHub personal access token", "live", "looks_live", "high", 4, "ghp_******** (40 chars)", "Read and write repositories in scope.", "https://github.com/settings/tokens"),
    ("jwt", "SECRET_JWT", "JSON web token", "unknown", "expired", "medium", 214, "eyJ******** (612 chars)", "Act as the signed-in user until expiry.", None),
)  # fmt: skip


def secrets() -> pl.DataFrame:
    """Schema SECRETS."""
    seen = datetime(2026, 1, 14, 8, tzinfo=UTC)
    rows = [
        {
            "fingerprint": f"{number:024x}", "fingerprints": [f"{number:024x}"], "provider": provider, "entity": entity, "detector": f"secret.{provider}.key", "kind": kind,
            "environment": environment, "status": status, "account": None, "scopes": [], "issued": None, "expires": None, "checksum": "none",
            "confidence": 0.97, "severity": severity, "records": records, "occurrences": records * 3, "first_seen": seen,
            "last_seen": seen + timedelta(days=10), "services": ["api"], "preview": preview, "exposes": exposes,
            "revoke": "Delete the key in the console and create a new one.", "console": console,
        }
        for number, (provider, entity, kind, environment, status, severity, records, preview, exposes, console) in enumerate(_SECRETS, 1)
    ]  # fmt: skip
    return conform(pl.DataFrame(rows), SECRETS)


def findings() -> pl.DataFrame:
    """Schema FINDINGS: every element in as many records, and with as many distinct values, as `_EXPOSED` says."""
    base: dict[str, Any] = dict.fromkeys(FINDINGS) | {"source": "log_stream.ndjson", "field": "string.values[message]", "start": 0, "end": 1, "detector": "d", "confidence": 0.9, "preview": "*", "attributes": "{}"}
    rows = [
        {**base, "entity": entity, "record": number % records, "fingerprint": f"{entity}-{number % values}"}
        for _, entity, _, _, records, values, _ in _EXPOSED
        for number in range(max(records, values))
    ]
    return conform(pl.DataFrame(rows, schema=FINDINGS), FINDINGS)


def _findings() -> list[dict[str, Any]]:
    known, words = entities(), elements()
    rows = []
    for element, entity, people, _, records, values, confidence in _EXPOSED:
        kind = known.get(entity)
        share = records / 20000
        rows.append(
            {
                "id": f"entity-{entity}", "entity": entity, "title": kind.title if kind else "US social security number", "family": kind.family if kind else "personal",
                "element": element, "element_name": words[element].name, "findings": records * 2, "records": records, "values": values, "people": people,
                "share_of_records": estimate(share, share * 0.97, share * 1.03, method="exact share of the records examined"),
                "exposure_records": estimate(records * 51.0, records * 48.0, records * 54.0, method="expansion of a simple random sample", basis="sample"),
                "confidence_mean": confidence, "first_seen": "2026-01-12T00:03:11Z", "last_seen": "2026-01-27T23:58:40Z", "preview": "m***@***.com",
            }
        )  # fmt: skip
    return rows


def _topics() -> list[dict[str, Any]]:
    rows = (("health", "Health", "Art. 9", 96, 71, 44, 70), ("finance", "Financial distress", None, 58, 44, 37, 41), ("workplace", "Workplace confidential", None, 190, 130, 88, 120))
    return [
        {
            "id": f"topic-{code}", "topic": code, "title": title, "gdpr": gdpr,
            "turns": estimate(turns, turns * 0.8, turns * 1.2, method="double sampling", basis="sample"),
            "conversations": estimate(talks, talks * 0.8, talks * 1.2, method="double sampling", basis="sample"),
            "people": estimate(people, round(people * 0.75), round(people * 1.3), method="double sampling", basis="sample"),
            "disclosures_about": {"author": author, "third_party": turns - author, "nobody": 0}, "severity": "high", "note": None,
        }
        for code, title, gdpr, turns, talks, people, author in rows
    ]  # fmt: skip


def _chat() -> dict[str, Any]:
    return {
        "records": 6044, "conversations": estimate(2210), "turns": {"user": 7120, "assistant": 6890, "system": 2210, "tool": 344}, "distinct_user_turns": 6571,
        "users": 1311, "first": "2026-01-12T00:04:00Z", "last": "2026-01-27T23:51:00Z", "models": [{"model": "chat-large", "turns": 9900}, {"model": "chat-mini", "turns": 6300}],
        "services": ["chat-api", "gateway"], "languages": [{"language": "en", "turns": 8800}, {"language": "zh", "turns": 4100}, {"language": "de", "turns": 2100}],
        "length": {"median": 212, "p95": 2380}, "topics": _topics(), "system_prompts": 38,
        "what_an_attacker_could_do": ["Read private conversations and link them to accounts.", "Learn the system prompts of 38 services."],
    }  # fmt: skip


def _duty(jurisdiction: str, name: str, instrument: str, kind: str, recipient: str, status: str, **more: Any) -> dict[str, Any]:
    deadline = {"instant": None, "from": "awareness", "starts": "2026-02-01T08:00:00Z", "text": "", "calendar": "hours", "outer_limit": True} | more.pop("deadline", {})
    return {
        "id": f"duty-{jurisdiction}-{kind}", "jurisdiction": jurisdiction, "jurisdiction_name": name, "instrument": instrument, "recipient_kind": kind,
        "recipient": recipient, "status": status, "probability": None, "why": ["Personal data of residents was exposed."], "deadline": deadline,
        "content": ["nature of the breach", "categories and approximate number of people", "likely consequences", "measures taken"], "citation": "",
        "in_force": {"from": "2018-05-25", "to": None},
        "confidence": {"level": "verified-primary", "sources": ["Text of the article", "Survey"], "addresses": ["https://law.example/art-33", "https://survey.example/33"], "as_of": "2026-11", "note": "", "unverified": False}, "missing_facts": [], "people": None, **more,
    }  # fmt: skip


def _duties() -> list[dict[str, Any]]:
    day = {"calendar": "days"}
    memory = {"level": "memory", "sources": [], "as_of": "2026-11", "note": "not checked", "unverified": True}
    return [
        _duty("EU-GDPR", "European Union", "GDPR Art. 33", "regulator", "lead supervisory authority", "applies", citation="Regulation (EU) 2016/679, Art. 33(1)",
              deadline={"instant": "2026-02-04T08:00:00Z", "text": "72 hours from awareness"}, people=estimate(571, 560, 602, method="linkage", basis="model"),
              why=["Personal data of people in the EU was exposed.", "A risk to them is not unlikely: severity very high."]),
        _duty("UK", "United Kingdom", "UK GDPR Art. 33", "regulator", "Information Commissioner", "applies", citation="UK GDPR, Art. 33(1)",
              deadline={"instant": "2026-02-04T08:00:00Z", "text": "72 hours from awareness"}, people=estimate(190, 184, 203, method="linkage", basis="model")),
        _duty("EU-GDPR", "European Union", "GDPR Art. 34", "individuals", "the people affected", "applies", citation="Regulation (EU) 2016/679, Art. 34(1)",
              deadline={"text": "without undue delay", "outer_limit": False}, people=estimate(571, 560, 602, method="linkage", basis="model"),
              why=["High risk to people: severity very high."]),
        _duty("US-CA", "California", "Cal. Civ. Code 1798.82", "individuals", "residents affected", "applies", citation="Cal. Civ. Code § 1798.82",
              deadline={"instant": "2026-03-03T08:00:00Z", "from": "discovery", "text": "30 calendar days from discovery", **day}, people=estimate(190, 181, 204, method="linkage", basis="model")),
        _duty("US-CA", "California", "Cal. Civ. Code 1798.82(f)", "regulator", "Attorney General", "may_apply", probability=0.31, confidence=memory,
              deadline={"instant": "2026-03-18T08:00:00Z", "text": "15 calendar days after notice to individuals", **day}, missing_facts=["population.records"],
              why=["More than 500 residents would have to be notified; the interval of the whole exposure spans it."]),
        _duty("US-TX", "Texas", "Tex. Bus. & Com. Code 521.053", "individuals", "residents affected", "may_apply", probability=0.84, missing_facts=["incident.role"],
              deadline={"instant": "2026-04-02T08:00:00Z", "from": "determination", "text": "60 days from determination", **day}),
        _duty("US-HIPAA", "United States", "HIPAA Breach Notification Rule", "regulator", "HHS Secretary", "unknown", missing_facts=["regimes.hipaa"],
              citation="45 CFR 164.408", deadline={"text": "60 days from discovery", **day}),
        _duty("US-NY", "New York", "N.Y. Gen. Bus. Law 899-aa", "individuals", "residents affected", "does_not_apply",
              why=["No resident with an element of the statute."], deadline={"text": "30 days"}),
    ]  # fmt: skip


def _residence() -> list[dict[str, Any]]:
    rows = (("DE", "Germany", 190), ("US-CA", "California", 190), ("US-TX", "Texas", 190), ("FR", "France", 190), ("GB", "United Kingdom", 190), ("US-NY", "New York", 190), ("BR", "Brazil", 191), ("IN", "India", 191), (None, "Unknown", 380))
    return [
        {"id": f"residence-{code or 'unknown'}", "residence": code, "name": name, "people": estimate(people, people - 6, people + 14, method="linkage", basis="model"), "basis": ["phone_prefix", "address"] if code else []}
        for code, name, people in rows
    ]  # fmt: skip


def _by_day() -> list[dict[str, Any]]:
    weights = (60, 64, 71, 80, 74, 30, 28, 77, 83, 91, 120, 96, 41, 37, 99, 104)
    return [
        {"day": (FIRST_DAY + timedelta(days=number)).isoformat(), "records": weight * 16, "findings": weight * 41, "secrets": weight // 6 + (40 if number == 10 else 0)}
        for number, weight in enumerate(weights)
    ]


FACTS: dict[str, Any] = {
    "incident": {"title": "Open log table", "reference": "IR-2026-007", "organisation": "Meridian Models (invented)", "role": "controller", "sectors": ["technology"], "establishments": ["DE"], "targets": ["EU", "US"]},
    "clocks": {"discovery": "2026-02-01T07:10:00Z", "awareness": "2026-02-01T08:00:00Z", "occurrence_start": "2026-01-11T00:00:00Z", "occurrence_end": "2026-02-01T09:20:00Z", "containment": "2026-02-01T09:20:00Z"},
    "exposure": {"kind": "misconfiguration", "recipients": "unknown_persons", "malicious": "unknown", "encryption": "none", "altered": "no", "unavailable": "no", "systems": "ClickHouse on two public addresses"},
    "harm": {"misuse": "unknown"},
    "narrative": {"how_discovered": "Report by an outside researcher.", "root_cause": "The database accepted connections without a password.", "response": ["Port closed.", "Keys listed for rotation."], "attack": {}, "indicators": [], "lessons": [], "prevention": ["Authentication enforced by configuration policy."]},
    "contacts": {"dpo_name": "A. Example"},
}  # fmt: skip


def make_assessment() -> dict[str, Any]:
    """The whole assessment; severity comes from the engine over invented people."""
    people, elements_of = individuals(), person_elements()
    estimates = {
        "individuals": Estimate(value=1902.0, low=1871.0, high=1960.0, method="linkage uncertainty by resampling of pair weights", basis=Basis.MODEL),
        "exposure": Estimate(value=41200.0, low=36900.0, high=46800.0, method="coverage estimator on a simple random sample", basis=Basis.SAMPLE),
    }
    entity_rows, chat = _findings(), _chat()
    severity = assess(
        person_elements=elements_of, individuals=people, estimates=estimates, findings=findings(), secrets=secrets(), chat=chat, facts=FACTS, on=NOW, cost=True
    )
    section = severity.section()
    stamp = lambda moment: moment.isoformat().replace("+00:00", "Z") if isinstance(moment, datetime) else moment  # noqa: E731
    rotation = [  # the first was written by a user
        {"id": f"secret-{row['fingerprint'][:12]}", "rank": rank, **{name: stamp(value) for name, value in row.items()}, **(_WRITTEN if rank == 1 else _LOGGED)}
        for rank, row in enumerate(severity.rated_secrets.iter_rows(named=True), 1)
    ]
    return {
        "schema_version": "1.0",
        "case": {"id": "case-3f9a", "created": "2026-02-02T10:00:00Z", "title": "Open log table of an AI company (invented)", "pipeline": "log-stream", "on": "2026-02-02", "tool_version": "0.1.0"},
        "evidence": [
            {"id": "evidence-1", "source": "log_stream.ndjson", "format": "ndjson", "size_bytes": 24_117_248, "sha256": "9f" * 32, "records_collected": 20_004, "records_examined": 20_000, "records_set_aside": 4, "first_timestamp": "2026-01-12T00:00:02Z", "last_timestamp": "2026-01-27T23:59:58Z", "acquired": {"by": "CERT desk", "how": "query of the open port by a researcher", "when": "2026-02-01T12:00:00Z"}, "duplicate_of": None}
        ],
        "coverage": {
            "records_collected": 20_004, "records_examined": 20_000, "records_set_aside": 4,
            "set_aside": [{"source": "log_stream.ndjson", "reason": "truncated", "detail": "the line ends before its JSON does", "records": 4, "size_bytes": 5120}],
            "values_examined": 612_331,
            "expensive": {"unit": "conversation", "read": 900, "eligible": 2210, "share": 0.407, "budget_seconds": 60.0, "seed": 0, "languages": [{"language": "en", "turns": 8800, "read_by": "model"}, {"language": "zh", "turns": 4100, "read_by": "rules"}]},
            "suppressed": [{"entity": "ONLINE_IDENTIFIER", "reason": "trace id", "count": 40120}, {"entity": "IP_ADDRESS", "reason": "browser version", "count": 9120}],
        },
        "sample": {"design": "reservoir", "population": [{"source": "log_stream.ndjson", "records": 1_020_000, "basis": "stated"}], "records": 20_000, "fraction": 0.0196, "drawn": None, "seed": 0, "note": None},
        "fields": [{"id": "field-1", "source": "log_stream.ndjson", "field": "string.values[message]", "entity": "CHAT_CONTENT", "confidence": 0.97, "prevalence": 0.3, "count": 6044, "role": "content"}],
        "findings_by_entity": entity_rows,
        "secrets": rotation,
        "chat": chat,
        "organisations": [{"id": "organisation-1", "preview": "M*******", "records": 310, "role": "ORGANIZATION"}],
        "timeline": {
            "data_window": {"first": "2026-01-12T00:00:02Z", "last": "2026-01-27T23:59:58Z"},
            "exposure_window": {"from": "2026-01-11T00:00:00Z", "to": "2026-02-01T09:20:00Z", "basis": "stated in the facts"},
            "by_day": _by_day(), "by_source": [{"source": "log_stream.ndjson", "first": "2026-01-12T00:00:02Z", "last": "2026-01-27T23:59:58Z"}],
            "systems": {"services": [{"service": "chat-api", "records": 12004}, {"service": "gateway", "records": 7996}], "services_total": 2, "hosts_total": 14},
        },
        "individuals": {
            "observed": estimate(1902.0, 1871.0, 1902.0, method="clusters of linked findings"),
            "estimated": estimates["individuals"].to_dict(),
            "exposure": estimates["exposure"].to_dict(),
            "bounds": {"low": 1902, "high": 1_020_000, "note": "at least those seen, at most one per record"},
            "identified": 900, "identifiable_only": 1002, "not_counted": [{"reason": "test account", "count": 11}, {"reason": "software agent", "count": 7}], "conflicts": 3,
            "by_residence": _residence(), "by_role": [{"role": "account_holder", "people": 1640}, {"role": "third_party", "people": 262}],
            "by_band": [{"band": row["band"], "people": row["people"]} for row in section["individuals_by_band"]],
            "by_element": [{"element": element, "name": elements()[element].name, "people": estimate(count), "records": records} for element, _, count, _, records, _, _ in _EXPOSED],
            "by_controller": [{"controller": None, "people": 1902}],
        },
        "impact_summary": severity.impact_summary(),
        "severity": section,
        "duties": _duties(),
        "what_would_change": [
            {"id": "change-1", "change": "State whether you are a HIPAA covered entity or business associate", "effect": "decides the HIPAA duty", "duties": ["duty-US-HIPAA-regulator"]},
            {"id": "change-2", "change": "More than 500 California residents in the whole exposure", "effect": "notice to the Attorney General applies", "duties": ["duty-US-CA-regulator"]},
        ],
        "missing_facts": [{"fact": "regimes.hipaa", "why": "health data was exposed; who you are decides", "matters_for": ["duty-US-HIPAA-regulator"]}],
        "facts": FACTS,
        "overrides": [],
        "quality": {"detectors": [], "linkage": {"precision": 0.995, "recall": 0.98}, "reconciliation": {"collected": 20_004, "examined": 20_000, "set_aside": 4, "holds": True}},
        "method": {"stages": [{"name": "open", "says": "Every file is hashed."}], "estimators": ["Wilson intervals for shares of records"], "limits": ["Names were read in a sample of conversations."], "disclaimer": "This is not legal advice."},
        "versions": {"leakscope": "0.1.0", "catalogue": "a1b2", "law": "c3d4", "python": "3.11", "polars": "2.1", "models": {"names": "en_core_web_sm 3.8.0"}},
    }  # fmt: skip
