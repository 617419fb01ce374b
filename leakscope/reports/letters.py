"""Letters to individuals as DOCX, one per cohort, through a template that users can replace."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson

from leakscope.errors import FactsError
from leakscope.notification.letters import Letter, compose, recipients
from leakscope.notification.words import languages
from leakscope.reports.archive import archive, settled
from leakscope.reports.csv_report import table
from leakscope.reports.form import Frames, Report
from leakscope.safety.escape import plain

#: More cohorts than this are written into one file each only up to here; the rest are listed, and their people too.
MOST = 400
#: A mail merge needs no more: whom, which letter, and what it says was exposed.
RECIPIENT_COLUMNS = ("letter", "person", "label", "place", "language", "exposed")


def render(assessment: Mapping[str, Any], *, now: datetime, frames: Frames) -> bytes:
    """
    A ZIP with one DOCX per cohort, `cohorts.json` (which letter, under which laws, what is missing) and `recipients.csv` (each person's letter).

    Args:
        assessment: the assessment; `facts.contacts.letter_template` may name a template of the user's own.
        now: date of the letters.
        frames: `individuals` and `person_elements` of the case.

    Raises:
        FactsError: the user's template cannot be read.
    """
    letters = compose(assessment, frames["individuals"], frames["person_elements"])
    template = _template((assessment["facts"].get("contacts") or {}).get("letter_template"))
    pieces = {f"{letter.id}.docx": write_letter(letter, assessment, template, now) for letter in letters[:MOST]}
    pieces["cohorts.json"] = orjson.dumps([_listed(letter, f"{letter.id}.docx" in pieces) for letter in letters], option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    # with a byte-order mark: spreadsheets take the file for another encoding without it
    pieces["recipients.csv"] = table(RECIPIENT_COLUMNS, recipients(letters, frames["individuals"], frames["person_elements"])).encode("utf-8-sig")
    return archive(pieces)


def _listed(letter: Letter, written: bool) -> dict[str, Any]:
    return {
        "id": letter.id, "place": letter.place, "language": letter.language, "elements": list(letter.elements), "people_observed": letter.people,
        "duties": list(letter.laws), "missing": list(letter.missing), "written": written,
    }  # fmt: skip


def _template(path: str | None) -> bytes:
    if not path:
        return (files("leakscope.notification.letters") / "letter.docx").read_bytes()
    try:
        return Path(path).read_bytes()
    except OSError:
        raise FactsError("the letter template cannot be read", hint="contacts.letter_template names a DOCX file") from None


def write_letter(letter: Letter, assessment: Mapping[str, Any], template: bytes, now: datetime) -> bytes:
    """
    One letter as DOCX.

    Args:
        letter: what it says.
        assessment: gives the sender.
        template: a DOCX with the placeholders `organisation`, `address`, `date`, `reference`, `sections`, `banner` and `said`.
        now: its date.

    Raises:
        FactsError: the template is no DOCX or uses what it cannot.
    """
    from docxtpl import DocxTemplate
    from jinja2 import TemplateError
    from jinja2.sandbox import SandboxedEnvironment

    sender, words = assessment["facts"].get("incident") or {}, languages()[letter.language]
    values = {
        "said": dict(words.letter),
        "organisation": plain(sender.get("organisation") or "[MISSING: organisation]"),
        "address": plain(sender.get("organisation_address") or "[MISSING: address]"),
        "date": f"{now:{words.date}}",
        "reference": plain(sender.get("reference") or assessment["case"]["id"]),
        "banner": "Draft prepared at the direction of counsel; privileged and confidential." if sender.get("privileged") else "",
        "sections": [{"heading": heading, "paragraphs": [plain(text) for text in texts]} for heading, texts in letter.sections],
    }
    try:
        document = DocxTemplate(io.BytesIO(template))
        document.render(values, SandboxedEnvironment(autoescape=True))
        buffer = io.BytesIO()
        document.save(buffer)
    except (TemplateError, zipfile.BadZipFile, SyntaxError, KeyError, ValueError, OSError):
        raise FactsError("the letter template cannot be used", hint="start from the one that comes with LeakScope: docs/notification.md") from None
    return settled(buffer.getvalue())


REPORT = Report(name="letters", suffix=".letters.zip", title="Letters to individuals by cohort, DOCX", render=render, frames=("individuals", "person_elements"))
