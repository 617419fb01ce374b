"""Columns called by whom they list."""

from __future__ import annotations

import pytest

from leakscope.catalogue import load
from leakscope.detection.kernel import Kernel
from leakscope.detection.roles import role_candidate, roles_of
from leakscope.safety.keys import IncidentKey


@pytest.mark.parametrize(
    ("name", "value", "entity"),
    [("Paciente", "Lucía Fernández Gómez", "PERSON"), ("pacjent", "Marta Kowalska", "PERSON"), ("pupil", "Ella Brown", "PERSON"), ("birth", "1984-04-12", "DATE_OF_BIRTH"), ("Paciente", "Hospital del Mar", None)],
)
def test_a_column_of_patients_or_pupils_holds_names(name: str, value: str, entity: str | None) -> None:
    """In the languages of clinics, where the value has the shape of a person's name."""
    found = role_candidate(roles_of(name), value)
    assert (found.entity if found else None) == entity


def test_a_field_of_no_country_names_none() -> None:
    """Eleven digits under a general name are a national number, of whichever country."""
    found = Kernel(load(), IncidentKey(b"t" * 32)).standing("nationalId", "nationalId", "85021512349")
    assert [one.entity for one in found] == ["NATIONAL_ID"]


@pytest.mark.parametrize(
    ("name", "value", "entity"),
    [
        ("氏名", "近藤\u3000加奈", "PERSON"), ("患者氏名", "近藤加奈", "PERSON"), ("收货地址", "海门路18号", "POSTAL_ADDRESS"), ("会員番号", "M100123", "ACCOUNT_ID"), ("カード種別", "ゴールド", None),
        ("Nom d'usage", "LEFEBVRE", "PERSON"), ("Genitore 2", "Lina Bruscantini", "PERSON"), ("Médecin", "Anh Nguyen", "PERSON"),
    ],
)  # fmt: skip
def test_a_column_is_told_by_its_name_in_the_writers_language(name: str, value: str, entity: str | None) -> None:
    """Names of columns without blanks are read from their end; the wide blank of East Asia parts a name."""
    found = role_candidate(roles_of(name), value)
    assert (found.entity if found else None) == entity
