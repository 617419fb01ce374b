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


def _word(draw, parts):
    return "".join(draw.choice("bdfgklmnprst") + draw.choice("aeiou") for _ in range(parts)).capitalize()


def people(count, seed):
    """People of common given names and their own surname, birth date, street and town, one record each."""
    draw = random.Random(seed)
    towns = [(_word(draw, 3), str(10_000 + number)) for number in range(12)]
    rows = []
    for _ in range(count):
        town, code = draw.choice(towns)
        birth = f"{draw.randint(1940, 2000)}-{draw.randint(1, 12):02}-{draw.randint(13, 28):02}"
        rows.append({"first_name": draw.choice(GIVEN), "last_name": _word(draw, 3), "date_of_birth": birth, "street": f"{draw.randint(1, 99)} {_word(draw, 2)} Road", "city": town, "postcode": code})
    return rows, towns, draw


def test_who_moved_is_known_by_name_and_birth_date():
    """Every fifth of those with two records lives in another town in the second, nobody else does."""
    first, towns, draw = people(300, 5)
    second = []
    for number, row in enumerate(first):
        town, code = draw.choice([one for one in towns if one[1] != row["postcode"]])
        moved = {"street": f"{draw.randint(1, 99)} {_word(draw, 2)} Lane", "city": town, "postcode": code}
        second.append({**row, **(moved if number % 5 == 0 else {"street": row["street"].replace("Road", "Raod")})})
    found = leakscope.individuals(pl.DataFrame(first + second))["person"].to_list()

    assert len(set(found)) == 300
    assert found[:300] == found[300:]


def test_names_in_the_other_order_are_one_person_though_the_birth_date_is_missing():
    """Given name and surname in each other's column, the second with a slip in the street."""
    first, _, _ = people(200, 7)
    second = [{**row, "street": row["street"].replace("Road", "Raod")} for row in first]
    for row in second[::10]:
        row.update(first_name=row["last_name"], last_name=row["first_name"], date_of_birth=None)
    found = leakscope.individuals(pl.DataFrame(first + second))["person"].to_list()

    assert found[:200] == found[200:]


def test_twins_of_usual_given_names_stay_two_where_many_live_together():
    """Two records each; surname, birth date and home agree, given names do not."""
    first, _, draw = people(240, 9)
    for number in range(0, 240, 2):
        one, other = first[number], first[number + 1]
        birth = one["date_of_birth"] if number % 20 == 0 else other["date_of_birth"]
        given = draw.choice([name for name in GIVEN if name != one["first_name"] and name[0] != one["first_name"][0]])
        other.update({**one, "first_name": given, "date_of_birth": birth})
    second = [{**row, "street": row["street"].replace("Road", "Raod")} for row in first]
    found = leakscope.individuals(pl.DataFrame(first + second))["person"].to_list()

    assert len(set(found)) == 240
    assert found[:240] == found[240:]
