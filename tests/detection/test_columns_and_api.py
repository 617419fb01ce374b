"""Columns and the functions for data frames."""

from __future__ import annotations

import polars as pl
import pytest

import leakscope
import leakscope.api
from leakscope.detection.roles import roles_of
from leakscope.errors import UsageError
from leakscope.schema import FINDINGS

TABLE = pl.DataFrame(
    {
        "id": [1, 2, 3],
        "ssn": ["536221234", "536221235", "536221236"],
        "order_no": ["536221234", "536221235", "536221236"],
        "contact": ["ana@gmail.com", "bo@gmail.com", "cy@gmail.com"],
        "tags": [["a", "b"], [], ["c"]],
    }
)


def test_scan_of_a_frame_gives_findings() -> None:
    """Lazily, with the contract's columns."""
    found = leakscope.scan(TABLE)
    assert isinstance(found, pl.LazyFrame)
    assert found.collect_schema() == FINDINGS
    assert {"ssn", "contact"} == set(found.collect()["field"])


def test_fields_has_one_row_per_field() -> None:
    """Entity null where nothing prevails; columns exactly those of the contract."""
    found = leakscope.fields(TABLE)
    assert found.columns == ["field", "entity", "confidence", "prevalence", "count"]
    roles = dict(found.select("field", "entity").iter_rows())
    assert (roles["ssn"], roles["order_no"], roles["contact"], roles["id"]) == ("US_SSN", None, "EMAIL_ADDRESS", None)
    assert len(roles) == found.height


def test_the_namespace_is_the_same_functions() -> None:
    """On lazy and eager frames."""
    assert TABLE.lazy().leakscope.fields().equals(TABLE.leakscope.fields())
    assert TABLE.leakscope.individuals().equals(leakscope.individuals(TABLE))


@pytest.mark.parametrize("wrong", [None, "people.csv", [1, 2]])
def test_what_is_no_frame_is_refused_with_advice(wrong: object) -> None:
    """Paths and frames of other libraries are how people try first."""
    with pytest.raises(UsageError, match="Polars"):
        leakscope.scan(wrong)  # type: ignore[arg-type]


def test_blank_headers_still_tell_what_values_say() -> None:
    """An address is an address in a column called `c1`."""
    found = leakscope.fields(TABLE.select(c1="contact", c2="order_no"))
    assert found["entity"].to_list() == ["EMAIL_ADDRESS", None]


@pytest.mark.parametrize(
    ("key", "role"),
    [
        ("firstName", "given_name"), ("first_name", "given_name"), ("Vorname", "given_name"), ("prénom", "given_name"), ("nombre", "given_name"),
        ("customer.last-name", "surname"), ("apellidos", "surname"), ("emailAddress", "email"), ("home_phone", "phone"), ("Telefonnummer", "phone"),
        ("dateOfBirth", "date_of_birth"), ("fecha_nacimiento", "date_of_birth"), ("PLZ", "postal_code"), ("zip_code", "postal_code"), ("userId", "online_identifier"),
        ("soc_sec_id", "us_ssn"), ("姓名", "full_name"), ("First", "first"), ("Last", "last"),
        ("Nome do cliente", "full_name"), ("Nachname, Vorname", "full_name"), ("Adı Soyadı", "full_name"), ("patient_nm", "full_name"), ("الاسم", "full_name"), ("성명", "full_name"),
        ("Fødselsdato", "date_of_birth"), ("Nasc.", "date_of_birth"), ("D.O.B", "date_of_birth"), ("تاريخ الميلاد", "date_of_birth"), ("생년월일", "date_of_birth"),
        ("CTC (LPA)", "salary"), ("月薪", "salary"), ("ins_id", "health_insurance"),
    ],
)  # fmt: skip
def test_keys_in_many_languages_and_writings(key: str, role: str) -> None:
    """camelCase, snake_case, accents and abbreviations lead to one role."""
    assert role == roles_of(key)[0].id


@pytest.mark.parametrize("key", ["file_name", "hostname", "ip_address_count", "order_no", "message", "model_name", "state_machine"])
def test_keys_that_only_look_alike(key: str) -> None:
    """A file's name is nobody's."""
    assert not {role.entity for role in roles_of(key)} & {"PERSON", "POSTAL_ADDRESS"}


@pytest.mark.parametrize("value", ["U04AB3CD9QX", "8f41c22ab01", "123456789012345678", "usr_01HABCDEF"])
def test_a_user_id_is_one_whatever_its_service_makes_it_of(value: str) -> None:
    """Capitals and digits of a team chat, a short hash, a snowflake, a prefixed id."""
    found = leakscope.scan(pl.DataFrame({"user_id": [value]})).collect()
    assert found["entity"].to_list() == ["ONLINE_IDENTIFIER"]


def test_a_word_is_no_user_id() -> None:
    """An id of letters alone is a word to anybody else."""
    assert leakscope.scan(pl.DataFrame({"session_id": ["running"]})).collect().is_empty()


def test_first_and_last_are_names_over_people_alone() -> None:
    """Over pages, dates and words they are not."""
    people = leakscope.scan(pl.DataFrame({"First": ["Ana", "Jean Luc"], "Last": ["Silva", "van der Berg"]})).collect()
    assert set(people["entity"]) == {"PERSON"}
    assert people.height == 4
    assert leakscope.scan(pl.DataFrame({"first": ["10", "never"], "last": ["2025-01-01", "page"]})).collect().is_empty()


@pytest.mark.parametrize("key", ["part_no", "SKU", "invoiceNumber", "lot", "order_no"])
def test_numbers_of_goods_are_nobodys(key: str) -> None:
    """A part number has the form of a US social security number; under its own name it is none, under the number's it is one."""
    assert leakscope.scan(pl.DataFrame({key: ["536-22-1234"]})).collect().is_empty()
    assert leakscope.scan(pl.DataFrame({"ssn": ["536-22-1234"], key: ["his ssn is 536-22-1235"]})).collect()["entity"].to_list() == ["US_SSN"] * 2
