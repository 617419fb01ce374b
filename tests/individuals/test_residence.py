"""Where people live, and on what basis."""

import phonenumbers
import pytest

from leakscope.individuals import link
from leakscope.individuals.residence import places
from leakscope.schema import TURNS, empty
from tests.individuals.evidence import KEY, records, sightings


def residence(*rows):
    """Residence and basis of the one person of `rows`, who has a mailbox that tells nothing."""
    found = sightings((0, "email", "EMAIL_ADDRESS", "ann@gmail.com"), *rows)
    person = link(found, records(found), empty(TURNS), KEY).individuals.row(0, named=True)
    return person["residence"], person["residence_basis"]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([], (None, None)),
        ([(0, "address", "POSTAL_ADDRESS", "12 Main St, Springfield, IL 62704")], ("US-IL", "address")),
        ([(0, "address", "POSTAL_ADDRESS", "Hauptstr. 5, 10115 Berlin, Germany")], ("DE", "address")),
        ([(0, "address", "POSTAL_ADDRESS", "10 Downing Street, London SW1A 2AA")], ("GB", "address")),
        ([(0, "address", "POSTAL_ADDRESS", "1 George St, Sydney NSW 2000")], ("AU-NSW", "address")),
        ([(0, "phone", "PHONE_NUMBER", "+33 1 23 45 67 89")], ("FR", "phone_prefix")),
        ([(0, "iban", "IBAN_CODE", "NL91ABNA0417164300")], ("NL", "bank_account")),
        ([(0, "mail2", "EMAIL_ADDRESS", "ann@firma.at")], ("AT", "domain")),
        ([(0, "client.geo.country", "LOCATION", "Brazil")], ("BR", "ip_country")),
        ([(0, "country", "LOCATION", "Brazil")], ("BR", "address")),
        ([(0, "country", "LOCATION", "US"), (0, "state", "LOCATION", "CA")], ("US-CA", "address")),
        ([(0, "country", "LOCATION", "US"), (0, "zip", "POSTAL_CODE", "94110-1234")], ("US-CA", "address")),
        ([(0, "country", "LOCATION", "USA"), (0, "zip", "POSTAL_CODE", "2139")], ("US-MA", "address")),
        ([(0, "country", "LOCATION", "Germany"), (0, "plz", "POSTAL_CODE", "94110")], ("DE", "address")),
        ([(0, "phone", "PHONE_NUMBER", "+33 1 23 45 67 89"), (0, "mail2", "EMAIL_ADDRESS", "ann@firma.de")], ("FR", "phone_prefix")),
    ],
)
def test_the_best_evidence_tells_the_residence(rows, told):
    """Unknown stays null; a domain sold to everybody tells nothing."""
    assert residence(*rows) == told


def test_a_column_of_states_is_read_as_a_whole():
    """`wa` is Western Australia beside `nsw` and `vic`, and Washington beside `ny`."""
    for others, told in ((("nsw", "vic", "qld"), "AU-WA"), (("ny", "tx", "il"), "US-WA")):
        rows = [(r, "state", "LOCATION", code) for r, code in enumerate(("wa", *others))]
        found = sightings(*rows, *((r, "email", "EMAIL_ADDRESS", f"ann{r}@gmail.com") for r in range(4)))
        result = link(found, records(found), empty(TURNS), KEY)

        assert told in result.individuals["residence"].to_list()


def test_the_places_are_those_of_the_standards():
    """Every country code has a calling code in the numbering plan, every division a code of its country."""
    table = places()

    assert {code for code in table["countries"] if phonenumbers.country_code_for_region(code) == 0} == set()
    assert all(len(names) == len(set(names.values())) for names in table["divisions"].values())
    prefixes = [prefix for ranges in table["zip_prefixes"].values() for low, high in ranges for prefix in range(low, high + 1)]
    assert len(prefixes) == len(set(prefixes))
    assert set(table["zip_prefixes"]) <= set(table["divisions"]["US"])
    assert set(table["weights"]) == {"address", "national_id", "phone_prefix", "bank_account", "locale", "ip_country", "domain"}
