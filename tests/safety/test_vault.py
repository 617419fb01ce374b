"""Values sealed with age open with the secret key, and with nothing else."""

import shutil
import subprocess

import pyrage
import pytest

from leakscope.errors import UsageError
from leakscope.safety.vault import recipients, seal

TEXT = b'{"value":"canary4711@example.org"}\n' * 50


@pytest.fixture(scope="module")
def pair():
    """(secret, public)"""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def test_what_is_sealed_opens_with_the_secret_key_alone(pair):
    """The sealed bytes show nothing of the content, and another key does not open them."""
    sealed = seal(TEXT, recipients([pair[1]]))

    assert b"canary" not in sealed
    assert pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(pair[0])]) == TEXT
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed, [pyrage.x25519.Identity.generate()])


def test_the_age_program_opens_it(pair, tmp_path):
    """The oracle: age itself, by somebody else."""
    if shutil.which("age") is None:
        pytest.skip("age is not installed")
    (tmp_path / "id").write_text(pair[0] + "\n")
    (tmp_path / "sealed").write_bytes(seal(TEXT, recipients([pair[1]])))
    opened = subprocess.run(["age", "-d", "-i", "id", "sealed"], cwd=tmp_path, capture_output=True, check=True)

    assert opened.stdout == TEXT


def test_recipients_come_from_files_too_each_once(pair, tmp_path):
    """One key a line, comments and empty lines apart; an SSH key is a recipient as well."""
    ssh = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN alice@rust"
    (tmp_path / "keys").write_text(f"# the desk\n{pair[1]}\n\n{ssh}\n")

    assert recipients([str(tmp_path / "keys"), pair[1]]) == (pair[1], ssh)


@pytest.mark.parametrize("text", ["age1nokey", "ssh-ed25519 AAAA", "no-such-file", ""])
def test_what_is_no_recipient_is_bad_use(text):
    """Said without quoting it."""
    with pytest.raises(UsageError) as caught:
        recipients([text])
    assert not text or text not in str(caught.value)


def test_a_secret_key_is_refused_and_not_repeated(pair):
    """Given by mistake, it must not be printed again."""
    with pytest.raises(UsageError) as caught:
        recipients([pair[0]])
    assert pair[0] not in str(caught.value)


@pytest.mark.parametrize("content", ["", "# nothing\n", "age1nokey\n"])
def test_a_file_without_a_recipient_is_bad_use(tmp_path, content):
    """Nothing is sealed to nobody."""
    (tmp_path / "keys").write_text(content)
    with pytest.raises(UsageError):
        recipients([str(tmp_path / "keys")])
