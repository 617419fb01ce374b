"""
Every kind of finding in every shape in which evidence holds it: what share is found, and where not.

Run: python benchmarks/shape_matrix.py [--write docs/detection-matrix.md]
"""

from __future__ import annotations

import argparse
import base64
import gzip
import html
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import orjson
import polars as pl

from leakscope.catalogue import Catalogue, load
from leakscope.catalogue.model import Detector
from leakscope.detection.kernel import Kernel
from leakscope.detection.overlaps import is_secret
from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey
from leakscope.text.normalise import normalise
from leakscope.text.unfold import outer_leaves
from leakscope.vocabulary import element_of, entities

KEY = IncidentKey(b"m" * 32)


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing to find: the rule it is from, its type, the name that stands beside it, what is written, and what is to be found."""

    detector: str
    entity: str
    name: str
    text: str
    value: str


def kinds(catalogue: Catalogue, example: int = 0) -> list[Kind]:
    """
    The finding in one of each rule's examples, the first unless told, beside the rule's own first keyword.

    A rule that reads its own surroundings (a password in an XML element) is written with them, as its example stands.
    """
    rules = catalogue.detectors
    lines = b"".join(orjson.dumps({"line": rule.examples[example]}) + b"\n" for rule in rules)
    found = Kernel(catalogue, KEY).find_batch(Batch(source="kinds", first_record=0, records=len(rules), lines=lines))
    listed: dict[str, Kind] = {}
    for record, detector, entity, value in found.select("record", "detector", "entity", "value").iter_rows():
        rule = rules[record]
        if detector == rule.id and rule.id not in listed:
            own = "(?P<value>" in rule.pattern
            name = "text" if own else _name_for(rule)
            listed[rule.id] = Kind(rule.id, entity, name, rule.examples[example] if own else value, value)
    return list(listed.values())


def _name_for(rule: Detector) -> str:
    """
    What a document calls the rule's value.

    A form that several countries share is only told by its country's name: it stands beside the word, where the rule knows one.
    """
    word = next(iter((*rule.keywords, *rule.context, "value")))
    if rule.keywords and rule.context and rule.id.startswith("id."):
        return f"{rule.context[0]} {word}"
    return word


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _words(name: str) -> str:
    return name.replace(" ", "_")


def _sentence(name: str, value: str) -> str:
    return f"As agreed, the {name} is {value} for now."


def _entities(text: str) -> str:
    return "".join(c if c.isalnum() or c == " " else f"&#{ord(c)};" for c in text)


def _wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in text)


def _hidden(text: str) -> str:
    return text[:3] + "\u200b" + text[3:]


def _doubled(text: str) -> str:
    return text.replace("'", "''")


def _double(text: str) -> str:
    return text.replace('"', r"\"")


def _single(text: str) -> str:
    return text.replace("'", r"\'")


def _wrapped(pem: str, width: int) -> str:
    """A PEM text with its body broken into lines of `width`."""
    head, body, foot = re.fullmatch(r"(-----BEGIN [^-]+-----)(.*)(-----END [^-]+-----)", pem, re.DOTALL).groups()
    bare = re.sub(r"\s|\\[nr]", "", body)
    return "\n".join([head, *(bare[at : at + width] for at in range(0, len(bare), width)), foot])


def _otlp(name: str, value: str) -> dict[str, Any]:
    return {"attributes": [{"key": "http.method", "value": {"stringValue": "GET"}}, {"key": _words(name), "value": {"stringValue": value}}]}


#: Shape -> (name, value) -> record. The name stands where the shape has a place for one.
SHAPES: Mapping[str, Callable[[str, str], dict[str, Any]]] = {
    "plain sentence": lambda n, v: {"text": _sentence(n, v)},
    "KEY=value": lambda n, v: {"text": f"{_words(n).upper()}={v}"},
    "JSON": lambda n, v: {_words(n): v},
    "JSON in JSON": lambda n, v: {"body": json.dumps({_words(n): v})},
    "three levels": lambda n, v: {"body": json.dumps({"inner": json.dumps({_words(n): v})})},
    "parallel arrays": lambda n, v: {"string.names": ["level", _words(n)], "string.values": ["info", v]},
    "OTLP attributes": _otlp,
    "query parameter": lambda n, v: {"url": f"https://host.net/a?x=1&{_words(n)}={v}"},
    "percent-encoded": lambda n, v: {"url": f"https://host.net/a?x=1&{_words(n)}={quote(v, safe='')}"},
    "YAML": lambda n, v: {"file": f"service:\n  {_words(n)}: {v}\n  port: 80"},
    "INI": lambda n, v: {"file": f"[main]\n{_words(n)} = {v}\nport = 80"},
    "XML attribute": lambda n, v: {"file": f'<entry {_words(n)}="{html.escape(v)}" kind="x"/>'},
    ".env": lambda n, v: {"file": f"PORT=80\n{_words(n).upper()}={v}\nMODE=live"},
    "shell export": lambda n, v: {"history": f'export {_words(n).upper()}="{_double(v)}"'},
    "SQL INSERT": lambda n, v: {"dump": f"INSERT INTO t (id, {_words(n)}) VALUES (7, '{_doubled(v)}');"},
    "Python source": lambda n, v: {"code": f'{_words(n)} = "{_double(v)}"\nuse({_words(n)})'},
    "JavaScript source": lambda n, v: {"code": f"const {_words(n)} = '{_single(v)}';"},
    "stack trace": lambda n, v: {"trace": f'Traceback (most recent call last):\n  File "a.py", line 3\nValueError: {n}: {v}'},
    "Markdown code": lambda n, v: {"text": f"Try this:\n```\n{_words(n)}={v}\n```\nand tell me"},
    "base64": lambda n, v: {"blob": _encoded(_sentence(n, v))},
    "base64 twice": lambda n, v: {"blob": _encoded(_encoded(_sentence(n, v)))},
    "gzip + base64": lambda n, v: {"blob": base64.b64encode(gzip.compress(_sentence(n, v).encode(), mtime=0)).decode()},
    "UTF-16": lambda n, v: {"blob": _sentence(n, v).encode("utf-16-le").decode("latin-1")},
    "full-width digits": lambda n, v: {"text": _sentence(n, _wide(v))},
    "zero-width": lambda n, v: {"text": _sentence(n, _hidden(v))},
    "HTML entities": lambda n, v: {"html": _entities(_sentence(n, v))},
}
#: Shapes for what is sent as a token; without the issuer's name beside it, any finding of a secret counts there.
TOKEN_SHAPES: Mapping[str, Callable[[str, str], dict[str, Any]]] = {
    "Bearer header": lambda n, v: {"headers": f"Host: a.net\nAuthorization: Bearer {v}"},
    "Basic header": lambda n, v: {"headers": "Authorization: Basic " + _encoded(f"api:{v}")},
    "Cookie": lambda n, v: {"headers": f"Cookie: theme=dark; {_words(n)}={v}; lang=de"},
    "URL with credentials": lambda n, v: {"url": f"https://{_words(n)}:{quote(v, safe='')}@host.net/a"},
}
#: Shapes of private keys.
KEY_SHAPES: Mapping[str, Callable[[str, str], dict[str, Any]]] = {
    "PEM wrapped at 48": lambda n, v: {"file": _wrapped(v, 48)},
    "PEM with escaped ends of lines": lambda n, v: {"file": '{"key": "' + _wrapped(v, 64).replace("\n", r"\n") + '"'},
    "PEM on one line": lambda n, v: {"file": _wrapped(v, 64).replace("\n", " ")},
}


def family(kind: Kind) -> str:
    """The row of the table that a kind belongs to."""
    if kind.detector.startswith("secret.generic"):
        return "keys and tokens of no issuer"
    if kind.detector.startswith("secret."):
        return "secrets of issuers"
    if kind.detector.startswith("credential."):
        return "credentials"
    return "national identifiers" if kind.detector.startswith("id.") else "other personal data"


#: A value as it stands in the bearer header (RFC 9110, section 11.2); others are sent elsewhere.
_TOKEN68 = re.compile(r"[A-Za-z0-9._~+/-]+=*")
#: Shape -> what a stretch of the text as written says, where it is not written as it is.
READ: Mapping[str, Callable[[str], str]] = {
    "JSON in JSON": lambda written: json.loads(f'"{written}"'),
    "three levels": lambda written: json.loads('"' + json.loads(f'"{written}"') + '"'),
    "percent-encoded": unquote,
    "URL with credentials": unquote,
    "XML attribute": html.unescape,
    "HTML entities": html.unescape,
    "SQL INSERT": lambda written: written.replace("''", "'"),
    "UTF-16": lambda written: written.encode("latin-1").decode("utf-16-le"),
    "full-width digits": lambda written: "".join(unicodedata.normalize("NFKC", c) if c.isdigit() else c for c in written),
    "zero-width": lambda written: written.replace("\u200b", ""),
}
#: Shapes in which the whole run stands for what it says.
RUNS = frozenset({"base64", "base64 twice", "gzip + base64", "Basic header"})


def measured(catalogue: Catalogue, listed: list[Kind]) -> pl.DataFrame:
    """
    One row per kind and shape: `detector, family, shape, found, placed, once`.

    `placed`: the finding's span, read by the shape's own decoder, is its value. `once`: no other finding of the same family (secrets,
    personal data) overlaps it under another type or fingerprint.
    """
    cells = [(kind, shape, make) for kind in listed for shape, make in _shapes_of(kind).items()]
    records = [make(kind.name, kind.text) for kind, shape, make in cells]
    lines = b"".join(orjson.dumps(record) + b"\n" for record in records)
    found = Kernel(catalogue, KEY).find_batch(Batch(source="matrix", first_record=0, records=len(cells), lines=lines))
    of_record = found.partition_by("record", as_dict=True)
    outer = {number: _outer_values(record) for number, record in enumerate(records)}
    rows = []
    for number, (kind, shape, _) in enumerate(cells):
        sights = of_record.get((number,), found.clear()).rows(named=True)
        sought = {(entity, normalise(entity, kind.value)) for entity in _answers(kind)}
        hits = [one for one in sights if (one["entity"], normalise(one["entity"], one["value"])) in sought]
        if not hits and shape in TOKEN_SHAPES:
            hits = [one for one in sights if is_secret(one["entity"])]
        placed = any(_is_at_its_place(one, outer[number], shape) for one in hits)
        rows.append((kind.detector, family(kind), shape, bool(hits), placed, bool(hits) and not any(_crosses(hits[0], one) for one in sights)))
    return pl.DataFrame(rows, schema=["detector", "family", "shape", "found", "placed", "once"], orient="row")


def _outer_values(record: dict[str, Any]) -> dict[str, str]:
    """The values of a record before anything in them is taken apart."""
    return {leaf.field: leaf.value for leaf in outer_leaves(record, KEY)}


def _is_at_its_place(one: Mapping[str, Any], outer: Mapping[str, str], shape: str) -> bool:
    written = outer[one["field"].partition("->")[0]][one["start"] : one["end"]]
    if shape in RUNS:
        return "->" not in one["field"] or re.fullmatch(r"[A-Za-z0-9+/]{8,}=*", written) is not None
    says = READ.get(shape, str)(written) if "->" in one["field"] else written
    return says == one["value"]


def _crosses(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether `other` says something else of the same place, of the same family."""
    if one["field"].partition("->")[0] != other["field"].partition("->")[0] or is_secret(one["entity"]) != is_secret(other["entity"]):
        return False
    same = one["entity"] == other["entity"] and one["fingerprint"] == other["fingerprint"]
    return not same and one["field"] != other["field"] and one["start"] < other["end"] and other["start"] < one["end"]


