"""Invented people: one person is a function of (seed, number), so a population of any size needs no memory."""

from __future__ import annotations

import tomllib
import unicodedata
from bisect import bisect
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from itertools import accumulate
from typing import Any

from leakscope.corpus.draw import DIGITS, UPPER, Draw
from leakscope.corpus.identifiers import NATIONAL_IDS, Bearer, card_number, iban

_MAIL = ("gmail.com",) * 8 + ("outlook.com", "yahoo.com", "hotmail.com", "icloud.com", "proton.me")
_LOCAL_MAIL = {
    "DE": ("gmx.de", "web.de", "t-online.de"), "FR": ("orange.fr", "free.fr", "laposte.net"), "IT": ("libero.it", "virgilio.it"),
    "ES": ("hotmail.es",), "CN": ("qq.com", "163.com", "126.com"), "RU": ("mail.ru", "yandex.ru"), "GB": ("btinternet.com", "hotmail.co.uk"),
    "BR": ("uol.com.br", "bol.com.br"), "PL": ("wp.pl", "onet.pl"), "NL": ("ziggo.nl", "kpnmail.nl"), "AT": ("gmx.at",), "CH": ("bluewin.ch",),
}  # fmt: skip
_PLAIN = str.maketrans({"ß": "ss", "ä": "ae", "ö": "oe", "ü": "ue", "ø": "o", "ł": "l", "ı": "i", "'": None, " ": None})


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One invented person; every value agrees with the residence."""

    id: str
    residence: str
    language: str
    female: bool
    first: str
    last: str
    name: str
    email: str
    phone: str
    street: str
    town: str
    postcode: str
    address: str
    born: date
    national_id: str | None
    national_id_entity: str | None
    iban: str | None
    card: str
    user_id: str
    username: str
    ip: str

    @property
    def country(self) -> str:
        """ISO 3166-1 alpha-2 of the residence."""
        return self.residence[:2]

    @property
    def born_text(self) -> str:
        """Birth date as people of the country write it."""
        form = {"US": "%m/%d/%Y", "DE": "%d.%m.%Y", "AT": "%d.%m.%Y", "CH": "%d.%m.%Y", "RU": "%d.%m.%Y", "PL": "%d.%m.%Y", "TR": "%d.%m.%Y"}
        form |= dict.fromkeys(("CN", "JP", "CA"), "%Y-%m-%d")
        return self.born.strftime(form.get(self.country, "%d/%m/%Y"))


@cache
def _pool(name: str) -> dict[str, Any]:
    return tomllib.loads((files("leakscope.corpus") / "pools" / f"{name}.toml").read_text("utf-8"))


@cache
def _words(pool: str, key: str) -> tuple[str, ...]:
    text = _pool("names")[pool][key]
    return tuple(text.split("|") if "|" in text else text.split())


@cache
def _residences() -> tuple[list[str], list[int]]:
    places = {name: row for name, row in _pool("places").items() if name != "country"}
    return list(places), list(accumulate(row["share"] for row in places.values()))


def _fill(draw: Draw, pattern: str) -> str:
    """`pattern` with # as digits, @ as capital letters."""
    table = {"#": DIGITS, "@": UPPER}
    return "".join(draw.pick(table[c]) if c in table else c for c in pattern)


