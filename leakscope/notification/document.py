"""
Documents made from the law files: the table of all jurisdictions and the schema of the facts file.

`python -m leakscope.notification.document` writes them; with `--check` it changes nothing and fails when they
are not what the data say, or when a row was last checked too long ago.
"""

from __future__ import annotations

import calendar
import json
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

from leakscope.notification.facts_file import json_schema
from leakscope.notification.law import jurisdictions
from leakscope.notification.rule import DutyRule, Jurisdiction, Version
from leakscope.notification.worked import all_failures
from leakscope.safety.escape import markdown

#: Days after which a row must be read again or be marked.
STALE_DAYS = 180
ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "jurisdictions.md"
SCHEMA = Path(__file__).with_name("incident.schema.json")


def last_checked(version: Version) -> date | None:
    """The last day of the newest month in `as_of`; null for rows that nobody checked."""
    newest = (version.confidence.as_of or "").split("..")[-1]
    if not newest:
        return None
    year, month = int(newest[:4]), int(newest[5:7])
    return date(year, month, calendar.monthrange(year, month)[1])


def age_days(version: Version, today: date) -> int | None:
    """Days since a version was last checked; 0 within its month."""
    checked = last_checked(version)
    return None if checked is None else max(0, (today - checked).days)


def stale(today: date) -> list[str]:
    """Ids of rows older than the limit; rows from memory are marked as such in every duty and do not count."""
    return [row.id for row in jurisdictions().values() for version in row.versions if not version.confidence.unverified and (age_days(version, today) or 0) > STALE_DAYS]


def table() -> str:
    """The table of all jurisdictions as Markdown; depends on the law files alone."""
    rows = list(jurisdictions().values())
    levels = Counter(row.versions[0].confidence.level for row in rows)
    head = [
        "# Jurisdictions and regimes",
        "",
        "Generated from `leakscope/notification/jurisdictions/*.toml`; do not edit.",
        "This is not legal advice.",
        "Rows at level `memory` were not checked against any source: check before relying.",
        "",
        f"{len(rows)} rows: {', '.join(f'{count} {level}' for level, count in sorted(levels.items()))}.",
        f"{sum(len(row.cases) for row in rows)} worked cases in the files are the rules' tests.",
        "",
        "| id | name | in force | regulator | individuals | others | trigger | confidence | as of |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*head, *(_line(row, version) for row in rows for version in row.versions), *_sources(rows)]) + "\n"


def _sources(rows: Iterable[Jurisdiction]) -> list[str]:
    """The section of addresses: one line for each version of which they are on record."""
    head = ["", "## Where to read it", "", "Pages that were read for a row, for counsel to open; a row that is not listed names its sources without an address.", "", "| id | law | read |", "|---|---|---|"]
    return [*head, *(f"| {row.id} | {markdown(version.citation)} | {_read(version)} |" for row in rows for version in row.versions if version.confidence.addresses)]


def _read(version: Version) -> str:
    return "<br>".join(f"[{markdown(title)}]({address})" if address else markdown(title) for title, address in version.confidence.read)


def _line(row: Jurisdiction, version: Version) -> str:
    span = version.status.replace("_", " ") if version.status != "in_force" else f"{version.start or '...'} to {version.end or '...'}" if version.start or version.end else "yes"
    kinds = {"regulator": ("regulator", "market", "card_network"), "individuals": ("individuals",), "others": ("cra", "media", "controller")}
    cells = [row.id, row.name, span, *("<br>".join(_rule(rule, short=name == "regulator") for rule in version.duties if rule.recipient_kind in held) or "-" for name, held in kinds.items())]
    confidence = version.confidence
    return "| " + " | ".join([*cells, str(version.trigger["means"]).replace("_", " "), confidence.level, confidence.as_of or "never"]) + " |"


def _rule(rule: DutyRule, *, short: bool) -> str:
    limit = rule.deadline
    length = f"{limit.value:g} {limit.unit.replace('_', ' ')}" if limit.value is not None else limit.text or "without undue delay"
    many = f" if {rule.count.op} {rule.count.n:,}" if rule.count and rule.count.n > 1 else ""
    kind = "" if rule.recipient_kind in ("individuals", "regulator") else f"{rule.recipient_kind.replace('_', ' ')}: "
    who = f"{markdown(rule.recipient)}: " if short and kind == "" else kind
    return f"{who}{length}{many}".replace("|", "/")


def schema_text() -> str:
    """The schema of the facts file as it is published."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def problems(today: date) -> list[str]:
    """What `--check` complains of."""
    found = [f"{path.name} is not what the data say; write it again" for path, text in ((TABLE, table()), (SCHEMA, schema_text())) if not path.exists() or path.read_text("utf-8") != text]
    return [*found, *law_problems(today)]


def law_problems(today: date) -> list[str]:
    """Rows that were last checked too long ago, and worked cases that come out otherwise."""
    old = [f"{name}: last checked more than {STALE_DAYS} days ago" for name in stale(today)]
    return [*old, *(f"{one.jurisdiction}: case '{one.title}': {one.duty} is {one.actual}, stated {one.expected}" for one in all_failures())]


def main(arguments: Iterable[str]) -> int:
    """Write the documents, or check them; the exit code."""
    if "--check" in arguments:
        found = problems(datetime.now(UTC).date())
        for line in found:
            sys.stderr.write(f"{line}\n")
        return 1 if found else 0
    TABLE.write_text(table(), "utf-8")
    SCHEMA.write_text(schema_text(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
