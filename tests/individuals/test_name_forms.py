"""People whose name stands in two scripts, spellings or forms."""

import polars as pl
import pytest

import leakscope
from leakscope.individuals.spelling import with_spellings

FAMILIES = "Adler Brandt Costa Dubois Eriksen Fischer Gallo Haddad Jansen Keller Lopez Moreau Novak Olsen Quinn Rossi Schmid Tanaka Unger Vogel".split()
GIVEN = "Anna Bruno Clara Dario Farid Greta Hugo Ines Jonas Karin".split()


def table(one, other):
    """Two hundred people of two records each, equal but for a slip in the street, and one more whose two records have two forms of a name."""
    rows = []
    for place, (given, family) in enumerate((given, family) for family in FAMILIES for given in GIVEN):
        common = {"first_name": given, "last_name": family, "date_of_birth": f"19{50 + place % 45}-{1 + place % 12:02}-{1 + place % 28:02}", "city": f"Town{family}"}
        rows += [{**common, "street": f"{place + 1} Long Street"}, {**common, "street": f"{place + 1} Long Stret"}]
    birth = {"date_of_birth": "1981-03-29", "city": "Elsewhere"}
    return pl.DataFrame([*rows, {"first_name": one[0], "last_name": one[1], **birth, "street": "7 Short Lane"}, {"first_name": other[0], "last_name": other[1], **birth, "street": "91 Other Road"}])


@pytest.mark.parametrize(
    ("one", "other"),
    [(("Иван", "Мюллер"), ("Ivan", "Müller")), (("Jörg", "Müller"), ("Joerg", "Mueller")), (("Łukasz", "Weiß"), ("Lukasz", "Weiss")), (("Robert", "Ashdown"), ("Bob", "Ashdown")), (("Margaret", "Ashdown"), ("Peggy", "Ashdown")), (("José", "Barrera"), ("Pepe", "Barrera")), (("Alexander", "Orlow"), ("Sasha", "Orlow"))],
)
def test_two_forms_of_a_name_are_one_person_where_the_birth_date_agrees(one, other):
    """The model learns on everybody else how much a form tells."""
    found = leakscope.individuals(table(one, other))["person"].to_list()

    assert found[-1] == found[-2]
    assert len(set(found)) == 201


def test_other_names_of_one_birth_date_stay_apart():
    """Bob is nobody's pet name of Margaret."""
    found = leakscope.individuals(table(("Margaret", "Ashdown"), ("Bob", "Carver")))["person"].to_list()

    assert found[-1] != found[-2]


@pytest.mark.parametrize(("one", "other"), [("bob", "robert"), ("pepe", "josé"), ("саша", "aleksandr"), ("sasha", "alexander")])
def test_pet_names_stand_in_one_row_with_the_full_name(one, other):
    """In any script."""
    short = with_spellings(pl.DataFrame({"given": [one, other], "surname": ["a", "b"]})).get_column("given_short").to_list()

    assert set(short[0]) & set(short[1])
