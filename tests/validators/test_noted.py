"""What stands behind a mere word: a password or token, or the next word of the sentence."""

from __future__ import annotations

import random
import string
import time

import pytest

from leakscope.validators import validator
from leakscope.validators.noted import changes


@pytest.mark.parametrize("text", ["k7#Rvq9z", "Gr33n-Te4", "tR4v3l-K1t", "IqhSb1Gg", "Qm4!field"])
def test_mixed_characters_are_a_password(text: str) -> None:
    """Three kinds of characters with a digit among them are a password behind the word."""
    assert validator("password_noted")(text)


@pytest.mark.parametrize("text", ["OAuth2", "SHA256", "Windows2019", "v1.2.3-Beta", "reset", "Setup_v2.md", "2019-11-28", "https://a.b/C1d2", "Sommer-Zeit", "12345678"])
def test_names_and_versions_are_no_password(text: str) -> None:
    """A name with its number, a version, a file, a day and a plain word are what sentences say behind the word password."""
    assert not validator("password_noted")(text)


@pytest.mark.parametrize(("text", "expected"), [("deploy/k7Rvq9z1", True), ("ana : Gr33nTe4", True), ("root(tR4v3l!)", True), ("required/optional", False), ("user/${PASS}1", False), ("app/Main2.html", False)])
def test_a_pair_needs_a_password_in_its_second_place(text: str, expected: bool) -> None:
    """Login and password are a pair where the second has a digit or sign and is no file, reference or word."""
    assert expected == validator("login_noted")(text)


def test_random_tokens_pass_and_words_do_not() -> None:
    """Of random tokens of 32 characters nearly all pass, of words joined with numbers none."""
    source = random.Random(5)
    drawn = ["".join(source.choices(string.ascii_letters + string.digits, k=32)) for _ in range(1000)]
    words = ["documentation-version-2-of-the-guide", "getUserAccountById2", "my-long-project-name-2024", "translation_of_title_3"]
    assert (sum(map(validator("token_noted"), drawn)) >= 990, [one for one in words if validator("token_noted")(one)]) == (True, [])


def test_changes_of_kind_are_a_share_of_neighbours() -> None:
    """Every neighbour pair counts, and a text of one kind has none."""
    assert (changes("aB3"), changes("abc"), changes("a")) == (1.0, 0.0, 0.0)


@pytest.mark.parametrize("text", ["a" * 200 + "!", "aB" * 100 + "9!", "ab-" * 66 + "1!", "A1" * 100 + "%", "/a" * 100 + "1"])
@pytest.mark.parametrize("name", ["token_noted", "key_noted", "password_noted", "login_noted", "host_login_noted", "token"])
def test_no_text_holds_a_check_up(name: str, text: str) -> None:
    """Texts made to hurt are answered in under a tenth of a second."""
    began = time.process_time()
    validator(name)(text)
    assert time.process_time() - began < 0.1
