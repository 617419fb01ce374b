"""Words that fields of people hold, from libraries that collect them: given and family names, places, words for a gender."""

from __future__ import annotations

from functools import cache
from importlib.metadata import distribution
from pathlib import Path

#: Family names beyond this rank are as often words of other things.
FAMILY_NAMES_READ = 20_000
#: Names that are words of a column of colours or seasons before they are people's.
_OTHER_WORDS = frozenset("white black brown gray grey green blue red gold silver golden rose olive ivory amber hazel violet coral teal tan maroon cream orange purple pink yellow april may june august summer winter spring autumn north south east west".split())
#: What says that a field is about descent: with them stand words that say it only there (`black`, `other`).
_DESCENT = ("asian", "hispanic", "latino", "latina", "african", "caucasian", "pacific islander", "alaska", "american indian", "native american", "multiracial", "two or more races")
_DESCENT_TOO = ("white", "black", "native", "race", "other", "islander", "mixed", "biracial", "filipino", "chinese", "indian", "middle eastern", "arab", "european")
#: How a person's gender is written in open data and customer tables of several languages.
GENDERS = frozenset(
    "m f male female man woman men women boy girl nonbinary non-binary nb x diverse divers other u unknown männlich weiblich mann frau homme femme masculin féminin hombre mujer masculino femenino "
    "feminino maschio femmina maschile femminile uomo donna man vrouw mężczyzna kobieta мужской женский м ж 男 女 男性 女性 h".split()
)
#: Those of them that name one gender; a field of genders holds two of them.
_DECISIVE = GENDERS - {"x", "u", "unknown", "other", "nb", "h"}


@cache
def given_names() -> frozenset[str]:
    """
    Given names, lower case.

    Source:
        US Census Bureau, names of the 1990 census, as the library `names` carries them.
    """
    return (frozenset(_column("dist.male.first")) | frozenset(_column("dist.female.first"))) - _OTHER_WORDS


@cache
def family_names() -> frozenset[str]:
    """
    The most frequent family names, lower case.

    Source:
        As `given_names`.
    """
    return frozenset(_column("dist.all.last")[:FAMILY_NAMES_READ]) - _OTHER_WORDS


@cache
def rare_family_names() -> frozenset[str]:
    """All listed family names, the rarest too, lower case."""
    return frozenset(_column("dist.all.last")) - _OTHER_WORDS


def _column(name: str) -> list[str]:
    """First column of a list; found through the distribution, because a module of a user may be called `names` too."""
    listed = Path(str(distribution("names").locate_file("names"))) / name
    return [line.split()[0].lower() for line in listed.read_text("ascii").splitlines() if line.strip()]


@cache
def places() -> frozenset[str]:
    """
    Towns, lower case, in the languages of their countries; a second of processor time at the first call.

    Source:
        The places that libphonenumber writes beside geographic number ranges.
    """
    from phonenumbers.geodata import GEOCODE_DATA

    named = {name for languages in GEOCODE_DATA.values() for name in languages.values()}
    return frozenset(part.strip().lower() for name in named for part in name.split(",") if len(part.strip()) > 2)


def names_a_gender(words: frozenset[str]) -> bool:
    """Whether a field with just these words, lower case, holds genders: two that differ, and little else (`not provided`)."""
    return len(words & _DECISIVE) > 1 and 2 * len(words & GENDERS) >= len(words)


def names_descent(words: frozenset[str]) -> bool:
    """Whether a field with just these words, lower case, says where people's families come from."""
    plain = sum(any(one in word for one in _DESCENT) for word in words)
    near = sum(any(one in word for one in (*_DESCENT, *_DESCENT_TOO)) for word in words)
    return plain > 0 and len(words) > 1 and near >= 0.75 * len(words)
