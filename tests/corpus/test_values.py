"""Planted identifiers and secrets have the structure of real ones."""

from __future__ import annotations

import binascii
import importlib
from datetime import date

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from stdnum import iban as stdnum_iban
from stdnum import luhn
from stdnum.gb import nhs

from leakscope.corpus.draw import Draw
from leakscope.corpus.identifiers import NATIONAL_IDS, Bearer, card_number, iban, uk_nhs
from leakscope.corpus.people import person
from leakscope.corpus.secret_values import DECOYS, MAKERS, secret
from leakscope.corpus.text import languages

_STDNUM = {
    "US": "us.ssn", "DE": "de.idnr", "FR": "fr.nir", "ES": "es.nif", "IT": "it.codicefiscale", "NL": "nl.bsn", "PL": "pl.pesel", "BR": "br.cpf",
    "IN": "in_.aadhaar", "CA": "ca.sin", "CN": "cn.ric", "TR": "tr.tckimlik", "PT": "pt.nif", "RU": "ru.inn", "CH": "ch.ssn", "AU": "au.tfn", "JP": "jp.in_",
}  # fmt: skip
_BEARER = Bearer(born=date(1984, 3, 7), female=True, first="Giulia", last="Rossi")


@pytest.mark.parametrize("country", sorted(_STDNUM))
def test_national_ids_are_valid(country: str) -> None:
    """python-stdnum accepts every number of a country."""
    oracle, draw = importlib.import_module(f"stdnum.{_STDNUM[country]}"), Draw("test", country)
    assert [number for number in (NATIONAL_IDS[country][1](draw, _BEARER) for _ in range(300)) if not oracle.is_valid(number)] == []


def test_nhs_numbers_are_valid() -> None:
    """python-stdnum accepts every NHS number."""
    draw = Draw("test", "nhs")
    assert all(nhs.is_valid(uk_nhs(draw, _BEARER)) for _ in range(300))


@pytest.mark.parametrize("country", ["DE", "FR", "ES", "NL", "GB", "PL", "AT", "CH"])
def test_ibans_are_valid(country: str) -> None:
    """python-stdnum accepts every IBAN, with the national check digits where it knows them."""
    draw = Draw("test", "iban", country)
    assert all(stdnum_iban.is_valid(iban(draw, country)) for _ in range(200))


def test_cards_pass_luhn_and_are_no_test_cards() -> None:
    """Card numbers pass Luhn and are none of the published test numbers."""
    draw = Draw("test", "card")
    cards = {card_number(draw).replace(" ", "") for _ in range(500)}
    assert all(luhn.is_valid(card) for card in cards)
    assert cards.isdisjoint(value.replace(" ", "") for value, reason in DECOYS if reason == "test_card")


def test_a_person_is_the_same_each_time() -> None:
    """A person depends on seed and number alone, whoever was made before."""
    once = person(3, 41)
    person.cache_clear()
    assert [person(3, number) for number in (7, 41)][1] == once


def test_people_do_not_share_their_ids() -> None:
    """Two thousand people have as many ids, user ids and e-mail addresses."""
    people = [person(1, number) for number in range(2_000)]
    assert len({one.id for one in people}) == len({one.user_id for one in people}) == 2_000
    assert len({one.email for one in people}) > 1_990


def test_tokens_with_a_checksum_carry_the_right_one() -> None:
    """The last six characters of GitHub and npm tokens are the CRC-32 of the rest in base 62."""
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    tokens = [one.value for one in (secret(1, number) for number in range(len(MAKERS) * 20)) if one.value.startswith(("ghp_", "npm_"))]
    assert len(tokens) == 40
    for token in tokens:
        number = 0
        for letter in token[-6:]:
            number = number * 62 + alphabet.index(letter)
        assert number == binascii.crc32(token[4:-6].encode())


def test_private_keys_have_the_shape_of_a_key_and_open_nothing() -> None:
    """The PEM block parses as DER far enough to be refused for its numbers only."""
    block = next(one.value for one in (secret(1, number) for number in range(len(MAKERS))) if one.kind == "private_key")
    assert block.startswith("-----BEGIN RSA PRIVATE KEY-----\n")
    with pytest.raises(ValueError, match=r"(?i)invalid|could not|deserialize|key"):
        load_pem_private_key(block.encode(), None)


def test_at_least_twenty_providers_are_planted() -> None:
    """The makers cover many providers, and each distinct number gives a distinct secret."""
    assert len({maker[0] for maker in MAKERS}) >= 20
    assert len({secret(1, number).value for number in range(300)}) == 300


@pytest.mark.parametrize("code", sorted(languages()))
def test_every_language_speaks_of_every_topic(code: str) -> None:
    """Each language has sentences by the author, about third parties and about nobody, for all thirteen topics."""
    topics = languages()[code].topics
    assert len(topics) == 13
    assert all(topics[topic][about] for topic in topics for about in ("author", "third_party", "nobody"))
