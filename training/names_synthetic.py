"""
Make labelled pieces from templates: invented people in invented messages, and messages that name nobody.

    python names_synthetic.py --pieces 30000 --seed 7 --out made.jsonl

Templates and word lists are the TOML files of `templates/`; people, streets and companies come from Faker (MIT).
About half of the pieces name nobody: assistant queries, support messages, code, logs, eponyms and products, because a
finder of names is judged by what it leaves alone as much as by what it finds.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from faker import Faker

TEMPLATES = Path(__file__).parent / "templates"
HARMLESS_SHARE = 0.45
PLACE = re.compile(r"\{([a-z]+?)(\d?)\}")

#: Faker locales by language of the sentence; in a sentence of any language the people come from `ABROAD` one time in four.
LOCALES = {
    "en": ("en_US", "en_GB", "en_IN", "en_AU", "en_IE", "en_NZ", "en_CA", "en_NG", "fil_PH"),
    "de": ("de_DE", "de_AT", "de_CH"),
    "fr": ("fr_FR", "fr_CA", "fr_BE", "fr_CH"),
    "es": ("es_ES", "es_MX", "es_CO", "es_AR", "es_CL"),
    "it": ("it_IT",),
    "pt": ("pt_BR", "pt_PT"),
    "nl": ("nl_NL", "nl_BE"),
    "pl": ("pl_PL",),
    "tr": ("tr_TR",),
    "sv": ("sv_SE",),
    "ro": ("ro_RO",),
    "ru": ("ru_RU",),
}
ABROAD = ("cs_CZ", "da_DK", "hr_HR", "fi_FI", "hu_HU", "no_NO", "vi_VN", "id_ID", "yo_NG", "zu_ZA", "tw_GH", "az_AZ", "lt_LT", "lv_LV", "et_EE", "sk_SK", "sl_SI", "tr_TR", "it_IT", "en_IN", "es_MX", "pl_PL", "nl_NL", "de_DE", "fr_FR", "pt_BR", "ro_RO", "sv_SE", "ja_JP", "zh_PINYIN")
WEIGHTS = {"en": 10, "de": 3, "fr": 3, "es": 3, "it": 2, "pt": 2, "nl": 1.5, "pl": 2, "tr": 2, "sv": 1, "ro": 1, "ru": 4}
#: Languages for which Faker writes sentences of real words: any vocabulary, naming nobody.
WORDY = ("en", "de", "fr", "it", "nl", "pl", "ru")
TITLES = {"en": ("Mr", "Mrs", "Ms", "Mr.", "Mrs.", "Ms.", "Dr", "Dr.", "Prof."), "de": ("Herrn", "Frau", "Dr."), "fr": ("M.", "Mme"), "es": ("Sr.", "Sra.", "Dr."), "it": ("Sig.", "Dott."), "pt": ("Sr.", "Dra."), "nl": ("meneer", "mevrouw"), "pl": ("pana", "pani")}
LABELS = {"name": "PER", "first": "PER", "last": "PER", "city": "LOC", "country": "LOC", "region": "LOC", "district": "LOC", "province": "LOC", "street": "ADDR", "addr": "ADDR", "org": "ORG"}


@dataclass
class Writer:
    """Fills templates from one seed."""

    draw: random.Random
    harmless: float
    lists: dict[str, list[str]] = field(default_factory=dict)
    templates: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    fakers: dict[str, Faker] = field(default_factory=dict)

    def piece(self) -> dict[str, object]:
        """One labelled piece."""
        language = self.draw.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        kind = "harmless" if self.draw.random() < self.harmless else "named"
        template = self.template(language, kind)
        text, spans, end = "", [], 0
        people = self.draw.choice(LOCALES[language]) if language == "ru" or self.draw.random() >= 0.25 else self.draw.choice(ABROAD)
        for place in PLACE.finditer(template):
            text += template[end : place.start()]
            value = self.value(place[1], language, people)
            if place[1] in LABELS:
                article = len("the ") if value.startswith("the ") else 0
                spans.append({"start": len(text) + article, "end": len(text) + len(value), "label": LABELS[place[1]]})
            text, end = text + value, place.end()
        spans = _joined(spans, text)
        return {"text": text + template[end:], "spans": spans, "source": f"made-{kind}"}

    def template(self, language: str, kind: str) -> str:
        """A template as people frame it: with a greeting before and a plea after it as often as not, now and then misspelt."""
        known, chance = self.templates[language], self.draw.random()
        if kind == "named":
            text = self.draw.choice(known["named"])
        elif chance < 0.25 and language in WORDY:
            text = self.faker(LOCALES[language][0]).sentence().rstrip(".")
            text = text if chance < 0.08 else text.lower()
        else:
            text = self.draw.choice(known["harmless"] if chance < 0.5 else known["more"])
        text = self.misspelt(text) if kind == "harmless" and "{" not in text and self.draw.random() < 0.12 else text
        if "\n" in text or self.draw.random() < 0.5:
            return text
        before = self.draw.choice(known["open"]) + self.draw.choice((" ", ", ", ", ", ". ", "! ")) if self.draw.random() < 0.75 else ""
        before = before.capitalize() if self.draw.random() < 0.3 else before
        after = self.draw.choice((" ", ", ", "? ", ". ")) + self.draw.choice(known["close"]) if self.draw.random() < 0.5 else ""
        return before + text + after

    def misspelt(self, text: str) -> str:
        """Two neighbouring letters changed places."""
        places = [place for place in range(1, len(text) - 2) if text[place].isalpha() and text[place + 1].isalpha()]
        if not places:
            return text
        place = self.draw.choice(places)
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]

    def faker(self, locale: str) -> Faker:
        """The Faker of one locale, made once."""
        if locale not in self.fakers:
            self.fakers[locale] = Faker(locale)
            self.fakers[locale].seed_instance(self.draw.randrange(2**32))
        return self.fakers[locale]

    def value(self, name: str, language: str, people: str) -> str:
        """What stands in a template's place."""
        if name in ("name", "first", "last"):
            return self.person(name, people)
        home = self.faker(self.draw.choice(LOCALES[language]))
        return self.place(name, home, people) or self.plain(name, home, language)

    def person(self, part: str, locale: str) -> str:
        """A person's name, or its first or last part, as people of the locale write it in Latin letters."""
        if locale == "zh_PINYIN":
            family = self.draw.choice(self.lists["pinyin_family"])
            given = "".join(self.draw.choices(self.lists["pinyin_given"], k=self.draw.choice((1, 2, 2)))).capitalize()
            return {"first": given, "last": family}.get(part, f"{family} {given}" if self.draw.random() < 0.75 else f"{given} {family}")
        made = self.faker(locale)
        if locale == "ru_RU":
            return russian(made, part, self.draw)
        if locale == "ja_JP":
            first, last = made.first_romanized_name(), made.last_romanized_name()
        else:
            first, last = made.first_name(), made.last_name()
        chance = self.draw.random()
        whole = f"{first} {last}"
        if chance < 0.06:
            whole = f"{last}, {first}"
        elif chance < 0.11:
            whole = f"{first[0]}. {last}"
        elif chance < 0.15:
            whole = f"{first} {self.draw.choice('ABCDEFGHJKLMNPRSTW')}. {last}"
        return {"first": first, "last": last}.get(part, whole)

    def place(self, name: str, home: Faker, people: str) -> str | None:
        """A place, an address or an organisation; null for other names."""
        if name == "city":
            real = self.lists["chinese_cities"] if people == "zh_PINYIN" else self.lists["cities"]
            return self.draw.choice(real) if self.draw.random() < 0.7 else home.city()
        if name == "country":
            return self.draw.choice(self.lists["countries"]) if self.draw.random() < 0.7 else home.current_country()
        if name in ("region", "district", "province"):
            return self.draw.choice(self.lists[f"{name}s"])
        if name == "street":
            return home.street_address().replace("\n", self.draw.choice((", ", " ")))
        if name == "addr":
            return home.address().replace("\n", self.draw.choice((", ", " ", ", ", "\n")))
        if name == "org":
            return self.organization(home)
        return None

    def organization(self, home: Faker) -> str:
        """A known organisation, an invented company, or a place's hospital, school or council."""
        chance = self.draw.random()
        if chance < 0.55:
            return self.draw.choice(self.lists["organizations"])
        if chance < 0.75:
            return f"{self.draw.choice((home.last_name(), self.draw.choice(self.lists['cities'])))} {self.draw.choice(self.lists['organization_ends'])}"
        return home.company()

    def plain(self, name: str, home: Faker, language: str) -> str:
        """A value that names nobody."""
        singles = {"job": "jobs", "style": "styles", "subject": "subjects", "thing": "things", "food": "foods", "topic": "topics", "eponym": "eponyms", "lookalike": "lookalikes", "relative": "relatives"}
        if name in singles:
            return self.draw.choice(self.lists[singles[name]])
        numbers = {"age": (17, 91), "year": (1950, 2026), "a": (2, 99), "b": (2, 999), "c": (100, 9999)}
        if name in numbers:
            return str(self.draw.randint(*numbers[name]))
        if name == "tongue":
            return self.draw.choice(("Spanish", "French", "German", "Italian", "Japanese", "Korean", "Arabic", "Latin", "Hindi", "Russian", "Chinese", "Portuguese", "Dutch"))
        if name == "title":
            return self.draw.choice(TITLES.get(language, ("Dr.",)))
        if name == "phone":
            return home.numerify(self.draw.choice(("+## ### ######", "0### #######", "(###) ###-####", "###-###-####")))
        return home.email() if name == "email" else home.date(self.draw.choice(("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%m/%d/%Y")))


