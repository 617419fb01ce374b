"""Knows values that look like findings and are nobody's: reserved, documented, placeholders. They are suppressed with a reason."""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from leakscope.detection.context import Context
from leakscope.detection.matching import Candidate
from leakscope.detection.overlaps import is_secret
from leakscope.validators import credentials, secrets
from leakscope.vocabulary import entities

#: Words before a dotted number that make it a version; Chrome, Safari and their like come with one in every user agent.
_VERSION_BEFORE = re.compile(r"(?:\b[vV]|\b(?i:version|ver|release|build|rev|firmware)[ :=]{0,3}|[A-Za-z][A-Za-z_]*/[vV]?|==|@|-|\b[A-Za-z]+-)$")
_TRACE_KEY = re.compile(r"\b(?:trace|span|request|correlation|commit|sha\d*|checksum|digest|etag|hash|build|version|revision|parent)\b")
_MACHINE_KEY = re.compile(r"\b(?:trace|span|request|correlation|commit|etag|hash|build|parent|job|queue|task|message id|event)\b")
_VERSION_KEY = re.compile(r"\b(?:version|ver|release|build|firmware|user agent|useragent)\b")
_COUNTER_KEY = re.compile(r"\b(?:timestamp|time|ts|nano|nanos|trace|span|offset|duration|order|tracking|sequence|seq)\b")
#: Names of what may be published: the public half of a key.
_PUBLIC_BEFORE = re.compile(r"(?i)public[_ -]?key(?:[_ -]?token)?[\"'\\s:=,(]*$|publishable")
_CODE = re.compile(r"^(?:[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+\(?|[A-Za-z_$][\w$]*\(.*|\$\(.*|\$[A-Za-z_{].*|%[({].*|\{\{.*|<[^>]*>?|process\.env.*|os\.(?:getenv|environ).*|@.*)$")
_MASKED = re.compile(r"^\[[A-Z][A-Z_]{2,40}\]$|^[*xX•●.#_\-?]{3,}$|^\*{2,}|\*{4,}|•{3,}|^\[?(?i:redacted|filtered|masked|hidden|removed)\]?$")


@dataclass(frozen=True, slots=True)
class Benign:
    """The benign catalogue, ready to be asked."""

    networks: Mapping[str, tuple[Any, ...]]
    content: Mapping[str, Any]


@cache
def benign_catalogue() -> Benign:
    """The shipped benign catalogue."""
    content = tomllib.loads((files("leakscope.catalogue") / "benign.toml").read_text("utf-8"))
    networks = {name: tuple(ipaddress.ip_network(one) for one in listed) for name, listed in content["networks"].items()}
    return Benign(networks, content)


@cache
def _listed(table: str, name: str) -> frozenset[str]:
    return frozenset(benign_catalogue().content[table][name])


@lru_cache(maxsize=65536)
def _address_class(text: str) -> str | None:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    for name, networks in benign_catalogue().networks.items():
        if any(address.version == network.version and address in network for network in networks):
            return name
    return None


def _fills(one: Candidate, value: str) -> bool:
    """Whether a span is all of its value, so that the value's key is its name; a field `trace` may hold a whole stack trace."""
    return one.end - one.start + _TRIMMED >= len(value)


#: Quotes, brackets and spaces that may stand around a span that fills its value.
_TRIMMED = 4


#: A second `::` right behind an address: it is a piece of something that is none (RFC 4291, section 2.2: at most one).
_COLONS_ON = re.compile(r"::")


def _ip(one: Candidate, context: Context, value: str) -> Candidate:
    text = value[one.start : one.end]
    if _COLONS_ON.match(value[one.end : one.end + 2]) and "::" in text:
        return replace(one, reason="not-an-address")
    kind = _address_class(text)
    if kind:
        return replace(one, reason={"documentation": "documentation-address", "private": "private-address"}.get(kind, "special-address"))
    if ":" in text:
        return one
    if re.match(r"\.[0-9]", value[one.end : one.end + 2]) or re.search(r"[0-9]\.$", value[max(0, one.start - 2) : one.start]):
        return replace(one, reason="version")
    if _VERSION_BEFORE.search(value[max(0, one.start - 16) : one.start]) and not value[: one.start].endswith("://"):
        return replace(one, reason="version")
    if _fills(one, value) and _VERSION_KEY.search(context.near):
        return replace(one, reason="version")
    return one


