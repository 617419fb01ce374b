"""Where a person lives, as well as the evidence tells it: each piece of evidence votes with the weight of its basis."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import phonenumbers
import polars as pl

from leakscope.individuals.vocabulary import has_phrase, words
from leakscope.vocabulary import entities

#: Country-code domains that are sold to everybody and tell nothing of a place. Own list.
_GENERIC_CODES = ("co", "io", "ai", "me", "tv", "cc", "ws", "fm", "to", "ly", "gg", "sh", "so", "vc", "im", "la", "is", "eu", "st", "nu", "tk", "ml")
_VOTE = pl.Schema({"unit": pl.UInt32, "place": pl.String, "basis": pl.String})


@cache
def places() -> Mapping[str, Any]:
    """Country and division names, postal forms and weights of `places.toml`."""
    return tomllib.loads((files(__package__) / "places.toml").read_text("utf-8"))


@cache
def _country_names() -> Mapping[str, str]:
    rows = places()["countries"].items()
    named = {name: code for code, row in rows for name in (*row["names"], row["alpha_3"])}
    return {**named, **{code.lower(): code for code, _ in rows}}


@cache
def _divisions() -> Mapping[str, Mapping[str, str]]:
    """Country -> division code or name, lower case -> ISO 3166-2."""
    return {
        country: {key: f"{country}-{code}" for code, name in rows.items() for key in (code.lower(), name)}
        for country, rows in places()["divisions"].items()
    }


@cache
def _region_of_prefix(prefix: str) -> str | None:
    """ISO country of a number starting with `prefix`, by the numbering plan; null when shared or unknown."""
    try:
        number = phonenumbers.parse(prefix.ljust(12, "2"), None)
    except phonenumbers.NumberParseException:
        return None
    regions = phonenumbers.region_codes_for_country_code(number.country_code)
    if len(regions) == 1:
        return None if regions[0] == "001" else regions[0]
    found = phonenumbers.region_code_for_number(number)
    return found or (regions[0] if number.country_code != 1 else None)


def _addresses(found: pl.DataFrame) -> pl.DataFrame:
    """Votes of written addresses: a division code before its postal code, a country's name at the end, a postal form."""
    distinct = found.filter(pl.col("entity") == "POSTAL_ADDRESS").select("value").unique()
    text = pl.col("value").str.to_lowercase()
    us, au = ("|".join(key for key in _divisions()[country] if len(key) <= length) for country, length in (("US", 2), ("AU", 3)))
    us_state = text.str.extract(rf"\b({us}) [0-9]{{5}}(?: [0-9]{{4}})?\b", 1).replace_strict(_divisions()["US"], default=None, return_dtype=pl.String)
    au_state = text.str.extract(rf"\b({au}) [0-9]{{4}}\b", 1).replace_strict(_divisions()["AU"], default=None, return_dtype=pl.String)
    names = "|".join(sorted((name for name in _country_names() if len(name) > 2), key=len, reverse=True))
    country = text.str.extract(rf"\b({names})$", 1).replace_strict(dict(_country_names()), default=None, return_dtype=pl.String)
    forms = [pl.when(text.str.contains(form)).then(pl.lit(code)) for code, form in places()["postal_forms"].items()]
    voted = distinct.with_columns(place=pl.coalesce(us_state, au_state, country, *forms)).drop_nulls("place")
    return found.join(voted, on="value").select("unit", "place", basis=pl.lit("address"))


def _named_columns(found: pl.DataFrame) -> pl.DataFrame:
    """Votes of country and state columns; whose states a column holds is told by the column as a whole."""
    rows = found.filter(pl.col("entity").is_in(["LOCATION", "POSTAL_ADDRESS", "NRP"]))
    fields = rows.get_column("field").unique()
    keys = words()["keys"]
    kind = {field: "country" if has_phrase(field, keys["country"]) else "region" for field in fields if has_phrase(field, (*keys["country"], *keys["region"]))}
    if not kind:
        return pl.DataFrame(schema=_VOTE)
    rows = rows.with_columns(column=pl.col("field").replace_strict(kind, default=None, return_dtype=pl.String), text=pl.col("value").str.to_lowercase())
    country = rows.filter(pl.col("column") == "country").with_columns(
        place=pl.col("text").replace_strict(dict(_country_names()), default=None, return_dtype=pl.String)
    )
    regions = rows.filter(pl.col("column") == "region")
    scored = [
        regions.with_columns(place=pl.col("text").replace_strict(dict(names), default=None, return_dtype=pl.String)).with_columns(
            share=pl.col("place").is_not_null().mean().over("source", "field"), country=pl.lit(code)
        )
        for code, names in _divisions().items()
    ]
    best = pl.concat(scored).filter(pl.col("place").is_not_null() & (pl.col("share") > 0.5))
    best = best.filter(pl.col("share") == pl.col("share").max().over("source", "field"))
    best = best.filter(pl.col("country") == pl.col("country").min().over("source", "field"))
    located = [field for field in kind if has_phrase(field, ("geo", "geoip", "ip", "client", "request", "peer"))]
    basis = pl.when(pl.col("field").is_in(located)).then(pl.lit("ip_country")).otherwise(pl.lit("address"))
    return pl.concat([part.select("unit", "place", basis=basis) for part in (country.drop_nulls("place"), best)])


