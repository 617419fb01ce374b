"""Knows values that look like findings and are nobody's: reserved, documented, placeholders. They are suppressed with a reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from leakscope.detection.benign_lists import HEX_RUN, address_kind, fills, has_numbers, listed, says, under_reserved
from leakscope.detection.benign_log_ids import weighed_log_id
from leakscope.detection.benign_secrets import NAMES_WORDS, TRACE_KEY, weighed_secret
from leakscope.detection.candidate import Candidate
from leakscope.detection.context import Context
from leakscope.detection.overlaps import is_secret
from leakscope.vocabulary import entities

#: Words before a dotted number that make it a version; Chrome, Safari and their like come with one in every user agent.
_VERSION_BEFORE = re.compile(r"(?:\b[vV]|\b(?i:version|ver|release|build|rev|firmware)[ :=]{0,3}|[A-Za-z][A-Za-z_]*/[vV]?|==|@|-|\b[A-Za-z]+-)$")
#: More of a dotted number behind or before a span.
_GOES_ON, _HAS_BEGUN = re.compile(r"\.[0-9]"), re.compile(r"[0-9]\.$")
_MACHINE_KEY = re.compile(r"\b(?:trace|span|request|correlation|commit|etag|hash|build|parent|job|queue|task|message id|event)\b")
_VERSION_KEY = re.compile(r"\b(?:version|ver|release|build|firmware|user agent|useragent)\b")
#: A field called so numbers rows; nobody writes cards there, and one number in ten passes their check digit.
_ROW_KEY = re.compile(r"\bid$")
_COUNTER_KEY = re.compile(r"\b(?:timestamp|time|ts|nano|nanos|trace|span|offset|duration|order|tracking|sequence|seq)\b")


def _ip(one: Candidate, context: Context, value: str) -> Candidate:
    """Addresses of nobody's networks, versions, and pieces of what has a second `::` (RFC 4291, section 2.2: at most one)."""
    text = value[one.start : one.end]
    if value.startswith("::", one.end) and "::" in text:
        return one._replace(reason="not-an-address")
    kind = address_kind(text)
    if kind:
        return one._replace(reason={"documentation": "documentation-address", "private": "private-address"}.get(kind, "special-address"))
    if ":" in text:
        return one
    if _GOES_ON.match(value, one.end, one.end + 2) or _HAS_BEGUN.search(value[max(0, one.start - 2) : one.start]):
        return one._replace(reason="version")
    if _VERSION_BEFORE.search(value[max(0, one.start - 16) : one.start]) and not value[: one.start].endswith("://"):
        return one._replace(reason="version")
    if fills(one, value) and says(_VERSION_KEY, context.near):
        return one._replace(reason="version")
    return one


#: A local part that asks to be replaced (`your-email`, `your.name`), or a domain's `example` before a country ending.
_STAND_IN = re.compile(r"(?:your|my|insert|enter)[-_. ]?(?:e?-?mail|name|user(?:name)?|address|id)\b")
_EXAMPLE_DOMAIN = re.compile(r"(?:^|\.)example\.[a-z.]{2,8}$")


def _email(one: Candidate, context: Context, value: str) -> Candidate:
    text = value[one.start : one.end].lower()
    local, _, domain = text.rpartition("@")
    if text in listed("mailboxes", "git"):
        return one._replace(reason="service-address")
    if domain in listed("domains", "reserved") or domain.endswith(under_reserved()) or domain.rpartition(".")[2] in listed("domains", "reserved_endings") or _EXAMPLE_DOMAIN.search(domain):
        return one._replace(reason="reserved-domain")
    if domain in listed("domains", "placeholders") or local in listed("domains", "stand_in_mailboxes") or _STAND_IN.match(local):
        return one._replace(reason="placeholder-domain")
    if local.partition("+")[0] in listed("mailboxes", "role"):
        return one._replace(attributes={**one.attributes, "role": "role_mailbox"})
    return one


def _card(one: Candidate, context: Context, value: str) -> Candidate:
    text = value[one.start : one.end]
    digits = "".join(c for c in text if c.isdigit())
    if digits in listed("cards", "test"):
        return one._replace(reason="test-card")
    if fills(one, value) and (says(_COUNTER_KEY, context.near) or (one.confidence < _SURE and says(_ROW_KEY, context.near))):
        return one._replace(reason="other-number")
    if one.confidence < _SURE and _COUNTED_BEFORE.search(value[max(0, one.start - 24) : one.start]):
        return one._replace(reason="other-number")
    return one


