"""`log_stream`: a chat company's ClickHouse log table, found open on the internet."""

from __future__ import annotations

from array import array
from datetime import UTC, datetime, timedelta
from math import log
from pathlib import Path

from leakscope.corpus import Generator, chat_rows, log_rows
from leakscope.corpus.conversation import Appetite, Session
from leakscope.corpus.draw import Draw
from leakscope.corpus.log_row import Row, copies_of, field_of
from leakscope.corpus.people import Person, account, person
from leakscope.corpus.secret_values import Secret, secret
from leakscope.corpus.truth import Truth

SHARE_CHAT, SHARE_PERSONAL, SHARE_SECRET, SHARE_DECOY = 0.30, 0.08, 0.005, 0.003
FIRST = datetime(2025, 1, 6, tzinfo=UTC)
SPAN_SECONDS = 21 * 86_400
SOURCE = "log_stream.ndjson"

_WALL = FIRST.replace(tzinfo=None)  # naive arithmetic and printing take a third of the time
_OPEN_SESSIONS = 40
_MOST_PEOPLE = 250_000
_ACCOUNTS = 12  # service and test accounts
_IDENTIFYING = {"PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "POSTAL_ADDRESS", "IBAN_CODE", "CREDIT_CARD"}


class _Stream:
    """Draws row after row, keeps the shares where they should be, and notes the truth."""

    def __init__(self, rows: int, seed: int, truth: Truth) -> None:
        self.rows, self.seed, self.truth = rows, seed, truth
        self.draw = Draw(seed, "log_stream")
        self.people = min(_MOST_PEOPLE, max(60, rows // 12))
        self.records = array("I", bytes(4 * (self.people * 5 + _ACCOUNTS)))
        self.identified = bytearray(self.people * 5 + _ACCOUNTS)
        self.sessions: list[Session | None] = [None] * _OPEN_SESSIONS
        self.opened = self.personal = self.personal_apart = self.secret = self.made_secrets = 0
        self.secrets: dict[int, list] = {}
        self.clock, self.trace = 0.0, self.draw.hex(32)

    def someone(self) -> int:
        """A person; the cube makes few people come often and many come once."""
        return int(self.people * self.draw.random() ** 3)

    def body(self, number: int) -> Person:
        """Person, third party or account by number."""
        if number < self.people:
            return person(self.seed, number)
        if number < self.people * 5:
            of, which = divmod(number - self.people, 4)
            return self.third(of, which)
        return account(self.seed, number - self.people * 5)

    def third(self, of: int, which: int) -> Person:
        """Third party `which` whom person `of` knows."""
        return person(self.seed, which, of)

    def session(self) -> Session:
        """An open session, or a new one in its place."""
        place = self.draw.below(_OPEN_SESSIONS)
        found = self.sessions[place]
        if found is None or found.left <= 0:
            self.opened += 1
            number = self.people * 5 + self.draw.below(_ACCOUNTS) if self.draw.chance(0.025) else self.someone()
            length = 1 + min(9, int(-2.2 * _log(1 - self.draw.random())))
            found = self.sessions[place] = Session(self.seed, self.opened, who=self.body(number), account=number, length=length)
            if number >= self.people * 5:
                found.theme = ""  # accounts of nobody know nobody and tell nothing
        return found

    def next_secret(self) -> Secret:
        """A new distinct secret, or one seen before."""
        fresh = self.made_secrets == 0 or self.draw.chance(0.6)
        number = self.made_secrets if fresh else int(self.made_secrets * self.draw.random() ** 2)
        self.made_secrets += fresh
        return secret(self.seed, number)

    def row(self, record: int) -> tuple[Row, list[chat_rows.Shown], Session | None, tuple[str, str] | None]:
        """What record `record` is: chat, secret, personal data, decoy or background."""
        draw = self.draw
        wants_secret = self.secret < SHARE_SECRET * (record + 1) and draw.chance(0.1)
        if draw.chance(SHARE_CHAT):
            session = self.session()
            return *self.chat(session, record, wants_secret), session, None
        if wants_secret:
            return log_rows.leaked(draw, self.next_secret()), [], None, None
        due = self.personal_apart < SHARE_PERSONAL / 2 * record or self.personal < SHARE_PERSONAL * 0.98 * record
        if due and draw.chance(0.3):
            self.personal_apart += 1
            number = self.someone()
            return draw.pick(log_rows.PERSONAL)(draw, self.body(number), number), [], None, None
        if draw.chance(SHARE_DECOY):
            row, value, reason = log_rows.decoy(draw)
            return row, [], None, (value, reason)
        row = draw.pick(log_rows.BACKGROUND)(draw)
        if draw.chance(0.12):
            number = self.someone()
            log_rows.signed_in(draw, row, self.body(number), number)
        return row, [], None, None

    def chat(self, session: Session, record: int, wants_secret: bool) -> tuple[Row, list[chat_rows.Shown]]:
        """The session's next row: an answer to an open question about half the time, else the next question."""
        if session.turns and session.turns[-1].role == "user":
            session.answer()
            if self.draw.chance(0.55):
                return chat_rows.response(self.draw, session)
        late = session.left <= 2
        human = session.account < self.people * 5
        appetite = 0.14 if human and self.personal < SHARE_PERSONAL * record else 0.0
        pastes = wants_secret and late and human and self.draw.chance(0.7)
        session.ask(Appetite(appetite, self.next_secret() if pastes else None))
        return chat_rows.request(self.draw, session)

    def third_number(self, session: Session, who: Person) -> int:
        """Number of a third party, from its id."""
        return self.people + session.account * 4 + int(who.id.rpartition("-")[2])

    def plant_turns(self, row: Row, shown: list[chat_rows.Shown], session: Session, record: int) -> None:
        """Note the turns a row shows, and what stands in them."""
        who = session.who.id
        for name, suffix, place, turn in shown:
            path = field_of(name, suffix)
            self.truth.turns.append(
                (SOURCE, record, path, session.id, who, place, turn.role, turn.language, turn.topic, turn.about, turn.seen, turn.names_person)
            )
            turn.seen = True
            for mention in turn.mentions:
                number = self.third_number(session, mention.person) if mention.third else session.account
                row.plant(name, mention.entity, mention.value, person=number, role="third_party" if mention.third else "own", suffix=suffix)
            if turn.secret:
                row.plant(name, turn.secret.entity, turn.secret.value, person=session.account, secret=turn.secret.id, suffix=suffix)

    def note(self, row: Row, record: int, timestamp: str) -> None:
        """Add the row's plants to the truth and to the counts."""
        persons: set[int] = set()
        personal = hidden = False
        done: set[tuple[str, str, str, str]] = set()
        for name, suffix, entity, value, number, role, key in row.planted:
            if (name, suffix, entity, value) in done:
                continue
            done.add((name, suffix, entity, value))
            who = None
            if number is not None:
                persons.add(number)
                body = self.body(number)
                who = body.id
                if entity in _IDENTIFYING or entity == body.national_id_entity:
                    self.identified[number] = 1
            if key:
                hidden = True
                self.note_secret(int(key[1:]), timestamp, first=("secret", key) not in done)
                done.add(("secret", key))
            elif number is not None and entity != "ONLINE_IDENTIFIER":
                personal = True
            self.truth.findings.append((SOURCE, record, field_of(name, suffix), entity, value, who, role, key, copies_of(name, suffix), None))
        for number in persons:
            self.records[number] += 1
        self.personal += personal
        self.secret += hidden

    def note_secret(self, number: int, timestamp: str, *, first: bool) -> None:
        """Count a record of a secret."""
        seen = self.secrets.setdefault(number, [0, timestamp, timestamp])
        seen[0] += first
        seen[2] = timestamp

    def line(self, row: Row) -> tuple[bytes, str]:
        """The row as text, at the next instant."""
        draw = self.draw
        self.clock += -_log(1 - draw.random()) * SPAN_SECONDS / self.rows
        timestamp = _instant(self.clock)
        host = f"{row.service}-{_POD[int(draw.random() * 8)]}"
        if draw.random() < 0.75:
            self.trace = draw.hex(32)
        line = row.to_line(
            timestamp=timestamp, observed=_instant(self.clock + 0.2 + draw.random()), trace=self.trace, span_id=draw.hex(16), host=host,
            namespace="prod" if draw.random() < 0.96 else "staging",
        )  # fmt: skip
        return line, timestamp

    def close(self) -> None:
        """Write the tables that are known only at the end."""
        self.truth.add("people", (row for number, count in enumerate(self.records) if count for row in [self.person_row(number, count)]))
        self.truth.add("secrets", (self.secret_row(number, *seen) for number, seen in sorted(self.secrets.items())))

    def person_row(self, number: int, count: int) -> tuple:
        """One row of `people`."""
        who = self.body(number)
        counted = number < self.people * 5
        reason = None if counted else "test_account" if who.username.startswith("test") else "service_account"
        role = "third_party" if number >= self.people and counted else "account_holder"
        return who.id, who.residence, "identified" if self.identified[number] else "identifiable", who.language, count, role, counted, reason

    def secret_row(self, number: int, records: int, first: str, last: str) -> tuple:
        """One row of `secrets`."""
        one = secret(self.seed, number)
        return one.id, one.provider, one.kind, one.entity, one.environment, records, first, last, one.owner


_POD = ("7c9d8f6b5-x2k4q", "7c9d8f6b5-p9wzl", "5f6d4c9b8-2lmtd", "6b7f9c5d4-q8rnv", "0", "1", "2", "84b5c7d9f6-hj6sk")


def _log(value: float) -> float:
    """Natural logarithm rounded, so that a last bit that differs between libraries changes nothing."""
    return round(log(value), 9)


def _instant(seconds: float) -> str:
    """A clock of microseconds in a column of nanoseconds."""
    return f"{(_WALL + timedelta(microseconds=int(seconds * 1e6))).isoformat(' ', 'microseconds')}000"


def write(rows: int, seed: int, folder: Path) -> None:
    """Write `log_stream.ndjson` and `truth/` into `folder`."""
    with Truth(folder / "truth") as truth, (folder / SOURCE).open("wb") as out:
        stream = _Stream(rows, seed, truth)
        for record in range(rows):
            row, shown, session, fake = stream.row(record)
            if session:
                stream.plant_turns(row, shown, session, record)
            line, timestamp = stream.line(row)
            stream.note(row, record, timestamp)
            if fake:
                truth.decoys.append((SOURCE, record, field_of("message"), *fake))
            out.write(line)
            if record % 1000 == 0:
                truth.flush()
        stream.close()


GENERATOR = Generator(name="log_stream", evidence=SOURCE, rows=20_000, about="ClickHouse log table of a chat service, HyperDX shape", write=write)