#: A local part that asks to be replaced (`your-email`, `your.name`), or a domain's `example` before a country ending.
_STAND_IN = re.compile(r"(?:your|my|insert|enter)[-_. ]?(?:e?-?mail|name|user(?:name)?|address|id)\b")
_EXAMPLE_DOMAIN = re.compile(r"(?:^|\.)example\.[a-z.]{2,8}$")


def _email(one: Candidate, context: Context, value: str) -> Candidate:
    text = value[one.start : one.end].lower()
    local, _, domain = text.rpartition("@")
    if text in _listed("mailboxes", "git"):
        return replace(one, reason="service-address")
    reserved = _listed("domains", "reserved")
    if domain in reserved or any(domain.endswith("." + name) for name in reserved) or domain.rpartition(".")[2] in _listed("domains", "reserved_endings") or _EXAMPLE_DOMAIN.search(domain):
        return replace(one, reason="reserved-domain")
    if domain in _listed("domains", "placeholders") or local in _listed("domains", "stand_in_mailboxes") or _STAND_IN.match(local):
        return replace(one, reason="placeholder-domain")
    if local.partition("+")[0] in _listed("mailboxes", "role"):
        return replace(one, attributes={**one.attributes, "role": "role_mailbox"})
    return one


def _card(one: Candidate, context: Context, value: str) -> Candidate:
    text = value[one.start : one.end]
    digits = "".join(c for c in text if c.isdigit())
    if digits in _listed("cards", "test"):
        return replace(one, reason="test-card")
    if _fills(one, value) and _COUNTER_KEY.search(context.near):
        return replace(one, reason="other-number")
    if one.confidence < _SURE and _COUNTED_BEFORE.search(value[max(0, one.start - 24) : one.start]):
        return replace(one, reason="other-number")
    return one


def _iban(one: Candidate, context: Context, value: str) -> Candidate:
    return replace(one, reason="documented-example") if _bare(value[one.start : one.end]) in _listed("ibans", "documented") else one


def _secret(one: Candidate, context: Context, value: str) -> Candidate:
    text = value[one.start : one.end]
    if text in _listed("secrets", "documented"):
        return replace(one, attributes={**one.attributes, "documented_example": True})
    if _MASKED.search(text):
        return replace(one, reason="masked")
    if one.entity in ("SECRET_PRIVATE_KEY", "SECRET_CERTIFICATE"):
        return one
    if one.entity == "CREDENTIAL_PASSWORD":
        return _password(one, text, value)
    if one.entity == "CREDENTIAL_PASSWORD_HASH":
        return one
    if one.entity in _WITH_ADDRESS and _is_sample_login(text):
        return replace(one, reason="placeholder")
    if _placeholder(text, "provider" in one.attributes or one.entity in _OWN_FORM):
        return replace(one, reason="placeholder")
    if one.entity == "SECRET_GENERIC" and _PUBLIC_BEFORE.search(value[max(0, one.start - 40) : one.start]):
        return replace(one, reason="public-key")
    if _HEX_RUN.fullmatch(text) and _HASH_BEFORE.search(value[max(0, one.start - 32) : one.start]):
        return replace(one, reason="identifier")
    if one.entity == "SECRET_GENERIC" and (_is_code(text) or (_fills(one, value) and _TRACE_KEY.search(context.near)) or _names_another(one, context, value)):
        return replace(one, reason="identifier")
    return one


def _password(one: Candidate, text: str, value: str) -> Candidate:
    """A password that is a word to be replaced, a reference, a check of a form, or an attribute in source code."""
    if text.lower() in _listed("secrets", "passwords") or credentials.is_stand_in(text):
        return replace(one, reason="placeholder")
    if _CODE.match(text) or _FORM_CHECK.match(text):
        return replace(one, reason="code")
    if one.detector == "credential.password_setting" and _OWNER_IN_CODE.match(value[_line_start(value, one.start) : one.start].strip()):
        return replace(one, reason="code")
    return one