#: Endings of the six Russian cases (nominative to prepositional) by how a name ends; family names decline like adjectives.
CASES_BY_END = {
    "ия": ("ия", "ии", "ии", "ию", "ией", "ии"), "а": ("а", "ы", "е", "у", "ой", "е"), "я": ("я", "и", "е", "ю", "ей", "е"), "й": ("й", "я", "ю", "я", "ем", "е"), "ь": ("ь", "я", "ю", "я", "ем", "е"),
    "": ("", "а", "у", "а", "ом", "е"),
}  # fmt: skip
FAMILY_CASES = {True: ("а", "ой", "ой", "у", "ой", "ой"), False: ("", "а", "у", "а", "ым", "е")}


def russian(made: Faker, part: str, draw: random.Random) -> str:
    """A Russian name as sentences hold it: in any grammatical case, with or without patronymic, family name first or last."""
    woman = draw.random() < 0.5
    first = made.first_name_female() if woman else made.first_name_male()
    last = made.last_name_female() if woman else made.last_name_male()
    middle = made.middle_name_female() if woman else made.middle_name_male()
    case = 0 if draw.random() < 0.6 else draw.randrange(1, 6)
    first, middle = (_declined(word, case) for word in (first, middle))
    if last.endswith(("ов", "ев", "ёв", "ин", "ын", "ова", "ева", "ёва", "ина", "ына")):
        stem = last[:-1] if woman and last.endswith("а") else last
        last = stem + FAMILY_CASES[woman][case]
    forms = (f"{first} {last}", f"{first} {last}", f"{last} {first}", f"{first} {middle}", f"{last} {first} {middle}", f"{first[0]}. {middle[0]}. {last}", f"{last} {first[0]}.{middle[0]}.")
    return {"first": first, "last": last}.get(part, draw.choice(forms))


def _declined(word: str, case: int) -> str:
    end = next(end for end in CASES_BY_END if word.endswith(end))
    stem = word[: len(word) - len(end)]
    form = CASES_BY_END[end][case]
    return stem + ("и" if end == "а" and form == "ы" and stem[-1:] in "гкхжшчщ" else form)


def _joined(spans: list[dict[str, object]], text: str) -> list[dict[str, object]]:
    """Two family names that stand side by side are one name."""
    joined: list[dict[str, object]] = []
    for span in spans:
        if joined and span["label"] == "PER" == joined[-1]["label"] and text[joined[-1]["end"] : span["start"]] == " ":
            joined[-1] = {**joined[-1], "end": span["end"]}
        else:
            joined.append(span)
    return joined


def main() -> None:
    """Write the asked number of pieces."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pieces", type=int, required=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--harmless", type=float, default=HARMLESS_SHARE, help="share of pieces that name nobody")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    read = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(TEMPLATES.glob("*.toml"))}
    writer = Writer(random.Random(given.seed), given.harmless, read.pop("lists"), read)
    with given.out.open("w", encoding="utf-8") as lines:
        for _ in range(given.pieces):
            lines.write(json.dumps(writer.piece(), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
