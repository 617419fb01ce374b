"""
Which sightings of one record speak of one person: the *unit*, smallest piece of evidence about one individual.

A unit is (source, record, group, slot): `group` is the element of a list of people that the field lies in, `slot` the part
another person plays in the record (manager, recipient, a third party named in a chat). The empty group and slot are the
record's own subject: the row's person, the user a log line is about, the author of a chat.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

import polars as pl

from leakscope.individuals.identifiers import NAMED
from leakscope.individuals.turn_speech import place_in_turns
from leakscope.individuals.vocabulary import has_phrase, path_words, slot_words, words

UNIT_KEY = ("source", "record", "group", "slot")
#: Share of a column's findings that are names from which on it is a column of people.
OF_PEOPLE = 0.5
#: What tells in a list of people that an element is one, whatever their name.
AGES = ("AGE", "DATE_OF_BIRTH")
_INDEX = re.compile(r"\[\d+\]")
#: Entities by which an element of any list stands for a person of its own; bank accounts, phones and devices do not.
_STANDS_APART = ("PERSON", "EMAIL_ADDRESS", "ACCOUNT_ID", "USERNAME", "NATIONAL_ID", "PASSPORT", "EMPLOYEE_ID", "STUDENT_ID")


def _describes(path: str) -> bool:
    """Whether the list at `path` holds names, numbers or addresses of one person, as FHIR's `name[]` and `telecom[]` do, and not people."""
    return path.rpartition(".")[2].lower() in words()["lists"]["of_one"]


@lru_cache(maxsize=65536)
def group_of(field: str) -> str:
    """
    The list element that `field` lies in, or the empty string for the record's own level.

    Example:
        >>> group_of("customers[3].address.street"), group_of("user.emails[1]"), group_of("to[0]"), group_of("contact[1].name[0].given[1]")
        ('customers[3]', '', 'to[0]', 'contact[1]')
    """
    found = list(_INDEX.finditer(field))
    describing = next((at for at, one in enumerate(found) if _describes(field[: one.start()])), None)
    if describing is not None:
        return field[: found[describing - 1].end()] if describing else ""
    if not found:
        return ""
    last = found[-1]
    if last.end() < len(field):
        return field[: last.end()]
    name = path_words(field[: last.start()])[-1:]
    if name and name[0] in words()["lists"]["people"]:
        return field
    return field[: found[-2].end()] if len(found) > 1 else ""


#: Words that tell of another person only where a name of the path begins with them: `to[0]`, `from.name`, not `ship_to`.
_PREPOSITIONS = frozenset({"to", "from", "cc", "bcc"})


def _starts_a_segment(field: str) -> bool:
    return any((path_words(segment)[:1] or ("",))[0] in _PREPOSITIONS for segment in re.split(r"[.\[\]>]+", field))


@lru_cache(maxsize=65536)
def slot_of(field: str) -> str:
    """
    The part another person than the record's subject plays in `field`, or the empty string.

    Example:
        >>> slot_of("manager_email"), slot_of("user.email"), slot_of("createdBy")
        ('manager', '', 'editor')
    """
    parts = path_words(field)
    if "user_agent" in "_".join(parts):
        return ""
    known = slot_words() if _starts_a_segment(field) else {word: slot for word, slot in slot_words().items() if word not in _PREPOSITIONS}
    pairs = [f"{first}_{second}" for first, second in pairwise(parts)]
    return next((known[part] for part in (*pairs, *parts) if part in known), "")


def _placed_by_path(sightings: pl.DataFrame) -> pl.DataFrame:
    """`sightings` with `group` and `slot` from their field path alone; a loop over distinct fields, which are few."""
    fields = sightings.get_column("field").unique(maintain_order=True)
    places = pl.DataFrame(
        {
            "field": fields,
            "group": [group_of(field) for field in fields],
            "slot": [slot_of(field) for field in fields],
            "session_key": [has_phrase(field, words()["keys"]["session"]) for field in fields],
        },
        schema={"field": pl.String, "group": pl.String, "slot": pl.String, "session_key": pl.Boolean},
    )
    in_text = NAMED.str.contains(rf"\b(?:{'|'.join(words()['keys']['session'])})\b").fill_null(False)
    return sightings.join(places, on="field", how="left", maintain_order="left").with_columns(session_key=pl.col("session_key") | in_text)


def in_fields_of_people() -> pl.Expr:
    """Whether a sighting stands in a field of people's names; a name here and there in an address column makes it none."""
    return (pl.col("entity") == "PERSON").mean().over("source", "field") >= OF_PEOPLE


