"""Makes the bundled corpora again: run `python corpora/bundle.py` from the top folder after changing a generator."""

from __future__ import annotations

import gzip
import shutil
import tempfile
from pathlib import Path

import polars as pl

from leakscope.corpus import generators, make

#: Name -> rows and seed.
BUNDLED = {"log_stream": (20_000, 2026), "customers": (2_000, 2026), "sql_dump": (2_000, 2027), "mixed_folder": (800, 2028)}


def packed(evidence: Path, target: Path) -> None:
    """`evidence` as gzip without a time stamp or name, so that the same bytes give the same file."""
    with evidence.open("rb") as plain, target.open("wb") as out, gzip.GzipFile("", "wb", 9, out, mtime=0) as stream:
        shutil.copyfileobj(plain, stream)


def bundle(name: str, root: Path) -> None:
    """Make one corpus and put it under `root`, in place of what stood there; cards stay."""
    rows, seed = BUNDLED[name]
    with tempfile.TemporaryDirectory() as folder:
        evidence = make(name, rows=rows, seed=seed, folder=Path(folder))
        if evidence.suffix == ".ndjson":
            (root / name).mkdir(parents=True, exist_ok=True)
            packed(evidence, root / name / f"{evidence.name}.gz")
            evidence.unlink()
        if evidence.is_dir() and (root / name / evidence.name).exists():
            shutil.rmtree(root / name / evidence.name)
        shutil.copytree(folder, root / name, dirs_exist_ok=True)
    (root / name).chmod(0o755)
    (root / name / "README.md").write_text(card(name, root / name), encoding="utf-8")


def figures(folder: Path) -> dict[str, int]:
    """What the truth of a corpus counts, by the words of its card."""
    table = {path.stem: pl.read_parquet(path) for path in sorted((folder / "truth").glob("*.parquet"))}
    findings, people = table["findings"], table["people"]
    own = findings.filter(pl.col("person").is_not_null() & pl.col("secret").is_null())
    found = {
        "findings": findings.height,
        "entity types": findings["entity"].n_unique(),
        "records with personal data (user and session ids left out)": _records(own.filter(pl.col("entity") != "ONLINE_IDENTIFIER")),
        "records with a secret": _records(findings.filter(pl.col("secret").is_not_null())),
        "people counted": people.filter("counted").height,
        "of them identified": people.filter(pl.col("counted") & (pl.col("kind") == "identified")).height,
        "of them third parties": people.filter(pl.col("role") == "third_party").height,
        "accounts of nobody (bots, tests)": people.filter(~pl.col("counted")).height,
        "residences": people["residence"].n_unique(),
        "distinct secrets": table["secrets"].height,
        "providers of secrets": table["secrets"]["provider"].n_unique(),
    }
    return found | (_turn_figures(table["turns"]) if "turns" in table else {}) | {"decoys": table["decoys"].height if "decoys" in table else 0}


def _records(findings: pl.DataFrame) -> int:
    return findings.select("source", "record").n_unique()


def _turn_figures(turns: pl.DataFrame) -> dict[str, int]:
    asked = turns.filter((pl.col("role") == "user") & ~pl.col("repeated"))
    return {
        "records with chat": turns.select("source", "record").n_unique(),
        "conversations": turns["conversation"].n_unique(),
        "distinct user turns": asked.height,
        "of them on a sensitive topic": asked.filter(pl.col("topic") != "none").height,
        "languages of user turns": asked["language"].n_unique(),
    }


def card(name: str, folder: Path) -> str:
    """The README of a bundled corpus."""
    rows, seed = BUNDLED[name]
    lines = [f"| {words} | {number:,} |" for words, number in figures(folder).items()]
    return _CARD.format(name=name, rows=rows, seed=seed, about=generators()[name].about, figures="\n".join(lines), special=_SPECIAL[name])


_SPECIAL = {
    "log_stream": """`log_stream.ndjson.gz` is a ClickHouse table `log_stream` in the shape of HyperDX version 1, one JSON object a row.
`_source` repeats the row as JSON text, `_hdx_body` repeats the message, and chat requests repeat every earlier turn of their conversation.
A chat request holds the id of its user and of its session; these alone do not count as personal data in the figure below.
`incident.toml` states what the invented company knows about its incident, for `--facts`; there the rows are said to be a random sample of 1,000,000.""",
    "customers": """`customers.csv` has one customer a row; about 4% of rows are second accounts of a person, written a little differently.
About 1% of rows are test rows or shared mailboxes: `truth/decoys.parquet` lists them.""",
    "sql_dump": """`dump.sql` is a MySQL dump with one INSERT a row.
In the truth, `source` is `dump.sql:table`, `record` the row in its table from 0, `field` the column, and `line` is the 0-based number of the non-empty line.
The integration keys that are private keys stand with `\\n` for their line breaks.""",
    "mixed_folder": """`files/` holds environment files, a private key, lists of passwords, notes, a log, a newsletter table and a chat export.
In text files a record is a non-empty line and its field is `line`; the private key is one value over its whole file (empty field).
In `conversations.json` a record is one conversation.""",
}

_CARD = """# {name}

An invented exposure: {about}.

{special}

## How it was made

`leakscope corpus make {name} --rows {rows} --seed {seed} -o DIR`, then `python corpora/bundle.py` for packing and for this card.
Names, addresses, numbers and keys are drawn from pools and formulas in `leakscope/corpus/`; none is taken from a person, a company or a service.
National numbers, cards and IBANs have right check digits; secrets have the right structure and checksum and open nothing.

## What the truth says

| what | count |
|---|---|
{figures}

`truth/findings.parquet`: every planted value with record, field, entity, person, secret and the fields that repeat it.
`truth/people.parquet`: every person with residence; `counted` is false for bots and test accounts.
`truth/secrets.parquet`: every distinct secret; `truth/turns.parquet`: every chat turn with topic; `truth/decoys.parquet`: look-alikes that are no findings.
Values stand in the clear in the truth, because nobody real is behind them.

## What it is not

It is not a sample of a real leak: shares, lengths and wording are chosen, so accuracy measured here is an upper bound for real evidence.
Sentences come from templates with alternatives; a detector tuned on them learns the templates.
Ages, places and dates in running text are not listed as findings.

## Licence

Apache-2.0, as the project.
"""


if __name__ == "__main__":
    for bundled in BUNDLED:
        bundle(bundled, Path(__file__).parent)
