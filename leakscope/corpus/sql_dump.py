"""`sql_dump`: a database dump with users, orders, support messages and integration keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TextIO

from leakscope.corpus import Generator
from leakscope.corpus.draw import BASE62, Draw
from leakscope.corpus.people import Person, person
from leakscope.corpus.secret_values import secret
from leakscope.corpus.tally import Tally
from leakscope.corpus.truth import Truth

SOURCE = "dump.sql"
_TABLES = {
    "users": ("id", "uuid", "email", "full_name", "phone", "birth_date", "password_hash", "last_ip", "created_at"),
    "orders": ("id", "user_id", "ship_to", "total_cents", "reference", "created_at"),
    "support_messages": ("id", "user_id", "channel", "body", "created_at"),
    "integrations": ("id", "provider", "secret", "enabled", "created_at"),
}
_BODIES = (
    "Hello, my parcel has not arrived. You can call me at {phone}. {name}",
    "Please change my address to {address}. Thanks, {name}",
    "I was charged twice on card {card}",
    "Please send the invoice to {email}",
    "How do I reset the device?",
    "Is the blue one back in stock soon?",
    "Great service, thank you!",
    "App version 5.14.2 crashes after the update, build 20250103",
)
_ENTITIES = {"phone": "PHONE_NUMBER", "name": "PERSON", "address": "POSTAL_ADDRESS", "card": "CREDIT_CARD", "email": "EMAIL_ADDRESS"}


def _literal(value: Any) -> str:
    if isinstance(value, int):
        return str(value)
    return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"


class _Dump:
    """Writes statements, counting the non-empty lines and the rows."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self.line = self.record = self.row_number = 0

    def text(self, *lines: str) -> None:
        """Lines that are no rows."""
        for line in lines:
            self._out.write(line + "\n")
            self.line += bool(line.strip())

    def table(self, name: str) -> None:
        """A table's definition; its rows are counted from 0."""
        self.row_number = 0
        columns = (f"  `{column}` {'bigint NOT NULL' if column in ('id', 'user_id', 'total_cents') else 'text'}," for column in _TABLES[name])
        self.text("", "--", f"-- Table structure for table `{name}`", "--", "", f"CREATE TABLE `{name}` (", *columns, "  PRIMARY KEY (`id`)", ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;", "")

    def row(self, name: str, row: dict[str, Any]) -> None:
        """One INSERT statement; the caller notes its findings first."""
        columns = ", ".join(f"`{column}`" for column in _TABLES[name])
        self.text(f"INSERT INTO `{name}` ({columns}) VALUES ({', '.join(_literal(row[column]) for column in _TABLES[name])});")
        self.record += 1
        self.row_number += 1


def _user(draw: Draw, who: Person, number: int) -> dict[str, Any]:
    return {
        "id": 1000 + number, "uuid": who.user_id, "email": who.email, "full_name": who.name, "phone": who.phone, "birth_date": who.born.isoformat(),
        "password_hash": f"$2b$12${draw.text(BASE62, 53)}", "last_ip": who.ip, "created_at": _moment(draw),
    }  # fmt: skip


def _moment(draw: Draw) -> str:
    return f"202{draw.between(0, 4)}-{draw.between(1, 12):02d}-{draw.between(1, 28):02d} {draw.below(24):02d}:{draw.below(60):02d}:{draw.below(60):02d}"


_USER_ENTITIES = {
    "uuid": "ONLINE_IDENTIFIER", "email": "EMAIL_ADDRESS", "full_name": "PERSON", "phone": "PHONE_NUMBER", "birth_date": "DATE_OF_BIRTH",
    "password_hash": "CREDENTIAL_PASSWORD_HASH", "last_ip": "IP_ADDRESS",
}  # fmt: skip


def write(rows: int, seed: int, folder: Path) -> None:
    """Write `dump.sql` and `truth/`: half the rows are users, the rest orders, messages and integrations."""
    users = max(1, rows // 2)
    counts = {"orders": rows // 4, "integrations": min(60, rows // 20)}
    counts["support_messages"] = max(0, rows - users - sum(counts.values()))
    with Truth(folder / "truth", ("findings", "people", "secrets")) as truth, (folder / SOURCE).open("w", encoding="utf-8", newline="") as out:
        tally, draw, dump = Tally(truth, seed, users), Draw(seed, "sql_dump"), _Dump(out)
        dump.text("-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)", "--", "-- Host: localhost    Database: shop", "SET NAMES utf8mb4;")
        _write_users(dump, draw, tally, users, seed, truth)
        _write_orders(dump, draw, tally, counts["orders"], users, seed, truth)
        _write_messages(dump, draw, tally, counts["support_messages"], users, seed, truth)
        _write_integrations(dump, draw, tally, counts["integrations"], seed)
        dump.text("", "-- Dump completed on 2025-01-29  3:12:07")
        tally.close()


def _find(tally: Tally, dump: _Dump, place: str, entity: str, value: str, **owner: int) -> None:
    table, _, column = place.partition(".")
    tally.place = dump.record
    tally.find(f"{SOURCE}:{table}", dump.row_number, column, entity, value, line=dump.line, **owner)


def _write_users(dump: _Dump, draw: Draw, tally: Tally, users: int, seed: int, truth: Truth) -> None:
    dump.table("users")
    for number in range(users):
        row = _user(draw, person(seed, number), number)
        for column, entity in _USER_ENTITIES.items():
            _find(tally, dump, f"users.{column}", entity, row[column], who=number)
        dump.row("users", row)
        truth.flush()


def _write_orders(dump: _Dump, draw: Draw, tally: Tally, count: int, users: int, seed: int, truth: Truth) -> None:
    dump.table("orders")
    for order in range(count):
        number = int(users * draw.random() ** 2)
        who = person(seed, number)
        ship = f"{who.name}, {who.address}"
        _find(tally, dump, "orders.ship_to", "PERSON", who.name, who=number)
        _find(tally, dump, "orders.ship_to", "POSTAL_ADDRESS", who.address, who=number)
        dump.row("orders", {"id": 50_000 + order, "user_id": 1000 + number, "ship_to": ship, "total_cents": draw.between(500, 90_000), "reference": draw.digits(12), "created_at": _moment(draw)})
        truth.flush()


def _write_messages(dump: _Dump, draw: Draw, tally: Tally, count: int, users: int, seed: int, truth: Truth) -> None:
    dump.table("support_messages")
    for message in range(count):
        number = int(users * draw.random() ** 2)
        who, form = person(seed, number), draw.pick(_BODIES)
        values = {"phone": who.phone, "name": who.name, "address": who.address, "card": who.card, "email": who.email}
        for slot, entity in _ENTITIES.items():
            if f"{{{slot}}}" in form:
                _find(tally, dump, "support_messages.body", entity, values[slot], who=number)
        row = {"id": message + 1, "user_id": 1000 + number, "channel": draw.pick(("mail", "chat", "phone")), "body": form.format(**values), "created_at": _moment(draw)}
        dump.row("support_messages", row)
        truth.flush()


def _write_integrations(dump: _Dump, draw: Draw, tally: Tally, count: int, seed: int) -> None:
    dump.table("integrations")
    for key in range(count):
        one = secret(seed, key)
        _find(tally, dump, "integrations.secret", one.entity, one.value, key=key)
        dump.row("integrations", {"id": key + 1, "provider": one.provider, "secret": one.value, "enabled": draw.below(2), "created_at": _moment(draw)})


GENERATOR = Generator(name="sql_dump", evidence=SOURCE, rows=2_000, about="MySQL dump of a shop, one INSERT a row", write=write)