def _numbered_people(placed: pl.DataFrame) -> pl.DataFrame:
    """Columns `name_1, email_1, name_2, email_2` hold several people: the number becomes the group where names carry one."""
    number = pl.col("key").str.extract(r"^\D*?_?(\d{1,2})(?:_\D*)?$", 1)
    named = placed.filter(in_fields_of_people() & (pl.col("entity") == "PERSON") & (pl.col("group") == "")).select("source", "key", number.alias("number")).unique()
    several = (
        named.drop_nulls()
        .with_columns(base=pl.col("key").str.replace(r"\d{1,2}", "#"))
        .group_by("source", "base")
        .agg(pl.col("number").n_unique().alias("people"))
        .filter(pl.col("people") > 1)
        .get_column("source")
        .unique()
    )
    if several.is_empty():
        return placed
    return placed.with_columns(
        group=pl.when(pl.col("source").is_in(several.implode()) & (pl.col("group") == "") & number.is_not_null())
        .then(pl.lit("#") + number)
        .otherwise("group")
    )


@lru_cache(maxsize=65536)
def lists_people(group: str) -> bool:
    """
    Whether the list of an element is one of people by its name.

    Example:
        >>> lists_people("family.children[1]"), lists_people("orders[0]")
        (True, False)
    """
    return bool(set(path_words(group[: group.rfind("[")])[-1:]) & set(words()["lists"]["people"]))


def of_people(placed: pl.DataFrame) -> pl.Expr:
    """Whether the group of a sighting is an element of a list of people; a loop over distinct groups."""
    groups = placed.get_column("group").unique()
    return pl.col("group").is_in([group for group in groups if group and lists_people(group)])


def _fold_groups(placed: pl.DataFrame) -> pl.DataFrame:
    """Groups without an identifier of a person (`orders[0]`, `addresses[1]`) belong to the record's subject; children of an age do not."""
    apart = (
        placed.filter((pl.col("group") != "") & (pl.col("entity").is_in(_STANDS_APART) | (pl.col("entity").is_in(AGES) & of_people(placed))))
        .select("source", "record", "group")
        .unique()
        .with_columns(apart=pl.lit(True))
    )
    return (
        placed.join(apart, on=["source", "record", "group"], how="left", maintain_order="left")
        .with_columns(group=pl.when((pl.col("group") == "") | pl.col("apart")).then("group").otherwise(pl.lit("")))
        .drop("apart")
    )


def _several_in_one_text(placed: pl.DataFrame) -> pl.DataFrame:
    """Two addresses in one value are two people: each takes a slot of its own; other sightings stay with the first."""
    mail = placed.filter((pl.col("entity") == "EMAIL_ADDRESS") & (pl.col("side") == "own"))
    ordered = mail.group_by(*UNIT_KEY, "field", "fingerprint").agg(pl.col("start").min()).sort("start", "fingerprint")
    later = ordered.with_columns(order=pl.int_range(pl.len()).over(*UNIT_KEY, "field")).filter(pl.col("order") > 0)
    if later.is_empty():
        return placed
    marks = later.select(*UNIT_KEY, "field", "fingerprint", again=pl.lit("text:") + pl.col("fingerprint"))
    return (
        placed.join(marks, on=[*UNIT_KEY, "field", "fingerprint"], how="left", maintain_order="left")
        .with_columns(slot=pl.coalesce("again", "slot"))
        .drop("again")
    )


def _with_senders(placed: pl.DataFrame, turns: pl.DataFrame) -> pl.DataFrame:
    """Who sent a message that is a record of its own is its author, not another person."""
    if turns.is_empty():
        return placed
    said = turns.filter((pl.col("role") == "user") & ~pl.col("field").str.contains(r"[\[.]")).select("source", "record").unique().with_columns(said=pl.lit(True))
    joined = placed.join(said, on=["source", "record"], how="left", maintain_order="left")
    authors = (pl.col("field") == "sender") & pl.col("said").fill_null(False)
    return joined.with_columns(slot=pl.when(authors).then(pl.lit("")).otherwise("slot")).drop("said")


def place(sightings: pl.DataFrame, turns: pl.DataFrame) -> pl.DataFrame:
    """
    Every sighting in its unit.

    Args:
        sightings: schema `SIGHTINGS`; only those that say something about a person.
        turns: schema `TURNS`.

    Returns:
        `sightings` with `group`, `slot`, `side` (own | third_party | business), `session_key` and the dense number `unit`.
    """
    placed = _fold_groups(_numbered_people(_with_senders(_placed_by_path(sightings), turns)))
    business = [slot for slot, row in words()["slots"].items() if row["role"] in ("employee", "business_contact")]
    third = [slot for slot, row in words()["slots"].items() if row["role"] in ("third_party", "child")]
    side = pl.when(pl.col("slot").is_in(business)).then(pl.lit("business")).when(pl.col("slot").is_in(third)).then(pl.lit("third_party"))
    sided = place_in_turns(placed.with_columns(side=side.otherwise(pl.lit("own"))), turns)
    return with_units(_several_in_one_text(sided))


def with_units(placed: pl.DataFrame) -> pl.DataFrame:
    """`placed` with the dense number `unit` of its (source, record, group, slot), in order of first sight."""
    units = placed.select(UNIT_KEY).unique(maintain_order=True).with_row_index("unit")
    return placed.join(units, on=list(UNIT_KEY), how="left", maintain_order="left")