def _identifiers(found: pl.DataFrame) -> pl.DataFrame:
    """Votes of national numbers, phone prefixes, bank accounts and mail domains."""
    national = {name: row.country for name, row in entities().items() if row.country and row.linkage == "strong"}
    numbers = found.with_columns(place=pl.col("entity").replace_strict(national, default=None, return_dtype=pl.String)).drop_nulls("place")
    phones = found.filter((pl.col("entity") == "PHONE_NUMBER") & pl.col("value").str.starts_with("+")).with_columns(prefix=pl.col("value").str.slice(0, 5))
    prefixes = {prefix: _region_of_prefix(prefix) for prefix in phones.get_column("prefix").unique()}
    phones = phones.with_columns(place=pl.col("prefix").replace_strict(prefixes, default=None, return_dtype=pl.String)).drop_nulls("place")
    banks = found.filter(pl.col("entity") == "IBAN_CODE").with_columns(place=pl.col("value").str.slice(0, 2))
    code = pl.col("value").str.extract(r"\.([a-z]{2})$")
    mail = found.filter(pl.col("entity") == "EMAIL_ADDRESS").with_columns(
        place=pl.when(~code.is_in(_GENERIC_CODES)).then(pl.when(code == "uk").then(pl.lit("GB")).otherwise(code.str.to_uppercase()))
    )
    mail = mail.drop_nulls("place")
    parts = ((numbers, "national_id"), (phones, "phone_prefix"), (banks, "bank_account"), (mail, "domain"))
    return pl.concat([part.select("unit", "place", basis=pl.lit(basis)) for part, basis in parts])


@cache
def _zip_states() -> Mapping[str, str]:
    """First three digits of a US ZIP code -> ISO 3166-2."""
    rows = places()["zip_prefixes"].items()
    return {f"{prefix:03d}": f"US-{state}" for state, ranges in rows for low, high in ranges for prefix in range(low, high + 1)}


def _zip_codes(found: pl.DataFrame, voted: pl.DataFrame) -> pl.DataFrame:
    """Votes of postal codes for a US state, where the unit has another vote for the country; a lost leading zero is put back."""
    american = voted.filter(pl.col("place").str.starts_with("US")).select("unit").unique()
    codes = found.filter((pl.col("entity") == "POSTAL_CODE") & pl.col("value").str.contains(r"^\d{4,5}(\d{4})?$")).join(american, on="unit", how="semi")
    whole = pl.when(pl.col("value").str.len_chars().is_in([4, 8])).then(pl.lit("0") + pl.col("value")).otherwise("value")
    state = whole.str.slice(0, 3).replace_strict(dict(_zip_states()), default=None, return_dtype=pl.String)
    return codes.with_columns(place=state).drop_nulls("place").select("unit", "place", basis=pl.lit("address"))


def _attributes(found: pl.DataFrame) -> pl.DataFrame:
    """Votes of what detectors noted: a locale, the country of an address by a geolocation field."""
    noted = found.filter(pl.col("attributes").str.contains('"(?:locale|ip_country)"'))
    rows = [
        noted.select("unit", place=pl.col("attributes").str.extract(rf'"{name}":\s*"(?:[a-z]{{2}}[-_])?([A-Z]{{2}})"'), basis=pl.lit(name))
        for name in ("locale", "ip_country")
    ]
    return pl.concat(rows).drop_nulls("place")


def votes(placed: pl.DataFrame) -> pl.DataFrame:
    """
    What the evidence says about where the person of each unit lives.

    Args:
        placed: sightings in their units.

    Returns:
        `unit, place, basis`, distinct; `place` is ISO 3166-1 or 3166-2.
    """
    wanted = ("POSTAL_ADDRESS", "POSTAL_CODE", "LOCATION", "NRP", "PHONE_NUMBER", "IBAN_CODE", "EMAIL_ADDRESS", *(n for n, e in entities().items() if e.country))
    found = placed.filter(pl.col("entity").is_in(wanted)).select("unit", "source", "entity", "value", "field", "attributes")
    parts = [_addresses(found), _named_columns(found), _identifiers(found), _attributes(found)]
    voted = pl.concat([part.cast(_VOTE) for part in parts])
    return pl.concat([voted, _zip_codes(found, voted).cast(_VOTE)]).unique()


def residences(cluster_votes: pl.DataFrame) -> pl.DataFrame:
    """
    The residence of each cluster.

    Args:
        cluster_votes: `cluster, place, basis`.

    Returns:
        `cluster, residence, residence_basis, residence_confidence`. The country with the greatest weight wins, named by its
        best basis, with the division when one is voted. Confidence is that some vote for it is right, 1 - prod(1 - weight),
        less the share of weight that other countries hold.
    """
    weighted = cluster_votes.unique().with_columns(
        country=pl.col("place").str.slice(0, 2), weight=pl.col("basis").replace_strict(dict(places()["weights"]), return_dtype=pl.Float64)
    )
    countries = weighted.group_by("cluster", "country").agg(
        weight=pl.col("weight").unique().sort().sum(),
        miss=(1 - pl.col("weight").unique().sort()).product(),
        residence_basis=pl.col("basis").sort_by([-pl.col("weight"), pl.col("basis")]).first(),
        residence=pl.col("place").sort_by([-pl.col("place").str.len_chars().cast(pl.Int32), pl.col("place")]).first(),
    )
    ranked = countries.sort(["cluster", "weight", "country"], descending=[False, True, False]).with_columns(
        share=pl.col("weight") / pl.col("weight").sum().over("cluster")
    )
    best = ranked.unique(subset="cluster", keep="first", maintain_order=True)
    return best.select("cluster", "residence", "residence_basis", residence_confidence=((1 - pl.col("miss")) * pl.col("share")).round(3))
