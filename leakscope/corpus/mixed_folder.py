"""`mixed_folder`: what lies in a shared folder: environment files, exports, notes, logs, lists of passwords."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TextIO

from leakscope.corpus import Generator
from leakscope.corpus.conversation import Appetite, Session
from leakscope.corpus.draw import Draw
from leakscope.corpus.log_rows import variable
from leakscope.corpus.people import Person, person
from leakscope.corpus.secret_values import password, secret
from leakscope.corpus.tally import Tally
from leakscope.corpus.truth import Truth

FOLDER = "files"


class _Lines:
    """A text file of the folder: a record is a non-empty line; its field is `line`, or, where readers cut its lines, that of the entity."""

    def __init__(self, folder: Path, name: str, tally: Tally, fields: Mapping[str, str] = MappingProxyType({})) -> None:
        path = folder / FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._out: TextIO = path.open("w", encoding="utf-8", newline="")
        self._name, self._tally, self.record, self._fields = f"{FOLDER}/{name}", tally, 0, fields

    def __enter__(self) -> _Lines:
        return self

    def __exit__(self, *_: object) -> None:
        self._out.close()

    def write(self, text: str, *found: tuple[str, str, int | None, int | None]) -> None:
        """One line with its findings: (entity, value, person, secret)."""
        for entity, value, who, key in found:
            self._tally.find(self._name, self.record, self._fields.get(entity, "line"), entity, value, who=who, key=key)
        self._out.write(text + "\n")
        if text.strip():
            self.record += 1
            self._tally.place += 1


def _short_secrets(seed: int) -> Iterator[int]:
    """Numbers of secrets that fit on one line."""
    return (number for number in range(1_000_000) if "\n" not in secret(seed, number).value)


def _environment(folder: Path, tally: Tally, seed: int, keys: Iterator[int]) -> None:
    with _Lines(folder, "deploy/.env", tally) as out:
        out.write("NODE_ENV=production")
        out.write("PORT=8080")
        for key in (next(keys) for _ in range(8)):
            one = secret(seed, key)
            out.write(f"{variable(one)}={one.value}", (one.entity, one.value, None, key))
        out.write("PUBLIC_URL=https://shop.northfield.app")
        out.write("EXAMPLE_KEY=<your-api-key>")
    with _Lines(folder, "deploy/values.yaml", tally) as out:
        out.write("image: registry.northfield.app/shop:2.31.4")
        out.write("replicas: 3")
        out.write("secrets:")
        for key in (next(keys) for _ in range(4)):
            one = secret(seed, key)
            out.write(f'  {variable(one).lower()}: "{one.value}"', (one.entity, one.value, None, key))
        out.write("resources: {cpu: 500m, memory: 1Gi}")
    with _Lines(folder, "home/.netrc", tally, {"CREDENTIAL_PASSWORD": "password"}) as out:
        word = password(Draw(seed, "netrc"))
        out.write(f"machine git.northfield.app login deploy password {word}", ("CREDENTIAL_PASSWORD", word, None, None))


def _credentials(folder: Path, tally: Tally, seed: int, count: int) -> None:
    draw = Draw(seed, "credentials")
    with _Lines(folder, "dumps/combo.txt", tally, {"EMAIL_ADDRESS": "email", "CREDENTIAL_PASSWORD": "password"}) as out:
        for number in range(count):
            who, word = person(seed, number), password(draw)
            out.write(f"{who.email}:{word}", ("EMAIL_ADDRESS", who.email, number, None), ("CREDENTIAL_PASSWORD", word, number, None))


def _notes(folder: Path, tally: Tally, seed: int, count: int, first: int) -> None:
    draw = Draw(seed, "notes")
    forms = (
        "call back {p.name} about the contract, {p.phone}",
        "{p.name} moved to {p.address}",
        "meeting moved to Thursday, room 4",
        "order 20250103-1184 is late, check with the carrier",
        "ask {p.first} for the slides ({p.email})",
        "{p.name} is on sick leave until March, slipped disc",
        "printer on floor 2 prints blank pages again",
        "refund {p.name}, card {p.card}",
    )
    slots = {"{p.name}": ("PERSON", "name"), "{p.first}": ("PERSON", "first"), "{p.phone}": ("PHONE_NUMBER", "phone"), "{p.address}": ("POSTAL_ADDRESS", "address"), "{p.email}": ("EMAIL_ADDRESS", "email"), "{p.card}": ("CREDIT_CARD", "card")}
    with _Lines(folder, "notes/todo.txt", tally) as out:
        for line in range(count):
            number, form = first + line, draw.pick(forms)
            who = person(seed, number)
            found = [(entity, str(getattr(who, name)), number, None) for slot, (entity, name) in slots.items() if slot in form]
            out.write(f"- {form.format(p=who)}", *found)


def _log(folder: Path, tally: Tally, seed: int, count: int, people: int) -> None:
    draw = Draw(seed, "log")
    with _Lines(folder, "logs/app.log", tally, {"EMAIL_ADDRESS": "message", "IP_ADDRESS": "message"}) as out:
        for line in range(count):
            stamp = f"2025-01-{1 + line * 27 // count:02d}T{draw.below(24):02d}:{draw.below(60):02d}:{draw.below(60):02d}Z"
            number = int(people * draw.random() ** 2)
            who = person(seed, number)
            if draw.chance(0.15):
                found = (("EMAIL_ADDRESS", who.email, number, None), ("IP_ADDRESS", who.ip, number, None))
                out.write(f"{stamp} INFO auth login ok user={who.email} ip={who.ip} req={draw.hex(16)}", *found)
            else:
                out.write(f"{stamp} {draw.pick(('INFO', 'DEBUG', 'WARN'))} worker-{draw.below(9)} job={draw.uuid()} took {draw.below(9000)} ms sha={draw.hex(40)} v2.{draw.below(30)}.0")


def _table(folder: Path, tally: Tally, seed: int, count: int) -> None:
    name = "exports/newsletter.csv"
    path = folder / FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(("email", "name", "city", "subscribed"))
        for number in range(count):
            who = person(seed, number)
            for field, entity, value in (("email", "EMAIL_ADDRESS", who.email), ("name", "PERSON", who.name)):
                tally.find(f"{FOLDER}/{name}", number, field, entity, value, who=number)
            tally.place += 1
            table.writerow((who.email, who.name, who.town, f"2024-{1 + number % 12:02d}-01"))


def _conversation(seed: int, number: int, who: Person, account: int) -> Session:
    session = Session(seed, number, who=who, account=account, length=1 + number % 4)
    while session.left > 0:
        session.ask(Appetite(0.2))
        session.answer()
    return session


def _chats(folder: Path, tally: Tally, truth: Truth, seed: int, count: int, people: int) -> None:
    name = "exports/conversations.json"
    path, draw, source = folder / FOLDER / name, Draw(seed, "chats"), f"{FOLDER}/{name}"
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write("[\n")
        for record in range(count):
            number = int(people * draw.random() ** 2)
            session = _conversation(seed, record, person(seed, number), number)
            tally.find(source, record, "user_id", "ONLINE_IDENTIFIER", session.who.user_id, who=number)
            _note_turns(tally, truth, source, record, session)
            tally.place += 1
            chat = {"id": session.id, "title": f"Chat {record + 1}", "user_id": session.who.user_id, "model": session.model}
            chat["messages"] = [{"role": turn.role, "content": turn.text} for turn in session.turns]  # type: ignore[assignment]
            out.write(json.dumps(chat, ensure_ascii=False) + (",\n" if record + 1 < count else "\n"))
        out.write("]\n")


def _note_turns(tally: Tally, truth: Truth, source: str, record: int, session: Session) -> None:
    for place, turn in enumerate(session.turns):
        field, who = f"messages[{place}].content", session.who.id
        truth.turns.append((source, record, field, session.id, who, place, turn.role, turn.language, turn.topic, turn.about, False, turn.names_person))
        for mention in turn.mentions:
            if mention.third:
                tally.find_third(source, record, field, mention.entity, mention.value, mention.person)
            else:
                tally.find(source, record, field, mention.entity, mention.value, who=session.account)


def _key_file(folder: Path, tally: Tally, seed: int) -> None:
    number = next(number for number in range(1000) if secret(seed, number).kind == "private_key")
    one, name = secret(seed, number), "home/.ssh/id_rsa"
    path = folder / FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(one.value + "\n", encoding="utf-8")
    tally.find(f"{FOLDER}/{name}", 0, "", one.entity, one.value, key=number)
    tally.place += 1


def write(rows: int, seed: int, folder: Path) -> None:
    """Write `files/` and `truth/`; a quarter each of the records are list, table and log, the rest notes and chats."""
    with Truth(folder / "truth", ("findings", "people", "secrets", "turns", "decoys")) as truth:
        quarter, eighth = max(1, rows // 4), max(1, rows // 8)
        tally, keys = Tally(truth, seed, quarter + eighth + 1), _short_secrets(seed)
        _environment(folder, tally, seed, keys)
        truth.decoys.append((f"{FOLDER}/deploy/.env", 11, "line", "<your-api-key>", "placeholder"))
        _key_file(folder, tally, seed)
        for step in (_credentials, _table):
            step(folder, tally, seed, quarter)
            truth.flush()
        _notes(folder, tally, seed, eighth, quarter)
        _log(folder, tally, seed, quarter, quarter)
        truth.flush()
        _chats(folder, tally, truth, seed, eighth, quarter)
        tally.close()


GENERATOR = Generator(name="mixed_folder", evidence=FOLDER, rows=800, about="shared folder of mixed files", write=write)