def _line_start(value: str, at: int) -> int:
    return value.rfind("\n", 0, at) + 1


#: Checks of web frameworks: `'password' => 'required|string|min:8'`.
_FORM_CHECK = re.compile(r"(?i)(?:required|nullable|sometimes|string|confirmed|bail|present|filled)(?:[|:,]|$)|(?:min|max|between|size):[0-9]")
#: Objects of source code whose attribute is set: `self.password = ...`; settings are not written with spaces and these names.
_OWNER_IN_CODE = re.compile(
    r"(?i).*\b(?:self|this|user|users|person|obj|object|req|request|res|response|data|form|conf|config|cfg|settings|args|opts?|options|params?|account|model|auth|ctx|context|event|input|client|entity|dto|state|props|values|body|payload|instance|credentials?|driver|session|validated)\.\w{1,20} = $|"
    r"(?i:.*\b(?:self|this)\.\w+\s*[:=]\s*$)"
)
_WITH_ADDRESS = frozenset({"CREDENTIAL_BASIC_AUTH", "SECRET_CONNECTION_STRING"})
_LOGIN_IN_ADDRESS = re.compile(r"://([^:/@\s]*):(\S*)@([^/?#\s]*)")


def _is_sample_login(text: str) -> bool:
    """Whether an address's login is the one of manuals (`user:password@`), or a password of manuals on a host that is nobody's."""
    found = _LOGIN_IN_ADDRESS.search(text)
    if not found or found[2].lower() not in _listed("secrets", "url_passwords"):
        return False
    host = found[3].lower().rpartition(":")[0] or found[3].lower()
    nobody = host in _listed("secrets", "url_hosts") or host.endswith((".example", ".example.com", ".example.org", ".example.net", ".test"))
    return nobody or found[1].lower() in _listed("secrets", "url_users")


def _is_code(text: str) -> bool:
    """Whether `text` is an expression of source code; a part that mixes letters and digits at length is a token's."""
    return bool(_CODE.match(text)) and not any(len(part) >= 16 and sum(c.isdigit() for c in part) >= 2 for part in re.split(r"[.(]", text))


#: Behind these a value only names a secret, or is no secret: `token_id`, `secretName`, `next_page_token`.
_NAMES_ONLY = re.compile(r"(?i)(?:[_\W]id|Id|uuid|guid|name|[_\W]arn|ref|reference|version)[\"'\]\\\s:=>,(]*$")
_NAMES_WORDS = re.compile(r"(?:\bid|uuid|guid|\bname|\barn|\bref|reference|version)$|\b(?:page|cursor|next|continuation|sync|pagination|resume|scroll|csrf|xsrf|idempotency|upload|design|cancellation|lock)\b")


def _names_another(one: Candidate, context: Context, value: str) -> bool:
    """Whether the name before a value, or its key, says that it only points at a secret or at a page of results."""
    before = value[max(0, one.start - 24) : one.start]
    return bool(_NAMES_ONLY.search(before) or (not before.strip("\"' ") and _NAMES_WORDS.search(context.near)) or _PAGE_BEFORE.search(value[max(0, one.start - 40) : one.start]))


_PAGE_BEFORE = re.compile(r"(?i)(?:page|cursor|next|continuation|sync|pagination|resume|scroll|csrf|xsrf|idempotency)[_-]?token[\"'\]\\\s:=>,(]*$")


def _placeholder(text: str, issued: bool) -> bool:
    """
    Whether a token is written to be replaced: a marker in it, a variable, or hardly any characters.

    A token in an issuer's own form is only taken for one when it has next to no digits beside the marker, since random
    characters spell short words now and then.
    """
    lower = text.lower().replace(".example", "")
    if lower.startswith(_VARIABLE) or len(set(lower)) <= 4:
        return True
    if issued:
        return bool(_SLOT.search(lower)) or any(marker in lower for marker in _FILLED) or (
            sum(c.isdigit() for c in text) < 2 and any(marker in lower for marker in _listed("secrets", "markers"))
        )
    return secrets.is_stand_in(text) or lower in _listed("secrets", "chosen") or any(marker in lower for marker in _listed("secrets", "markers"))


