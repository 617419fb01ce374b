"""Secrets and passwords that are placeholders, code, or names of something else."""

from __future__ import annotations

import re

from leakscope.detection.benign_lists import HEX_RUN, fills, listed, says
from leakscope.detection.candidate import Candidate
from leakscope.detection.context import Context
from leakscope.validators import credentials, secrets

TRACE_KEY = re.compile(r"\b(?:trace|span|request|correlation|commit|sha\d*|checksum|digest|etag|hash|build|version|revision|parent)\b")
#: Names of what may be published: the public half of a key.
_PUBLIC_BEFORE = re.compile(r"(?i)public[_ -]?key(?:[_ -]?token)?[\"'\\s:=,(]*$|publishable")
#: Rules that have nothing but the word key; and names of keys that find an entry rather than open a door.
_BY_KEY_ALONE = frozenset({"secret.generic.named_key", "secret.generic.noted", "secret.generic.key_noted"})
_TABLE_KEY_BEFORE = re.compile(
    r"(?i)(?:primary|foreign|natural|surrogate|cache|sort|partition|shard|routing|row|column|hash|range|object|bucket|file|image|media|dedup\w*|idempotency|i18n|translation|locale|message|map|storage|index|unique|composite|lookup"
    r"|group|user|member|person|customer|room|chat|thread|issue|ticket|event|entry|item|product|order|node|parent|session|page|state|store|query|data|config|registry|pub|public|host|hot|short|mon|tur|don|whis|joc|hoc|wal|key)[_ -]?key\w{0,3}[\"'\]\\\s:=>,(]*$"
)
_CODE = re.compile(r"^(?:[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+\(?|[A-Za-z_$][\w$]*\(.*|\$\(.*|\$[A-Za-z_{].*|%[({].*|\{\{.*|<[^>]*>?|process\.env.*|os\.(?:getenv|environ).*|@.*)$")
_MASKED = re.compile(r"^\[[A-Z][A-Z_]{2,40}\]$|^[*xX•●.#_\-?]{3,}$|^\*{2,}|\*{4,}|•{3,}|^\[?(?i:redacted|filtered|masked|hidden|removed)\]?$")
_HASH_BEFORE = re.compile(r"(?i)(?:sha(?![a-z])|shasum|commit|digest|revision|etag|checksum|fingerprint)[a-z0-9_-]*[\"'\s:=]*$")


def weighed_secret(one: Candidate, context: Context, value: str) -> Candidate:
    """A secret or credential with the reason it is suppressed for, or marked as an example that its issuer publishes."""
    text = value[one.start : one.end]
    if text in listed("secrets", "documented"):
        return one._replace(attributes={**one.attributes, "documented_example": True})
    if _MASKED.search(text):
        return one._replace(reason="masked")
    if one.entity in ("SECRET_PRIVATE_KEY", "SECRET_CERTIFICATE"):
        return one
    if one.entity == "CREDENTIAL_PASSWORD":
        return _password(one, text, value)
    if one.entity == "CREDENTIAL_PASSWORD_HASH":
        return one
    if one.entity in _WITH_ADDRESS and _is_sample_login(text):
        return one._replace(reason="placeholder")
    if _placeholder(text, "provider" in one.attributes or one.entity in _OWN_FORM):
        return one._replace(reason="placeholder")
    if one.detector in _BY_KEY_ALONE and _TABLE_KEY_BEFORE.search(value[max(0, one.start - 40) : one.start]):
        return one._replace(reason="identifier")
    if one.entity == "SECRET_GENERIC" and _PUBLIC_BEFORE.search(value[max(0, one.start - 40) : one.start]):
        return one._replace(reason="public-key")
    if HEX_RUN.fullmatch(text) and _HASH_BEFORE.search(value[max(0, one.start - 32) : one.start]):
        return one._replace(reason="identifier")
    if one.entity == "SECRET_GENERIC" and (_is_code(text) or (fills(one, value) and says(TRACE_KEY, context.near)) or _names_another(one, context, value)):
        return one._replace(reason="identifier")
    return one


def _password(one: Candidate, text: str, value: str) -> Candidate:
    """A password that is a word to be replaced, a reference, a check of a form, or an attribute in source code."""
    if text.lower() in listed("secrets", "passwords") or credentials.is_stand_in(text):
        return one._replace(reason="placeholder")
    if _CODE.match(text) or _FORM_CHECK.match(text):
        return one._replace(reason="code")
    if one.detector == "credential.password_setting" and _OWNER_IN_CODE.match(value[_line_start(value, one.start) : one.start].strip()):
        return one._replace(reason="code")
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
    if not found or found[2].lower() not in listed("secrets", "url_passwords"):
        return False
    host = found[3].lower().rpartition(":")[0] or found[3].lower()
    nobody = host in listed("secrets", "url_hosts") or host.endswith((".example", ".example.com", ".example.org", ".example.net", ".test"))
    return nobody or found[1].lower() in listed("secrets", "url_users")


def _is_code(text: str) -> bool:
    """Whether `text` is an expression of source code; a part that mixes letters and digits at length is a token's."""
    return bool(_CODE.match(text)) and not any(len(part) >= 16 and sum(c.isdigit() for c in part) >= 2 for part in re.split(r"[.(]", text))


#: Behind these a value only names a secret, or is no secret: `token_id`, `secretName`, `next_page_token`.
_NAMES_ONLY = re.compile(r"(?i)(?:[_\W]id|Id|uuid|guid|name|[_\W]arn|ref|reference|version)[\"'\]\\\s:=>,(]*$")
NAMES_WORDS = re.compile(r"(?:\bid|uuid|guid|\bname|\barn|\bref|reference|version)$|\b(?:page|cursor|next|continuation|sync|pagination|resume|scroll|csrf|xsrf|idempotency|upload|design|cancellation|lock)\b")


def _names_another(one: Candidate, context: Context, value: str) -> bool:
    """Whether the name before a value, or its key, says that it only points at a secret or at a page of results."""
    before = value[max(0, one.start - 24) : one.start]
    return bool(_NAMES_ONLY.search(before) or (not before.strip("\"' ") and says(NAMES_WORDS, context.near)) or _PAGE_BEFORE.search(value[max(0, one.start - 40) : one.start]))


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
            sum(c.isdigit() for c in text) < 2 and any(marker in lower for marker in listed("secrets", "markers"))
        )
    return secrets.is_stand_in(text) or lower in listed("secrets", "chosen") or any(marker in lower for marker in listed("secrets", "markers"))


_FILLED = ("xxxx", "****", "....", "example_", "your_", "your-")
#: A slot to fill, `<token>`; a lone `<` is a character like others in passwords and salts.
_SLOT = re.compile(r"<[a-z][a-z0-9_ .-]{1,40}>")
#: Types whose findings have a form of their own, whoever issued them.
_OWN_FORM = frozenset({"CREDENTIAL_BASIC_AUTH", "CREDENTIAL_PAIR", "SECRET_CONNECTION_STRING", "SECRET_JWT", "SECRET_MFA_SEED"})
_VARIABLE = ("<", "{{", "${", "%(")