def _vehicle(one: Candidate, context: Context, value: str) -> Candidate:
    """Seventeen digits are a number of something else: a vehicle's names its maker in letters (ISO 3780)."""
    return one._replace(reason="other-number") if value[one.start : one.end].isdigit() else one


def _iban(one: Candidate, context: Context, value: str) -> Candidate:
    return one._replace(reason="documented-example") if _bare(value[one.start : one.end]) in listed("ibans", "documented") else one


def _address(one: Candidate, context: Context, value: str) -> Candidate:
    """Streets of templates: `123 Main St`, `456 Elm Street`; a running number and a name that everybody invents, and no real town behind."""
    text = " ".join(re.findall(r"\w+", value[one.start : one.end].lower()))
    stand_in = _STAND_IN_STREET.match(text) or _STAND_IN_TOWN.search(value[one.start : one.end + 24].lower())
    return one._replace(reason="placeholder-address") if stand_in else one


#: The numbers and streets that samples are written with.
_STAND_IN_STREET = re.compile(r"(?:123|456|789|1234|5678|321|101|12345) (?:main|elm|oak|maple|pine|any|example|sample|fake|first|1st|test) (?:st|street|ave|avenue|rd|road|ln|lane|dr|drive|blvd)\b")
_STAND_IN_TOWN = re.compile(r"\b(?:anytown|any town|sampletown|sample city|springfield, anystate|somewhereville|yourtown|exampleville)\b")


def _username(one: Candidate, context: Context, value: str) -> Candidate:
    """A name after `username =` that is code (`form.name`, `get_user()`) names nobody."""
    text = value[one.start : one.end]
    if one.detector.startswith("field."):
        return one
    if asks_more(one.detector):
        return weighed_log_id(one, context, value)
    code = (_DOTTED_CODE.fullmatch(text) and value[one.end : one.end + 1] == "(") or _ATTRIBUTE.search(text)
    return one._replace(reason="code") if code else one


_DOTTED_CODE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_ATTRIBUTE = re.compile(r"\.(?:text|value|string|name|username|user|id|data|get|strip|split|content|body|params|query|args|form)$")


def _age(one: Candidate, context: Context, value: str) -> Candidate:
    """A number of years that something lasted (`desde hace 15 años`), or that explanations are asked for (`like I'm 5`), is nobody's age."""
    lasted = _LASTED_BEFORE.search(value[max(0, one.start - 24) : one.start]) or _LASTED_AFTER.match(value[one.end : one.end + 40])
    return one._replace(reason="duration") if lasted else one


_LASTED_BEFORE = re.compile(r"(?i)(?:durante|desde hace|hace|for|over|after|since|pendant|depuis|seit|vor|like i(?:'|\u2019| a)?m|as if i were|like i was) (?:unos |casi |about |nearly |the last |the past )?$")
_LASTED_AFTER = re.compile(r"(?i)(?: ?(?:años|years?|ans|jahre|anos))? (?:de (?:evolución|duración|antigüedad|experiencia|seguimiento)|of (?:experience|history|follow))")


def _person(one: Candidate, context: Context, value: str) -> Candidate:
    text = " ".join(re.findall(r"\w+", value[one.start : one.end].lower()))
    return one._replace(reason="placeholder-name") if text in listed("persons", "names") else one


#: Four or more dotted groups: a version, as in every user agent; numbers of people are not written so.
_DOTTED = re.compile(r"[0-9]+(?:\.[0-9]+){3,}")
#: Words right before a number that machines count or name things by; one in ten such numbers passes Luhn.
_COUNTED_BEFORE = re.compile(
    r"(?i)(?:checkpoint|cursor|lsn|position|batch|job|run|task|snapshot|block|epoch|nonce|seq|sequence|offset|request|req|trace|span|correlation|message|msg|event"
    r"|build|commit|revision|partition|shard|row|record|object|node|process|thread|queue|session|transaction|txn|tx)[_ -]?(?:id|no|nr|num|number)?[\"'\s:=#]{0,4}$"
)
#: Confidence from which a rule has seen words of its own.
_SURE = 0.9


def _phone(one: Candidate, context: Context, value: str) -> Candidate:
    if _DOTTED.fullmatch(value[one.start : one.end]) or _VERSION_BEFORE.search(value[max(0, one.start - 16) : one.start]):
        return one._replace(reason="version")
    if _HAS_BEGUN.search(value[max(0, one.start - 2) : one.start]):
        return one._replace(reason="fraction")
    return one