_FILLED = ("xxxx", "****", "....", "example_", "your_", "your-")
#: A slot to fill, `<token>`; a lone `<` is a character like others in passwords and salts.
_SLOT = re.compile(r"<[a-z][a-z0-9_ .-]{1,40}>")
#: Types whose findings have a form of their own, whoever issued them.
_OWN_FORM = frozenset({"CREDENTIAL_BASIC_AUTH", "CREDENTIAL_PAIR", "SECRET_CONNECTION_STRING", "SECRET_JWT", "SECRET_MFA_SEED"})
_VARIABLE = ("<", "{{", "${", "%(")


def _address(one: Candidate, context: Context, value: str) -> Candidate:
    """Streets of templates: `123 Main St`, `456 Elm Street`; a running number and a name that everybody invents, and no real town behind."""
    text = " ".join(re.findall(r"\w+", value[one.start : one.end].lower()))
    stand_in = _STAND_IN_STREET.match(text) or _STAND_IN_TOWN.search(value[one.start : one.end + 24].lower())
    return replace(one, reason="placeholder-address") if stand_in else one


#: The numbers and streets that samples are written with.
_STAND_IN_STREET = re.compile(r"(?:123|456|789|1234|5678|321|101|12345) (?:main|elm|oak|maple|pine|any|example|sample|fake|first|1st|test) (?:st|street|ave|avenue|rd|road|ln|lane|dr|drive|blvd)\b")
_STAND_IN_TOWN = re.compile(r"\b(?:anytown|any town|sampletown|sample city|springfield, anystate|somewhereville|yourtown|exampleville)\b")


def _username(one: Candidate, context: Context, value: str) -> Candidate:
    """A name after `username =` that is code (`form.name`, `get_user()`) names nobody."""
    text = value[one.start : one.end]
    if one.detector.startswith("field."):
        return one
    code = (_DOTTED_CODE.fullmatch(text) and value[one.end : one.end + 1] == "(") or _ATTRIBUTE.search(text)
    return replace(one, reason="code") if code else one


_DOTTED_CODE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_ATTRIBUTE = re.compile(r"\.(?:text|value|string|name|username|user|id|data|get|strip|split|content|body|params|query|args|form)$")


def _age(one: Candidate, context: Context, value: str) -> Candidate:
    """A number of years that something lasted (`desde hace 15 años`), or that explanations are asked for (`like I'm 5`), is nobody's age."""
    lasted = _LASTED_BEFORE.search(value[max(0, one.start - 24) : one.start]) or _LASTED_AFTER.match(value[one.end : one.end + 40])
    return replace(one, reason="duration") if lasted else one


_LASTED_BEFORE = re.compile(r"(?i)(?:durante|desde hace|hace|for|over|after|since|pendant|depuis|seit|vor|like i(?:'|\u2019| a)?m|as if i were|like i was) (?:unos |casi |about |nearly |the last |the past )?$")
_LASTED_AFTER = re.compile(r"(?i)(?: ?(?:años|years?|ans|jahre|anos))? (?:de (?:evolución|duración|antigüedad|experiencia|seguimiento)|of (?:experience|history|follow))")


def _person(one: Candidate, context: Context, value: str) -> Candidate:
    text = " ".join(re.findall(r"\w+", value[one.start : one.end].lower()))
    return replace(one, reason="placeholder-name") if text in _listed("persons", "names") else one