def shape_texts(kind: Kind, shapes: tuple[str, ...]) -> list[dict[str, Any]]:
    """The records of `kind` in the named shapes."""
    return [SHAPES[shape](kind.name, kind.text) for shape in shapes]


def _answers(kind: Kind) -> frozenset[str]:
    """Its own type, and types of no country that say the same of a person (`POSTAL_CODE` for `US_ZIP_CODE`); never another country's."""
    if kind.entity.startswith(("SECRET_", "CREDENTIAL_")) or element_of(kind.entity) is None:
        return frozenset({kind.entity})
    same = (name for name, one in entities().items() if one.country is None and element_of(name) == element_of(kind.entity))
    return frozenset({kind.entity, *same})


def _shapes_of(kind: Kind) -> Mapping[str, Callable[[str, str], dict[str, Any]]]:
    if re.fullmatch(r"-----BEGIN [^-]+-----[A-Za-z0-9+/=\s\\]+-----END [^-]+-----", kind.text):
        return {**SHAPES, **KEY_SHAPES}
    if kind.entity not in ("SECRET_API_KEY", "SECRET_TOKEN"):
        return SHAPES
    bearer = _TOKEN68.fullmatch(kind.text)
    return {**SHAPES, **{shape: make for shape, make in TOKEN_SHAPES.items() if bearer or shape != "Bearer header"}}