#: Types whose values are ids of that look themselves.
_IDENTIFYING = frozenset({"ONLINE_IDENTIFIER", "DEVICE_ID", "ACCOUNT_ID"})


#: Names of fields that number goods, orders and papers.
_GOODS_KEY = re.compile(
    r"\b(?:part|sku|article|artikel|catalog|catalogue|item|product|model|isbn|ean|upc|gtin|batch|lot|order|invoice|rechnung|bestellung|facture|factura|tracking|shipment|ticket)(?: (?:no|nr|num|number|nummer|id|code))?$"
)


def asks_more(detector: str) -> bool:
    """Whether what a rule finds, by its id, is weighed by more of the names than `OF_NAMES`."""
    return detector.startswith("pii.log_")


def _online(one: Candidate, context: Context, value: str) -> Candidate:
    """Ids behind short names are people's in lines of logs alone; others as numbers are."""
    return weighed_log_id(one, context, value) if asks_more(one.detector) else _numbered(one, context, value)


def _numbered(one: Candidate, context: Context, value: str) -> Candidate:
    """National numbers: part numbers have the form of some, and eight hex digits of an id pass a check digit now and then."""
    known = entities().get(one.entity)
    if known and known.country and fills(one, value) and says(_GOODS_KEY, context.near):
        return one._replace(reason="other-number")
    if one.entity in _IDENTIFYING or one.confidence >= _SURE or not HEX_RUN.fullmatch(value[one.start : one.end]):
        return one
    machine = (fills(one, value) and says(_MACHINE_KEY, context.near)) or _COUNTED_BEFORE.search(value[max(0, one.start - 24) : one.start])
    return one._replace(reason="identifier") if machine else one


#: What is asked of the names around a value here; only ids in lines of logs ask for more (`asks_more`).
OF_NAMES = (TRACE_KEY, _MACHINE_KEY, _VERSION_KEY, _COUNTER_KEY, NAMES_WORDS, _GOODS_KEY)
#: Every word of a key that is asked for.
KEY_WORDS = frozenset(word for one in OF_NAMES for word in re.findall(r"[a-z]{2,}", one.pattern.replace(r"\b", " ")))
_BY_ENTITY: Mapping[str, Callable[[Candidate, Context, str], Candidate]] = {
    "IP_ADDRESS": _ip,
    "EMAIL_ADDRESS": _email,
    "CREDIT_CARD": _card,
    "IBAN_CODE": _iban,
    "VIN": _vehicle,
    "AGE": _age,
    "PERSON": _person,
    "PHONE_NUMBER": _phone,
    "ONLINE_IDENTIFIER": _online,
    "POSTAL_ADDRESS": _address,
    "USERNAME": _username,
}


def _bare(text: str) -> str:
    return "".join(c for c in text if c.isalnum()).upper()


#: A decimal number as a whole value, and the beginning of one in a text.
_DECIMAL, _BEGINS_DECIMAL = re.compile(r"\s*[-+]?[0-9]+\.[0-9]+(?:[eE][-+]?[0-9]+)?\s*"), re.compile(r"(?<![\w.])0\.$")


def _is_fraction(one: Candidate, value: str) -> bool:
    """Whether a number of many digits is what stands behind the point of a decimal number."""
    if one.end - one.start < _LONG or not one.start or value[one.start - 1] != "." or not value[one.start : one.end].isdigit():
        return False
    return bool(_BEGINS_DECIMAL.search(value[max(0, one.start - 3) : one.start]) or _DECIMAL.fullmatch(value))


#: Digits of the shortest number of a person that is weighed as one behind a point.
_LONG = 8


def weighed(one: Candidate, context: Context, value: str) -> Candidate:
    """`one` with the reason it is suppressed for, or with its role, where the benign catalogue knows its value."""
    if one.reason:
        return one
    if has_numbers(one.entity) and _bare(value[one.start : one.end]) in listed("numbers", one.entity):
        return one._replace(reason="documented-example")
    if _is_fraction(one, value):
        return one._replace(reason="fraction")
    judge = _BY_ENTITY.get(one.entity)
    if judge:
        return judge(one, context, value)
    return weighed_secret(one, context, value) if is_secret(one.entity) else _numbered(one, context, value)
