"""
Files that hold no readable record: encrypted ones, pictures, sound, film, programs. Each is set aside with what would open it.

References:
    Magic bytes as the formats' own documents state them (read 2026-11, some from memory).
"""

from __future__ import annotations

from collections.abc import Callable

from leakscope.model import Reading, SetAside
from leakscope.sources import Format
from leakscope.sources.evidence import Evidence

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WIDE = lambda text: text.encode("utf-16-le")  # noqa: E731
#: name, title, beginnings, reason, what to do.
_SEALED: tuple[tuple[str, str, tuple[bytes, ...], str, str], ...] = (
    ("keepass", "KeePass database", (b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5", b"\x03\xd9\xa2\x9a\x65\xfb\x4b\xb5"), "encrypted", "A password database; its master key opens it. Every entry in it must be counted as at risk if that key is weak."),
    ("age", "age-encrypted file", (b"age-encryption.org/v1", b"-----BEGIN AGE ENCRYPTED FILE-----"), "encrypted", "Its age identity opens it."),
    ("pgp", "PGP message", (b"-----BEGIN PGP MESSAGE-----", b"\x85\x01\x0c\x03", b"\x85\x02\x0c\x03", b"\x8c\x0d\x04"), "encrypted", "The private key or passphrase of its recipient opens it."),
    ("openssl", "OpenSSL-encrypted file", (b"Salted__", b"U2FsdGVkX1"), "encrypted", "Its passphrase opens it (openssl enc -d)."),
    ("ansible-vault", "Ansible vault", (b"$ANSIBLE_VAULT;",), "encrypted", "Its vault password opens it."),
    ("luks", "LUKS volume", (b"LUKS\xba\xbe",), "encrypted", "Its passphrase opens it."),
    ("bitlocker", "BitLocker volume", (b"\xeb\x58\x90-FVE-FS-",), "encrypted", "Its recovery key opens it."),
    ("java-keystore", "Java keystore", (b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce"), "encrypted", "Its store password opens it."),
    ("rar", "RAR archive", (b"Rar!\x1a\x07",), "unsupported", "Unpack it with unrar and read the folder."),
    ("cab", "Cabinet archive", (b"MSCF\x00\x00\x00\x00",), "unsupported", "Unpack it with cabextract and read the folder."),
    ("git-lookup", "Git lookup table", (b"\xfftOc", b"RIDX", b"BITM", b"CGPH", b"MIDX"), "no-values", "Numbers by which git finds objects in a pack; it holds no value."),
    ("image", "Picture", (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*", b"BM"), "image-unread", "Pictures are not read; look at them, and count scans of documents by hand."),
    ("program", "Program", (b"\x7fELF", b"MZ", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa\xcf", b"\x00asm"), "program-unread", "A program; strings in it are not read."),
    ("media", "Sound or film", (b"ID3", b"OggS", b"fLaC", b"\x1aE\xdf\xa3", b"\xff\xfb", b"\x00\x00\x01\xba"), "media-unread", "Sound and film are not read; listen or look."),
)  # fmt: skip
_TEXTUAL = ("BM", "MZ", "ID3")


def _starts(marks: tuple[bytes, ...]) -> Callable[[bytes, str], float]:
    """Sure by magic bytes; two- and three-letter ones only where binary bytes follow."""
    return lambda head, name: 1.0 if any(head.startswith(mark) and (mark.decode("latin-1") not in _TEXTUAL or b"\x00" in head[:64]) for mark in marks) else 0.0


def _reader(reason: str, detail: str) -> Callable[[Evidence], Reading]:
    def read(evidence: Evidence) -> Reading:
        """One piece set aside: the whole file."""
        yield SetAside(source=evidence.name, reason=reason, detail=detail, size_bytes=evidence.size_bytes)

    return read


def _boxed(head: bytes, name: str) -> float:
    """Pictures and film of the ISO base media family, and RIFF (WebP, WAV, AVI)."""
    return 1.0 if head[4:8] == b"ftyp" or (head.startswith(b"RIFF") and head[8:12] in (b"WEBP", b"WAVE", b"AVI ")) else 0.0


def _encrypted_office(head: bytes, name: str) -> float:
    return 1.0 if head.startswith(_OLE) and _WIDE("EncryptedPackage") in head else 0.0


FORMATS = (
    *(Format(name=name, title=title, suffixes=(), sniff=_starts(marks), read=_reader(reason, detail)) for name, title, marks, reason, detail in _SEALED),
    Format(name="encrypted-office", title="Encrypted Office document", suffixes=(), sniff=_encrypted_office, read=_reader("encrypted", "An Office document with a password; the password opens it.")),
    Format(name="media-box", title="Picture, sound or film", suffixes=(), sniff=_boxed, read=_reader("media-unread", "Pictures, sound and film are not read; look at them.")),
)