def table(cells: pl.DataFrame) -> str:
    """The matrix as Markdown: shapes down, families across, recall in each cell with the number of kinds."""
    families = sorted(cells["family"].unique())
    lines = ["| shape | " + " | ".join(families) + " |", "|---|" + "---|" * len(families)]
    for shape in dict.fromkeys(cells["shape"]):
        row = [cells.filter((pl.col("shape") == shape) & (pl.col("family") == name)).select(pl.all_horizontal("found", "placed", "once"))["found"] for name in families]
        lines.append(f"| {shape} | " + " | ".join(f"{100 * one.mean():.1f}% of {one.len()}" if one.len() else "" for one in row) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print, and write the table when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--misses", action="store_true")
    asked = parser.parse_args()
    catalogue = load()
    cells = measured(catalogue, kinds(catalogue))
    text = table(cells)
    print(text)
    if asked.misses:
        for what in ("found", "placed", "once"):
            missed = cells.filter(~pl.col(what)).group_by("detector").agg(pl.col("shape")).sort(pl.col("shape").list.len(), descending=True)
            for detector, shapes in missed.iter_rows():
                print(f"not {what}:", detector, len(shapes), shapes[:6])
    if asked.write:
        head = "# Kind and shape\n\nGenerated by `python benchmarks/shape_matrix.py --write docs/detection-matrix.md`.\n"
        note = (
            "Each cell: the share of rules whose own example value is found whole, as its own type or a type of no country that says the same of a person,\n"
            "at its place (the span, read by the shape's own decoder, is the value), and once (no other finding of the same family overlaps it).\n"
            "A form that several countries share stands beside its country's name.\n"
            "In the header shapes any secret finding counts; values that RFC 9110 does not let stand behind `Bearer` are left out there.\n\n"
        )
        asked.write.write_text(head + note + text, "utf-8")


if __name__ == "__main__":
    main()
