"""`customers`: the customer table of a shop as CSV, with second accounts, business contacts and test rows."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from leakscope.corpus import Generator
from leakscope.corpus.draw import Draw
from leakscope.corpus.people import Person, person
from leakscope.corpus.tally import Tally
from leakscope.corpus.truth import Truth

SOURCE = "customers.csv"
COLUMNS = (
    "customer_id", "first_name", "last_name", "email", "phone", "street", "city", "postal_code", "country", "date_of_birth", "national_id", "iban", "card_number",
    "company", "created_at", "last_login_ip", "newsletter", "note",
)  # fmt: skip
_COMPANIES = ("Heliox GmbH", "Northgate Supplies Ltd", "Brightwater LLC", "Atelier Fontaine SARL", "Lumen Foods Inc.", "Vega Logistics S.L.")
_NOTES = ("", "", "", "", "prefers morning delivery", "ticket 20250103-118 closed", "refund sent", "asked for invoice in English", "leave at the door", "VIP")
_ENTITIES = {
    "customer_id": "ACCOUNT_ID", "email": "EMAIL_ADDRESS", "phone": "PHONE_NUMBER", "street": "POSTAL_ADDRESS", "postal_code": "POSTAL_CODE",
    "date_of_birth": "DATE_OF_BIRTH", "iban": "IBAN_CODE", "card_number": "CREDIT_CARD", "last_login_ip": "IP_ADDRESS", "first_name": "PERSON", "last_name": "PERSON",
}  # fmt: skip


def _customer(draw: Draw, who: Person, record: int) -> dict[str, Any]:
    """One row as it was typed in by the customer."""
    row: dict[str, Any] = dict.fromkeys(COLUMNS, "")
    row |= {"customer_id": f"C{100_000 + record}", "first_name": who.first, "last_name": who.last, "email": who.email, "phone": who.phone, "street": who.street}
    row |= {"city": who.town, "postal_code": who.postcode, "country": who.country, "newsletter": draw.below(2), "note": draw.pick(_NOTES)}
    row["created_at"] = (date(2019, 1, 1) + timedelta(days=draw.below(2190))).isoformat()
    optional = (("date_of_birth", 0.7, who.born.isoformat()), ("national_id", 0.25, who.national_id), ("iban", 0.3, who.iban), ("card_number", 0.2, who.card), ("last_login_ip", 0.6, who.ip))
    row |= {name: value for name, share, value in optional if value and draw.chance(share)}
    return row


def _again(draw: Draw, row: dict[str, Any]) -> dict[str, Any]:
    """A second account of the same person: written a little differently, as people do."""
    change = draw.below(3)
    if change == 0:
        row |= {"first_name": row["first_name"].upper(), "last_name": row["last_name"].upper()}
    elif change == 1 and len(row["last_name"]) > 4:
        row["last_name"] = row["last_name"][:2] + row["last_name"][3] + row["last_name"][2] + row["last_name"][4:]
    else:
        row |= {"phone": "", "email": row["email"].capitalize()}
    return row


def _nobody(draw: Draw, record: int) -> dict[str, Any]:
    """A test row or a shared mailbox."""
    row: dict[str, Any] = dict.fromkeys(COLUMNS, "")
    row |= {"customer_id": f"C{100_000 + record}", "created_at": "2020-02-02", "newsletter": 0}
    if draw.chance(0.5):
        return row | {"first_name": "Test", "last_name": "Test", "email": f"test+{record}@example.com", "phone": "555-0100", "note": "do not ship"}
    return row | {"first_name": "Einkauf", "email": f"office@{draw.pick(('heliox', 'lumenfoods', 'vega-logistics'))}.net", "company": draw.pick(_COMPANIES)}


def write(rows: int, seed: int, folder: Path) -> None:
    """Write `customers.csv` and `truth/` into `folder`."""
    with Truth(folder / "truth", ("findings", "people", "secrets", "decoys")) as truth, (folder / SOURCE).open("w", encoding="utf-8", newline="") as out:
        tally, draw, made = Tally(truth, seed, rows + 1), Draw(seed, "customers"), 0
        table = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        table.writeheader()
        for record in range(rows):
            tally.place = record
            if draw.chance(0.01):
                row, number = _nobody(draw, record), None
                truth.decoys.append((SOURCE, record, "email", row["email"], "test_account" if row["last_name"] == "Test" else "shared_mailbox"))
            else:
                again = made > 0 and draw.chance(0.04)
                number = max(0, made - 1 - draw.below(50)) if again else made
                made += not again
                row = _customer(draw, person(seed, number), record)
                row = _again(draw, row) if again else row | ({"company": draw.pick(_COMPANIES)} if draw.chance(0.04) else {})
            table.writerow(row)
            _note(tally, row, record, number, seed)
            if record % 1000 == 0:
                truth.flush()
        tally.close()


def _note(tally: Tally, row: dict[str, Any], record: int, number: int | None, seed: int) -> None:
    if number is None:
        return
    for column, entity in _ENTITIES.items():
        if row[column]:
            tally.find(SOURCE, record, column, entity, row[column], who=number)
    if row["national_id"]:
        tally.find(SOURCE, record, "national_id", person(seed, number).national_id_entity or "NATIONAL_ID", row["national_id"], who=number)
    if row["company"]:
        tally.find(SOURCE, record, "company", "ORGANIZATION", row["company"])


GENERATOR = Generator(name="customers", evidence=SOURCE, rows=2_000, about="customer table of a shop, CSV", write=write)
