"""People by what was exposed of them and where they live, and how many of them the exposure holds."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

import polars as pl
from scipy.special import ndtri

from leakscope.estimation import estimate_reaches
from leakscope.model import Basis, Estimate
from leakscope.notification.kleene import NO, UNKNOWN, YES, Kleene, any_of, known
from leakscope.notification.law import Count, Version, tables
from leakscope.vocabulary import elements

#: A finding at least this sure makes an element certain; below it the element is possible.
CERTAIN = 0.5


@dataclass(frozen=True, slots=True)
class Profile:
    """
    People of whom the same was exposed and who live in the same place.

    Args:
        residence: ISO code, or null when unknown.
        certain: elements certainly exposed.
        possible: elements perhaps exposed.
        count: people observed.
        child: whether they are children, where known.
    """

    residence: str | None
    certain: frozenset[str]
    possible: frozenset[str]
    count: int
    child: Kleene = UNKNOWN

    def has(self, codes: Iterable[str]) -> Kleene:
        """Whether one of `codes` (our element codes) was exposed."""
        wanted = set(codes)
        if wanted & self.certain:
            return YES
        return UNKNOWN if wanted & self.possible else NO


def profiles(individuals: pl.DataFrame, person_elements: pl.DataFrame) -> tuple[Profile, ...]:
    """
    The counted individuals grouped by residence and exposed elements.

    Args:
        individuals: one row per individual; schema `INDIVIDUALS`; any order.
        person_elements: one row per person and element; schema `PERSON_ELEMENTS`; any order.

    Returns:
        Profiles in a defined order; linear in the rows.
    """
    people = individuals.filter(pl.col("counted").fill_null(True)).select("person", "residence", "child")
    held = _masks(person_elements, codes := sorted(person_elements["element"].drop_nulls().unique()))
    names = [name for name in held.columns if name != "person"]
    grouped = people.join(held, on="person", how="left").with_columns(pl.col(names).fill_null(0)).group_by("residence", "child", *names).len()
    rows = [(row["residence"], _set(row, "certain", codes), _set(row, "possible", codes), row["len"], _child(row["child"])) for row in grouped.sort(grouped.columns).iter_rows(named=True)]
    return tuple(Profile(place, certain, possible - certain, count, child) for place, certain, possible, count, child in rows)


#: Elements per integer of a mask: fewer than 63, so that a sum of distinct powers stays exact.
_BITS = 60


def _masks(person_elements: pl.DataFrame, codes: list[str]) -> pl.DataFrame:
    """One row per person: which elements are certain, which possible, as integers with one bit an element."""
    place = pl.col("element").replace_strict(codes, range(len(codes)), return_dtype=pl.Int64) if codes else pl.lit(0, pl.Int64)
    sure = pl.col("confidence").fill_null(1.0) >= CERTAIN
    best = person_elements.filter(pl.col("element").is_not_null()).group_by("person", "element").agg(sure.any().alias("sure")).with_columns(place.alias("place"))
    bit = pl.lit(2, pl.Int64).pow(pl.col("place") % _BITS)
    words = range(-(-len(codes) // _BITS) or 1)
    sums = [
        bit.filter((pl.col("place") // _BITS == word) & (pl.col("sure") == is_sure)).sum().cast(pl.Int64).alias(f"{name}{word}")
        for name, is_sure in (("certain", True), ("possible", False))
        for word in words
    ]
    return best.group_by("person").agg(sums)


def _set(row: Mapping[str, Any], name: str, codes: list[str]) -> frozenset[str]:
    """The elements of a person's masks."""
    return _decoded(tuple(row[f"{name}{word}"] for word in range(-(-len(codes) // _BITS) or 1)), tuple(codes))


@lru_cache(maxsize=65536)
def _decoded(masks: tuple[int, ...], codes: tuple[str, ...]) -> frozenset[str]:
    return frozenset(code for place, code in enumerate(codes) if masks[place // _BITS] >> (place % _BITS) & 1)


def _child(value: bool | None) -> Kleene:
    return UNKNOWN if value is None else known(value)


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


def lives_in(residence: str | None, codes: Iterable[str]) -> Kleene:
    """Whether a residence lies in one of the ISO codes; a country may hide a state, and null may hide any."""
    if residence is None:
        return UNKNOWN
    codes = tuple(codes)
    if any(residence == code or residence.startswith(f"{code}-") for code in codes):
        return YES
    return UNKNOWN if any(code.startswith(f"{residence}-") for code in codes) else NO


@dataclass(frozen=True, kw_only=True, eq=False)
class Headcount:
    """
    The people of the case and how they stand for the exposure.

    What depends on people alone is worked out once and kept, because facts are changed many times to see what would
    change the answer.

    Args:
        rows: profiles of the individuals observed.
        total: people of the whole exposure, or of the evidence when that is all there is.
        open_ended: true when the exposure may hold more people than anybody estimated.
        observed: individuals in `rows`.
    """

    rows: tuple[Profile, ...]
    total: Estimate
    open_ended: bool
    observed: int
    _kept: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, rows: tuple[Profile, ...], counts: Mapping[str, Estimate | None], *, full: bool) -> Headcount:
        """
        Args:
            rows: profiles.
            counts: `exposure` (people in the whole exposure), else `individuals` (people in the evidence).
            full: true when the evidence is the whole exposure.
        """
        observed = sum(row.count for row in rows)
        exposure = counts.get("exposure")
        floor = Estimate(value=observed, low=observed, high=observed, method="individuals observed in the evidence", basis=Basis.EXACT)
        total = exposure or counts.get("individuals") or floor
        if total.value is None:
            total = Estimate(value=max(observed, total.low or 0), low=max(observed, total.low or 0), high=total.high, method=total.method, basis=total.basis)
        return cls(rows=rows, total=total, open_ended=(exposure is None and not full) or total.high is None, observed=observed)

    def keep(self, key: Hashable, work: Callable[[], Any]) -> Any:
        """The result of `work`, done once per `key`."""
        if key not in self._kept:
            self._kept[key] = work()
        return self._kept[key]

    def places(self) -> Mapping[str | None, tuple[Profile, ...]]:
        """Profiles by residence."""

        def grouped() -> dict[str | None, tuple[Profile, ...]]:
            found: dict[str | None, list[Profile]] = {}
            for row in self.rows:
                found.setdefault(row.residence, []).append(row)
            return {place: tuple(rows) for place, rows in found.items()}

        return self.keep("places", grouped)

    def living_in(self, codes: tuple[str, ...]) -> Kleene:
        """Whether anybody lives in one of the codes."""
        return self.keep(("living", codes), lambda: any_of(lives_in(place, codes) for place in self.places()))

    def rows_in(self, codes: tuple[str, ...] | None) -> tuple[Profile, ...]:
        """Profiles of people who live, or may live, in one of the codes; everybody when null."""
        if codes is None:
            return self.rows
        return self.keep(("rows", codes), lambda: tuple(row for place, rows in self.places().items() if lives_in(place, codes) is not NO for row in rows))

    def count(self, name: Hashable, test: Callable[[Profile], Kleene], residence: tuple[str, ...] | None = None) -> Estimate:
        """
        How many people of the exposure pass `test` and live in `residence` (everybody when null).

        People of unknown residence may live there: they widen the interval, and the point value shares them
        out like the known ones. A sample is scaled by exposure over observed.

        Args:
            name: what `test` asks; the same name must always mean the same test.
            test: depends on a profile alone.
            residence: ISO codes.
        """
        return self.keep(("count", name, residence), lambda: self._counted(test, residence))

    def _counted(self, test: Callable[[Profile], Kleene], codes: tuple[str, ...] | None) -> Estimate:
        low = high = value = 0.0
        share = self._share(codes)
        for place, rows in self.places().items():
            here = YES if codes is None else lives_in(place, codes)
            if here is NO:
                continue
            for row in rows:
                passed = test(row)
                if passed is NO:
                    continue
                high += row.count
                low += row.count if passed is YES and here is YES else 0
                value += row.count * (1.0 if passed is YES else 0.5) * (share if here is UNKNOWN else 1.0)
        return self._scaled(low, value, high)

    def _share(self, codes: tuple[str, ...] | None) -> float:
        if codes is None:
            return 1.0
        sizes = self.keep("sizes", lambda: {place: sum(row.count for row in rows) for place, rows in self.places().items() if place is not None})
        placed, there = sum(sizes.values()), sum(size for place, size in sizes.items() if lives_in(place, codes) is YES)
        return there / placed if placed else 0.5

    def _scaled(self, low: float, value: float, high: float) -> Estimate:
        total, seen = self.total, self.observed
        if seen == 0 or (total.basis is Basis.EXACT and total.value == seen):
            top = None if self.open_ended else high
            basis = Basis.EXACT if low == high and top is not None else Basis.BOUNDS
            method = "counted in the evidence" + ("; the exposure may hold more" if self.open_ended else "")
            return Estimate(value=round(value), low=low, high=top, method=method, basis=basis)
        z = float(ndtri(0.5 + total.level / 2))
        point = (total.value or seen) / seen
        bottom = max(low, _wilson(low, seen, z)[0] * (total.low if total.low is not None else seen))
        top = None if total.high is None else max(high, _upper(high, seen, z, total.level) * total.high)
        method = f"{total.method}; split by the {round(value)} of {seen} observed (Wilson), scaled by exposure over observed"
        return Estimate(value=round(value * point), low=math.floor(bottom), high=None if self.open_ended or top is None else math.ceil(top), level=total.level, method=method, basis=total.basis if total.basis is not Basis.EXACT else Basis.SAMPLE)

    def by_state(self, name: Hashable, test: Callable[[Profile], Kleene], prefix: str) -> list[tuple[str, Estimate]]:
        """People who pass in each state under `prefix` (`US-`), and in one that nobody is known to live in but some may."""
        states = sorted(place for place in self.places() if place and place.startswith(prefix))
        return [(state, self.count(name, test, (state,))) for state in (*states, f"{prefix}unknown")]


def _wilson(successes: float, trials: int, z: float) -> tuple[float, float]:
    p, zz = successes / trials, z * z / trials
    centre, half = p + zz / 2, z * math.sqrt(p * (1 - p) / trials + zz / (4 * trials))
    return max(0.0, (centre - half) / (1 + zz)), min(1.0, (centre + half) / (1 + zz))


def _upper(successes: float, trials: int, z: float, level: float) -> float:
    if successes == 0:
        return 1 - (1 - level) ** (1 / trials)
    return _wilson(successes, trials, z)[1]


def reaches(estimate: Estimate, count: Count) -> tuple[Kleene, float | None]:
    """
    Whether a number of people reaches a threshold, and the probability that it does.

    Args:
        estimate: how many people, with interval.
        count: the threshold.

    Returns:
        Yes or no when the interval lies on one side, else unknown with P(number >= threshold).
        The probability is null when only bounds are known or nobody was seen: neither has a distribution.
    """
    least, low, high = count.least, estimate.low or 0.0, estimate.high
    if low >= least:
        return YES, 1.0
    if high is not None and high < least:
        return NO, 0.0
    probability = estimate_reaches(estimate, least) if estimate.value else None
    return UNKNOWN, None if probability is None else round(probability, 4)
