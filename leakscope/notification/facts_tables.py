"""The tables of the facts file: frozen dataclasses whose fields carry their own kind, choices and help text."""

# ruff: noqa: RUF009 - the calls in the tables below are field declarations.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

TRI = ("yes", "no", "unknown")


def _fact(kind: str, text: str, *, choices: tuple[str, ...] = (), default: Any = None) -> Any:
    metadata = {"kind": kind, "help": text, "choices": choices}
    if kind in ("texts", "mapping", "counts"):
        return field(default_factory=tuple if kind == "texts" else dict, metadata=metadata)
    return field(default="unknown" if kind in ("tri", "choice") and default is None else default, metadata=metadata)


def _tri(text: str) -> Any:
    return _fact("tri", text, choices=TRI)


def _choice(text: str, *choices: str) -> Any:
    return _fact("choice", text, choices=(*choices, "unknown"))


def _text(text: str) -> Any:
    return _fact("text", text)


def _texts(text: str) -> Any:
    return _fact("texts", text)


def _instant(text: str) -> Any:
    return _fact("instant", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Who is concerned and in which role."""

    title: str | None = _text("Short title of the incident.")
    reference: str | None = _text("Your own reference number.")
    organisation: str | None = _text("Legal name of the organisation.")
    organisation_address: str | None = _text("Its postal address.")
    role: str = _choice("Do you decide why and how the data are used (controller), or hold them for others (processor)?", "controller", "joint_controller", "processor")
    establishments: tuple[str, ...] | None = _fact("texts_or_null", "Countries or states where you are established, ISO codes: [\"DE\", \"US-CA\"]; [] means nowhere listed.")
    main_establishment: str | None = _text("Country of the main establishment in the EEA (it decides the lead authority).")
    targets: tuple[str, ...] | None = _fact("texts_or_null", "Countries whose people you offer goods or services to or monitor; \"EU\" for the whole EEA.")
    sectors: tuple[str, ...] = _texts("Sectors you work in: health, finance, telecom, education, public, retail, ...")
    public_body: str = _tri("Are you a public authority or body?")
    size: int | None = _fact("integer", "How many people work in the organisation.")
    small_processing_agent: str = _tri("Brazil: are you a small processing agent (doubled time limits)?")
    other_parties: tuple[str, ...] = _texts("Other controllers or processors involved.")
    privileged: bool = _fact("boolean", "Print a privilege banner on what is written.", default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """Names and addresses that notices must carry."""

    dpo_name: str | None = _text("Data protection officer or other contact point.")
    dpo_contact: str | None = _text("How to reach them.")
    reporter_name: str | None = _text("Who files the notice.")
    reporter_function: str | None = _text("Their function.")
    reporter_contact: str | None = _text("How to reach them.")
    toll_free: str | None = _text("Toll-free number for individuals.")
    email: str | None = _text("E-mail address for individuals.")
    website: str | None = _text("Web page for individuals.")
    letter_template: str | None = _text("Your own letter template: a DOCX file with the placeholders of ours.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """The moments that start clocks: each its own, because laws count from different ones."""

    time_zone: str | None = _text("Time zone of times written without one, for example \"Europe/Berlin\".")
    occurrence_start: datetime | None = _instant("When the incident began.")
    occurrence_end: datetime | None = _instant("When it ended.")
    discovery: datetime | None = _instant("First known to anybody in the organisation, or would have been with due care.")
    awareness: datetime | None = _instant("Reasonable certainty that personal data were compromised (GDPR).")
    determination: datetime | None = _instant("When you determined that a notifiable breach took place.")
    scope_identified: datetime | None = _instant("When you knew who was affected.")
    classification: datetime | None = _instant("When the incident was classified as major (DORA).")
    assessment: datetime | None = _instant("When you assessed it as notifiable (Singapore).")
    materiality: datetime | None = _instant("When you determined that it is material (SEC).")
    containment: datetime | None = _instant("When it was contained.")
    notice_to_individuals: datetime | None = _instant("When individuals were first told.")
    notice_to_regulator: datetime | None = _instant("When the first regulator was told.")
    notice_to_hhs: datetime | None = _instant("When HHS was told (HIPAA); New York and Illinois count from it.")
    notice_to_anpd: datetime | None = _instant("When the ANPD was told (Brazil); the supplement counts from it.")
    nis2_notification: datetime | None = _instant("When the NIS2 incident notification was filed; the final report counts from it.")
    dora_initial: datetime | None = _instant("When the initial DORA notification was filed; the intermediate report counts from it.")
    dora_intermediate: datetime | None = _instant("When the last intermediate DORA report was filed; the final report counts from it.")
    processor_notice: datetime | None = _instant("When your processor told you.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """What happened to the data."""

    kind: str = _choice("What kind of incident?", "hacking", "ransomware", "insider", "theft", "loss", "misdirected", "misconfiguration", "publication", "improper_disposal", "other")
    medium: str = _choice("Electronic or paper records?", "electronic", "paper", "both")
    access: str = _tri("Did somebody without authority see the data or get into where they lay?")
    exfiltration: str = _tri("Did somebody without authority copy or take them? (no only if logs exclude it)")
    lost: str = _tri("Were data or a device lost or stolen?")
    posted: str = _tri("Were the data published or offered somewhere?")
    encryption: str = _choice("In what state were the data?", "none", "encrypted", "pseudonymised")
    key: str = _choice("Is the key safe? (asked when encrypted)", "safe", "compromised")
    password_hashing: str = _choice("How were exposed passwords hashed?", "strong_salted", "weak", "none")
    malicious: str = _tri("Was it done on purpose, to harm or gain?")
    insider: str = _tri("Was it somebody inside?")
    inadvertent: str = _tri("Was it an inadvertent disclosure by somebody authorised to access?")
    recipients: str = _choice("Who has the data now?", "nobody", "trusted", "known", "unknown_persons", "public")
    recovered: str = _tri("Were all copies got back or their deletion confirmed?")
    altered: str = _tri("Were data altered?")
    unavailable: str = _tri("Were data unavailable or destroyed?")
    restored: str = _tri("Are altered or unavailable data restored in full?")
    outage_hours: float | None = _fact("number", "Hours until they were restored; leave out if unknown or never.")
    care_disrupted: str = _tri("Did a service people depend on suffer (care, emergency, benefits)?")
    special_insight: str = _choice("How much do exposed special categories (health, beliefs ...) really tell?", "low", "detailed")
    already_public: str = _tri("Severity: could everybody read the same data before, lawfully?")
    inaccurate: str = _tri("Severity: are the data invalid or mostly wrong (expired, invented, outdated)?")
    context_evidence: str | None = _text("What shows that they were public or are wrong; without it neither lowers the severity.")
    systems: str | None = _text("Systems and places concerned.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """What is known about consequences; an exception counts only when you state it."""

    misuse: str = _tri("Has misuse of the data been seen?")
    misuse_likely: str = _tri("After investigation, is misuse or harm reasonably likely?")
    determination_documented: str = _tri("Is that investigation written down and kept?")
    low_probability: str = _tri("HIPAA: did the four-factor assessment demonstrate a low probability of compromise?")
    remedied: str = _tri("Did you act before harm so that serious harm is no longer likely?")
    subsequent_measures: str = _tri("GDPR Art. 34(3)(b): do later measures make the high risk no longer likely?")
    disproportionate_effort: str = _tri("GDPR Art. 34(3)(c): would telling each person take disproportionate effort (then a public notice)?")
    vulnerable_people: str = _tri("Are people concerned specially vulnerable (patients, children, threatened persons)?")
    children: str = _tri("Are children among them?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Regimes:
    """Sector rules that bind you only if you are one of theirs."""

    hipaa: str = _choice("HIPAA: covered entity, business associate, or neither?", "covered_entity", "business_associate", "no")
    phr_vendor: str = _tri("FTC health rule: vendor of personal health records or a related entity?")
    glba_ftc: str = _tri("GLBA: financial institution under the FTC Safeguards Rule?")
    bank: str = _tri("United States: bank or its service provider under a federal banking regulator?")
    credit_union: str = _tri("United States: federally insured credit union?")
    public_company: str = _tri("United States: company that files with the SEC?")
    broker_or_adviser: str = _tri("SEC Regulation S-P: broker, dealer, investment adviser, fund or transfer agent?")
    critical_infrastructure: str = _tri("Critical infrastructure operator?")
    telecom: str = _tri("Telecommunications or Internet access provider?")
    defence_contractor: str = _tri("United States: defence contractor with covered information?")
    federal_agency: str = _tri("United States: federal agency?")
    card_merchant: str = _tri("Do you accept, process or store payment cards (PCI)?")
    insurance_licensee: str = _tri("United States: licensed insurer, broker or agent?")
    nydfs: str = _tri("New York: covered entity of the Department of Financial Services?")
    california_health_facility: str = _tri("California: licensed clinic, health facility, home health agency or hospice?")
    information_broker: str = _tri("Georgia (US): information broker or public data collector?")
    ontario_health_custodian: str = _tri("Ontario: health information custodian?")
    nis2: str = _tri("EU: essential or important entity under NIS2?")
    dora: str = _tri("EU: financial entity under DORA?")
    product_manufacturer: str = _tri("EU: manufacturer of products with digital elements (CRA)?")
    trust_service: str = _tri("EU: trust service provider (eIDAS)?")
    law_enforcement: str = _tri("EU: authority that processes for law-enforcement purposes (LED)?")
    eu_institution: str = _tri("EU: institution, body, office or agency?")


@dataclass(frozen=True, slots=True, kw_only=True)
class LawEnforcement:
    """A request to wait."""

    hold: str = _tri("Has law enforcement asked you to delay notices?")
    agency: str | None = _text("Which agency.")
    written: str = _tri("In writing?")
    until: datetime | None = _instant("Until when, if stated.")
    reported: str = _tri("Did you report the incident to the police?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """How the evidence relates to the whole exposure."""

    records: Mapping[str, int] = _fact("counts", "Records in the exposure: one number, or a table by source or by day.")
    design: str = _choice("How the sample was drawn.", "full", "first", "last", "bernoulli", "reservoir", "systematic", "stratified", "cluster")
    by: str = _choice("What its strata (table, day) or clusters (file, person) are.", "table", "day", "file", "person")
    residence: str | None = _text("Where all people live of whom the evidence does not tell, if that is one place; an ISO code (DE, US-CA).")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Custody of what was examined."""

    custodian: str | None = _text("Who holds the evidence.")
    acquired_how: str | None = _text("How it was acquired.")
    acquired_by: str | None = _text("By whom.")
    acquired_when: datetime | None = _instant("When.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrative:
    """What happened, in words; the reports quote it and say "Not stated" where it is missing."""

    summary: str | None = _text("What happened, in two or three sentences.")
    how_discovered: str | None = _text("How it was discovered.")
    root_cause: str | None = _text("Root cause.")
    attack: Mapping[str, str] = _fact("mapping", "What the attacker did, by tactic: initial_access, persistence, exfiltration, ...")
    impact: str | None = _text("Impact on operations.")
    consequences: str | None = _text("Likely consequences for the people concerned.")
    measures_before: str | None = _text("Safeguards in place before.")
    response: tuple[str, ...] = _texts("What was done, in order.")
    prevention: tuple[str, ...] = _texts("What will prevent a repeat.")
    advice: tuple[str, ...] = _texts("What the people concerned can do.")
    services_offered: str | None = _text("Help offered: credit monitoring, provider, how long.")
    indicators: tuple[str, ...] = _texts("Indicators of compromise (no personal data).")
    lessons: tuple[str, ...] = _texts("Lessons learned.")
    reasons_for_delay: str | None = _text("Reasons if a time limit was missed.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """Who stands behind the decisions."""

    who: str | None = _text("Name and function.")
    when: datetime | None = _instant("When.")
    note: str | None = _text("What they decided and why.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice already given."""

    duty: str = _fact("text", "Duty id (\"duty-US-CA-regulator\") or jurisdiction (\"US-CA\").", default="")
    when: datetime | None = _instant("When.")
    how: str | None = _text("How, with the reference received.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A decision taken by a person against the engine's answer."""

    target: str = _fact("text", "Duty id, or weight or factor name for severity.", default="")
    value: Any = _fact("any", "The new value; for a duty: applies or does_not_apply.")
    who: str = _fact("text", "Who decided.", default="")
    when: datetime | None = _instant("When.")
    why: str = _fact("text", "Why.", default="")