def _latin(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return "".join(c for c in bare if c.isascii() and c.isalnum())


def _names(draw: Draw, pool: str, female: bool) -> tuple[str, str, str, str]:
    """Given and family name as written, and both in plain Latin letters."""
    row, sex = _pool("names")[pool], "female" if female else "male"
    firsts, lasts = _words(pool, sex), _words(pool, "last_female" if female and "last_female" in row else "last")
    i, j = draw.below(len(firsts)), draw.below(len(lasts))
    latin_first = _words(pool, f"latin_{sex}")[i] if f"latin_{sex}" in row else firsts[i]
    latin_last = _words(pool, "latin_last")[j] if "latin_last" in row else lasts[j]
    return firsts[i], lasts[j], _latin(latin_first), _latin(latin_last)


def _email(draw: Draw, country: str, first: str, last: str, year: int) -> str:
    """Address at a large provider; a number of three or more digits keeps it from being somebody's."""
    domain = draw.pick(_LOCAL_MAIL.get(country, _MAIL)) if draw.chance(0.35) else draw.pick(_MAIL)
    form = draw.pick(("{f}.{l}{n}", "{f}{l}{n}", "{i}{l}{n}", "{f}_{l}{n}", "{l}.{f}{n}", "{f}.{l}.{n}"))
    number = f"{year % 100:02d}{draw.between(10, 99)}" if draw.chance(0.5) else draw.between(100, 9999)
    return form.format(f=first, l=last, i=first[:1], n=number) + "@" + domain


def _user_id(draw: Draw) -> str:
    kind = draw.random()
    if kind < 0.8:
        return draw.uuid()
    return "usr_" + draw.text("0123456789abcdefghjkmnpqrstvwxyz", 20) if kind < 0.93 else str(draw.between(10_000_000, 99_999_999))


def _unit(draw: Draw, country: str) -> str:
    if draw.chance(0.6):
        return ""
    return f" Apt {draw.between(1, 40)}{draw.pick('ABC')}" if country == "US" else f", {draw.between(1, 8)}º {draw.pick('ABCD')}"


def _ip(draw: Draw) -> str:
    """A routable IPv4 address outside every reserved and documentation block."""
    return f"{draw.pick((24, 45, 62, 73, 77, 81, 86, 91, 93, 109, 151, 176, 178, 188))}.{draw.between(1, 254)}.{draw.between(0, 254)}.{draw.between(1, 254)}"


@lru_cache(maxsize=20_000)
def person(seed: int, number: int, of: int = -1) -> Person:
    """
    Person `number` of the population of `seed`.

    Args:
        seed: of the corpus.
        number: of the person, or of the third party when `of` is a person.
        of: number of the person who knows this third party; -1 for the population itself.
    """
    draw = Draw(seed, "person", of, number)
    residences, shares = _residences()
    residence = residences[bisect(shares, draw.below(shares[-1]))]
    if of >= 0 and draw.chance(0.85):
        residence = person(seed, of).residence
    country, place = residence[:2], _pool("places")[residence]
    female = draw.chance(0.5)
    names = place["names"] if country != "US" or draw.chance(0.85) else draw.pick(("es", "in"))
    first, last, latin_first, latin_last = _names(draw, names, female)
    born = date(1946, 1, 1) + timedelta(days=draw.below(59 * 365))
    bearer = Bearer(born=born, female=female, first=first, last=last)
    entity, make = NATIONAL_IDS.get(country, (None, None))
    town, postcode, area = draw.pick(place["towns"])
    form = _pool("places")["country"][country]
    postcode, street, house = _fill(draw, postcode), draw.pick(form["streets"].split("|")), draw.between(1, 1900 if country == "US" else 180)
    line = form["line"].format(n=house, s=street, town=town, region=residence[3:], postcode=postcode, unit=_unit(draw, country))
    phone = _fill(draw, draw.pick(form["phone"]).format(a=area, x=f"{draw.between(2, 9)}{draw.between(20, 54)}"))
    last_first = _pool("names")[names].get("order") == "last"
    return Person(
        id=f"p{number:07d}" if of < 0 else f"t{of:07d}-{number}",
        residence=residence, language=place["language"], female=female, first=first, last=last,
        name=f"{last}{first}" if last_first else f"{first} {last}",
        email=_email(draw, country, latin_first, latin_last, born.year), phone=phone,
        street=f"{house} {street}" if form["line"].startswith("{n}") else f"{street} {house}", town=town, postcode=postcode, address=line, born=born,
        national_id=make(draw, bearer) if make else None, national_id_entity=entity, iban=iban(draw, country), card=card_number(draw),
        user_id=_user_id(draw), username=f"{latin_first}{latin_last[:3]}{draw.between(1, 9999)}", ip=_ip(draw),
    )  # fmt: skip


@lru_cache(maxsize=64)
def account(seed: int, number: int) -> Person:
    """Account `number` that belongs to nobody: monitoring bots and test users, who are not counted as people."""
    base = person(seed, number, -2)
    test = number % 3 == 0
    username = f"test{number:02d}" if test else f"svc-{('eval', 'probe', 'loadtest', 'canary')[number % 4]}-{number}"
    changes = {"id": f"s{number:04d}", "username": username, "user_id": username, "email": f"{username}@northfield.app"}
    return replace(base, **changes, name="Test User" if test else "Service Account", first="Test" if test else "Service", language="en")
