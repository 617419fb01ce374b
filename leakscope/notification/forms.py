"""Regulators' forms, filled as far as facts and assessment reach; what is missing is listed, never invented."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from leakscope.errors import CatalogueError
from leakscope.notification.answers import answer_to
from leakscope.safety.escape import plain


@cache
def forms() -> Mapping[str, Mapping[str, Any]]:
    """
    All forms by id: `form` (id, title, confidence, note, jurisdictions) and `field` rows.

    Raises:
        CatalogueError: a form is malformed.
    """
    found = {}
    for path in sorted((files(__package__) / "forms").iterdir(), key=lambda path: path.name):
        if path.name.endswith(".toml"):
            try:
                held = tomllib.loads(path.read_text("utf-8"))
                found[held["form"]["id"]] = held
            except (tomllib.TOMLDecodeError, KeyError) as error:
                raise CatalogueError(f"{path.name} is not a well-formed form: {error}") from None
    return found


def fill(form_id: str, assessment: Mapping[str, Any]) -> dict[str, Any]:
    """
    A form with its answers.

    Args:
        form_id: `EDPB`, `ICO`, `MAINE_AG` ...
        assessment: the assessment.

    Returns:
        `form`, `title`, `confidence`, `fields` (number, section, label, required, law, answer) and `missing`: labels of
        required fields without an answer.

    Raises:
        CatalogueError: there is no such form.
    """
    if form_id not in forms():
        raise CatalogueError(f"there is no form called {form_id}", hint=f"known: {', '.join(forms())}")
    held = forms()[form_id]
    rows = [_row(field, assessment) for field in held["field"]]
    return {
        "form": form_id,
        "title": held["form"]["title"],
        "confidence": held["form"]["confidence"],
        "note": held["form"].get("note"),
        "fields": rows,
        "missing": [f"{row['number']}. {row['label']}" for row in rows if row["required"] and row["answer"] is None],
    }


def _row(field: Mapping[str, Any], assessment: Mapping[str, Any]) -> dict[str, Any]:
    answer = answer_to(field["source"], assessment) if "source" in field else None
    return {"number": field["number"], "section": field["section"], "label": field["label"], "required": field["required"], "law": field.get("law"), "answer": answer}


def due(assessment: Mapping[str, Any]) -> list[str]:
    """Ids of the forms whose jurisdiction has a regulator duty that applies, may apply or is unknown."""
    open_in = {row["jurisdiction"] for row in assessment["duties"] if row["recipient_kind"] == "regulator" and row["status"] != "does_not_apply"}
    lead = " ".join(row["recipient"] for row in assessment["duties"] if row["id"] == "duty-EU-GDPR-regulator" and row["status"] != "does_not_apply")
    open_in |= {"EU-FR"} if "CNIL" in lead else set()
    return [form_id for form_id, held in forms().items() if open_in & set(held["form"]["jurisdictions"])]


def readable(filled: Mapping[str, Any]) -> str:
    """A filled form as plain text, section by section."""
    lines = [filled["title"], "=" * len(filled["title"]), f"Checked: {filled['confidence']}", filled.get("note") or "", ""]
    section = None
    for row in filled["fields"]:
        if row["section"] != section:
            section = row["section"]
            lines += ["", section, "-" * len(section)]
        said = plain(row["answer"]) if row["answer"] is not None else ("MISSING" if row["required"] else "Not stated")
        lines.append(f"{row['number']:>3}. {row['label']}: {said}")
    if filled["missing"]:
        lines += ["", f"Required and missing ({len(filled['missing'])}):", *(f"  {label}" for label in filled["missing"])]
    return "\n".join(lines) + "\n"
