"""People who share a home are different people, however many records each has."""

import random

import polars as pl

import leakscope

GIVEN = ("Adele", "Bruno", "Clara", "Dominik", "Esther", "Felix", "Greta", "Hugo", "Irina", "Jonas", "Karla", "Ludwig")
HOMES = 80


def households():
    """Two people a home, with one surname, address and phone; each has two records, the second with a slip in the street."""
    draw = random.Random(3)
    rows, truth = [], []
    for home in range(HOMES):
        surname = "".join(draw.choice("bdfgklmnprst") + draw.choice("aeiou") for _ in range(4)).capitalize()
        street = f"{draw.randint(1, 99)} {''.join(draw.choice('bdfgklmnprst') + draw.choice('aeiou') for _ in range(4)).capitalize()} Road"
        for member, given in enumerate(draw.sample(GIVEN, 2)):
            birth = f"{draw.randint(1940, 2000)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
            for text in (street, street.replace(" Road", " Raod")):
                rows.append({"first_name": given, "last_name": surname, "date_of_birth": birth, "street": text, "postcode": f"{10_000 + home}", "phone": f"+4420{30_000_000 + home}"})
                truth.append(f"{home}-{member}")
    return pl.DataFrame(rows), truth


def test_housemates_are_not_joined_and_their_own_records_are():
    """Surname, address, town and phone agree; given names and birth dates do not, but for a few by chance."""
    table, truth = households()
    found = leakscope.individuals(table)["person"].to_list()

    assert 2 * HOMES - 3 <= len(set(found)) <= 2 * HOMES
    assert len(set(zip(found, truth, strict=True))) == 2 * HOMES