#: Four or more dotted groups: a version, as in every user agent; numbers of people are not written so.
_DOTTED = re.compile(r"[0-9]+(?:\.[0-9]+){3,}")
#: A lower-case run of hex digits with a letter in it: a piece of a hash or id, unless a rule's own words stand beside it.
_HEX_RUN = re.compile(r"(?=[0-9]*[a-f])[0-9a-f]+")
_HASH_BEFORE = re.compile(r"(?i)(?:sha(?![a-z])|shasum|commit|digest|revision|etag|checksum|fingerprint)[a-z0-9_-]*[\"'\s:=]*$")
#: Words right before a number that machines count or name things by; one in ten such numbers passes Luhn.
_COUNTED_BEFORE = re.compile(
    r"(?i)(?:checkpoint|cursor|lsn|position|batch|job|run|task|snapshot|block|epoch|nonce|seq|sequence|offset|request|req|trace|span|correlation|message|msg|event"
    r"|build|commit|revision|partition|shard|row|record|object|node|process|thread|queue|session|transaction|txn|tx)[_ -]?(?:id|no|nr|num|number)?[\"'\s:=#]{0,4}$"
)
#: Confidence from which a rule has seen words of its own.
_SURE = 0.9


def _phone(one: Candidate, context: Context, value: str) -> Candidate:
    if _DOTTED.fullmatch(value[one.start : one.end]) or _VERSION_BEFORE.search(value[max(0, one.start - 16) : one.start]):
        return replace(one, reason="version")
    if re.search(r"[0-9]\.$", value[max(0, one.start - 2) : one.start]):
        return replace(one, reason="fraction")
    return one


#: Types whose values are ids of that look themselves.
_IDENTIFYING = frozenset({"ONLINE_IDENTIFIER", "DEVICE_ID", "ACCOUNT_ID"})


#: Names of fields that number goods, orders and papers.
_GOODS_KEY = re.compile(
    r"\b(?:part|sku|article|artikel|catalog|catalogue|item|product|model|isbn|ean|upc|gtin|batch|lot|order|invoice|rechnung|bestellung|facture|factura|tracking|shipment|ticket)(?: (?:no|nr|num|number|nummer|id|code))?$"
)


def _numbered(one: Candidate, context: Context, value: str) -> Candidate:
    """National numbers: part numbers have the form of some, and eight hex digits of an id pass a check digit now and then."""
    known = entities().get(one.entity)
    if known and known.country and _fills(one, value) and _GOODS_KEY.search(context.near):
        return replace(one, reason="other-number")
    if one.entity in _IDENTIFYING or one.confidence >= _SURE or not _HEX_RUN.fullmatch(value[one.start : one.end]):
        return one
    machine = (_fills(one, value) and _MACHINE_KEY.search(context.near)) or _COUNTED_BEFORE.search(value[max(0, one.start - 24) : one.start])
    return replace(one, reason="identifier") if machine else one


#: Every word of a key that is asked for here.
KEY_WORDS = frozenset(
    word for one in (_TRACE_KEY, _MACHINE_KEY, _VERSION_KEY, _COUNTER_KEY, _NAMES_WORDS, _GOODS_KEY) for word in re.findall(r"[a-z]{2,}", one.pattern.replace(r"\b", " "))
)
_BY_ENTITY: Mapping[str, Callable[[Candidate, Context, str], Candidate]] = {
    "IP_ADDRESS": _ip,
    "EMAIL_ADDRESS": _email,
    "CREDIT_CARD": _card,
    "IBAN_CODE": _iban,
    "AGE": _age,
    "PERSON": _person,
    "PHONE_NUMBER": _phone,
    "POSTAL_ADDRESS": _address,
    "USERNAME": _username,
}


def _bare(text: str) -> str:
    return "".join(c for c in text if c.isalnum()).upper()


def weighed(one: Candidate, context: Context, value: str) -> Candidate:
    """`one` with the reason it is suppressed for, or with its role, where the benign catalogue knows its value."""
    if one.reason:
        return one
    if one.entity in benign_catalogue().content["numbers"] and _bare(value[one.start : one.end]) in _listed("numbers", one.entity):
        return replace(one, reason="documented-example")
    judge = _BY_ENTITY.get(one.entity)
    if judge:
        return judge(one, context, value)
    return _secret(one, context, value) if is_secret(one.entity) else _numbered(one, context, value)
