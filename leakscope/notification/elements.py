"""Which elements of personal data a rule speaks of, and whether they were exposed of a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from leakscope.notification.kleene import NO, UNKNOWN, YES, Kleene, any_of
from leakscope.notification.law import tables
from leakscope.notification.people import Profile
from leakscope.notification.rule import Version
from leakscope.vocabulary import elements


@cache
def group(name: str) -> frozenset[str]:
    """Element codes of a named group; `special` comes from the vocabulary."""
    special = frozenset(code for code, element in elements().items() if element.gdpr)
    if name == "special":
        return special
    if name == "special_or_id_fraud":
        return special | group("id_fraud")
    return frozenset(tables("groups")["group"][name])


_EMAIL = ("email_personal", "email_work")
#: US element codes that need two of our elements of the same person: each group must be present.
_COMBINATIONS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "CARD_WITH_CODE": (("payment_card_number",), ("payment_card_code", "payment_card_expiry", "pin")),
    "FIN_ACCT_WITH_CODE": (("bank_account",), ("pin", "password_plain", "security_answer")),
    "ONLINE_CREDENTIALS": (("username", *_EMAIL), ("password_plain", "security_answer")),
    "BANK_ACCOUNT": (("bank_account",),),
    "FIN_ACCESS_CODE": (("pin",),),
}
#: Codes that the elements make possible but do not prove, by the elements that do.
_SUGGESTED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "EMAIL_ACCOUNT_CREDENTIALS": (_EMAIL, ("password_plain", "security_answer")),
    "ELECTRONIC_ID_ROUTING": (("customer_or_account_id", "bank_account"), ("pin", "password_plain", "security_answer")),
    "FIN_ACCESS_CODE": (("password_plain",), ("bank_account", "payment_card_number")),
    "HEALTH_INSURANCE": (("insurance_policy",),),
    "STUDENT_ID": (("education",),),
    "MILITARY_ID": (("id_document_scan",),),
    "PASSPORT": (("id_document_scan",),),
    "DL_STATE_ID": (("id_document_scan", "national_id"),),
    "TRIBAL_ID": (("national_id", "id_document_scan"),),
    "IRS_IPPIN": (("pin", "tax_id"), ("tax_record", "tax_id")),
    "VITAL_CERT_NUMBER": (("id_document_scan",),),
    "EMPLOYER_ID_WITH_CODE": (("customer_or_account_id",), ("pin", "password_plain", "fingerprint", "face_template")),
    "E_SIGNATURE": (("private_key",),),
    "ALPR": (("vehicle_plate",), ("gps_location", "location_history", "photo")),
}
_NOT_DIRECT = {"ONLINE_CREDENTIALS", "CARD_WITH_CODE", "FIN_ACCESS_CODE", "STUDENT_ID"}
_ID_THEFT = ("national_id", "passport_number", "driver_licence", "tax_id", "bank_account", "payment_card_number", "id_document_scan", "date_of_birth")


@cache
def _direct() -> Mapping[str, frozenset[str]]:
    codes: dict[str, set[str]] = {}
    for code, element in elements().items():
        if element.us and element.us not in _NOT_DIRECT and code != "insurance_policy":
            codes.setdefault(element.us, set()).add(code)
    return {name: frozenset(held) for name, held in codes.items()}


def us_element(profile: Profile, code: str) -> Kleene:
    """
    Whether a US rule's element was exposed of each person of a profile; combinations are of the same person.

    Args:
        profile: people of whom the same was exposed.
        code: element code of the US rules (`SSN`, `CARD_WITH_CODE`, `ONLINE_CREDENTIALS` ...).
    """
    if code == "ANY_COMBINATION_ENABLING_ID_THEFT":
        return profile.has(("ssn",)) | (profile.has(_ID_THEFT) & UNKNOWN)
    found = profile.has(_direct().get(code, ()))
    if code in _COMBINATIONS:
        found = found | _every(profile, _COMBINATIONS[code])
    if code in _SUGGESTED:
        found = found | (_every(profile, _SUGGESTED[code]) & UNKNOWN)
    return found


def _every(profile: Profile, groups: Iterable[tuple[str, ...]]) -> Kleene:
    result = YES
    for codes in groups:
        result = result & profile.has(codes)
    return result


def covered(profile: Profile, version: Version) -> Kleene:
    """Whether what was exposed of these people is what the version protects."""
    if version.with_name is None and not version.data:
        return YES if profile.certain else UNKNOWN if profile.possible else NO
    matter = _matter(version)
    return _covered(profile.certain & matter, profile.possible & matter, bool(profile.certain), bool(profile.possible), version)


@lru_cache(maxsize=4096)
def _matter(version: Version) -> frozenset[str]:
    """Our elements that a version's test could turn on."""
    if version.with_name is None:
        return group(version.data["group"])
    found = {"full_name", "ssn", *_ID_THEFT}
    for code in version.with_name | version.standalone:
        found |= _direct().get(code, frozenset())
        for codes in (*_COMBINATIONS.get(code, ()), *_SUGGESTED.get(code, ())):
            found |= set(codes)
    return frozenset(found)


@lru_cache(maxsize=131072)
def _covered(certain: frozenset[str], possible: frozenset[str], anything: bool, perhaps: bool, version: Version) -> Kleene:
    profile = Profile(None, certain, possible, 1)
    if version.with_name is not None:
        name = profile.has(("full_name",)) if version.name_required else YES
        named = any_of(us_element(profile, code) for code in sorted(version.with_name))
        alone = any_of(us_element(profile, code) for code in sorted(version.standalone))
        return (name & named) | alone
    held = profile.has(group(version.data["group"]))
    other = UNKNOWN if (anything or perhaps) and version.data.get("others") == "possible" else NO
    return held | other
