"""Cells of columns without a name are told by the column's values together."""

from __future__ import annotations

import random

import polars as pl
import pytest
from stdnum import luhn
from stdnum.br import cpf
from stdnum.ca import sin
from stdnum.pl import pesel

from leakscope.catalogue import load
from leakscope.detection.cells import says_nothing, told_by
from leakscope.detection.kernel import Kernel
from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey

NAMES = ["Maria", "James", "Patricia", "Robert", "Linda", "Xqzt", "Susan", "Karen"]
MAILS = [f"{name.lower()}@gmail.com" for name in NAMES]


def table(**columns: list[str]) -> Batch:
    """One batch of a table."""
    frame = pl.DataFrame(columns)
    return Batch(source="people.csv", first_record=10, records=frame.height, frame=frame)


def numbers(check: object, form: str, count: int = 30) -> list[str]:
    """Numbers of `form` (`#`: any digit) that pass an independent check."""
    drawn = random.Random(7)
    made = ("".join(str(drawn.randrange(10)) if sign == "#" else sign for sign in form) for _ in range(200_000))
    return [one for one in made if check.is_valid(one)][:count]  # type: ignore[attr-defined]


@pytest.fixture
def kernel() -> Kernel:
    """A kernel over the whole catalogue."""
    return Kernel(load(), IncidentKey(b"c" * 32))


@pytest.mark.parametrize(("name", "nothing"), [("column_12", True), ("Unnamed: 0", True), ("_c3", True), ("f1", True), ("7", True), ("", True), ("county", False), ("zip", False), ("id2", False)])
def test_names_that_are_none(name: str, nothing: bool) -> None:
    """Readers and databases make them up."""
    assert says_nothing(name) == nothing


def test_each_cell_of_a_column_of_names_is_a_finding(kernel: Kernel) -> None:
    """One that no list knows is less sure; the mail addresses beside stay what they are."""
    found = kernel.find_batch(table(column_1=NAMES, column_2=MAILS))
    people = found.filter(entity="PERSON")
    assert people["record"].to_list() == list(range(10, 18))
    assert people["value"].to_list() == NAMES
    assert set(people["detector"]) == {"cells.person"}
    confidence = dict(people.select("value", "confidence").iter_rows())
    assert 0.5 <= confidence["Xqzt"] < confidence["Maria"] <= 0.8
    assert found.filter(entity="EMAIL_ADDRESS").height == 8


def test_the_same_with_and_without_values_and_in_record_order(kernel: Kernel) -> None:
    """`examine` and `find_batch` agree, and records come in order."""
    batch = table(column_1=NAMES, column_2=MAILS)
    found = kernel.find_batch(batch)
    assert found.equals(kernel.examine(batch)[1])
    assert found["record"].is_sorted()


def test_a_column_with_a_name_is_left_to_its_name(kernel: Kernel) -> None:
    """Ships called after people are nobody."""
    assert kernel.find_batch(table(ship=NAMES)).is_empty()


@pytest.mark.parametrize(("check", "form", "entity"), [(cpf, "#########" + "##", "BR_CPF"), (pesel, "840#1######", "PL_PESEL")])
def test_a_check_digit_that_all_cells_pass_tells_the_number(kernel: Kernel, check: object, form: str, entity: str) -> None:
    """python-stdnum makes the numbers."""
    made = numbers(check, form)
    found = kernel.find_batch(table(column_1=made))
    assert found.filter(entity=entity)["value"].to_list() == made


@pytest.mark.parametrize(
    "values",
    [
        numbers(luhn, "##########"),
        numbers(sin, "4########"),
        [str(100_000_000 + 7 * number) for number in range(60)],
        [str(random.Random(number).randrange(10**10, 10**11)) for number in range(60)],
        [f"2024{number % 12 + 1:02d}{number % 28 + 1:02d}" for number in range(60)],
        ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Sunday", "April"],
    ],
)
def test_numbers_of_anything_tell_nothing(values: list[str]) -> None:
    """Luhn's digit alone, sequences, random numbers, dates, words of calendars."""
    assert told_by(values, load().detectors) is None


def test_a_name_beside_given_names_is_the_family_name(kernel: Kernel) -> None:
    """`Nom` beside `Prénom` is a family's; alone it may be a town's."""
    found = kernel.find_batch(table(Nom=["Dubois", "Le Goff", "N/A"], Prénom=["Chloé", "Hugo", "Yann"]))
    assert found.filter(pl.col("field") == "Nom")["entity"].to_list() == ["PERSON"] * 2
    assert kernel.find_batch(table(Nom=["Dubois", "Orléans"], Ville=["Paris", "Lyon"])).filter(pl.col("field") == "Nom").is_empty()
