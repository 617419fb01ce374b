"""The incident key."""

import hashlib
import hmac
import stat

import pytest

from leakscope.errors import UsageError
from leakscope.safety.keys import FINGERPRINT_HEX, IncidentKey, load_key, load_or_make_key, new_key


def test_a_made_key_can_be_read_by_its_owner_only(tmp_path):
    """A key file is made with mode 0600."""
    path = tmp_path / "incident.key"

    load_or_make_key(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_is_the_same_after_it_is_read_again(tmp_path):
    """Two runs with one key file give comparable pseudonyms."""
    first = load_or_make_key(tmp_path / "k").pseudonym("EMAIL_ADDRESS", "a@b.example")

    assert load_key(tmp_path / "k").pseudonym("EMAIL_ADDRESS", "a@b.example") == first


def test_pseudonyms_of_different_keys_and_kinds_do_not_compare():
    """The key and the entity both enter the pseudonym."""
    key = new_key()

    three = {key.pseudonym("A", "x"), key.pseudonym("B", "x"), new_key().pseudonym("A", "x")}

    assert len(three) == 3
    assert {len(one) for one in three} == {FINGERPRINT_HEX}


@pytest.mark.parametrize("size", [1, 32, 63, 64, 65, 200])
def test_a_pseudonym_is_the_hmac_of_the_standard_library(size):
    """Whatever the key's length, be it shorter or longer than a block of the hash."""
    material = bytes(range(256))[:size]

    for text in ("", "a@b.example", "x" * 500, "\ud800"):
        standard = hmac.new(material, b"A\0" + text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
        assert IncidentKey(material).pseudonym("A", text) == standard[:FINGERPRINT_HEX]


def test_a_key_does_not_print():
    """The key's material never shows in a log."""
    key = new_key()

    assert key.material.hex() not in repr(key) + str(key) + f"{key}"


@pytest.mark.parametrize("content", ["", "zz", "00ff", "0" * 62])
def test_a_file_that_is_no_key_is_refused(tmp_path, content):
    """Bad use is told, not guessed around."""
    (tmp_path / "k").write_text(content)

    with pytest.raises(UsageError):
        load_key(tmp_path / "k")
