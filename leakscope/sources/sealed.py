"""
Files that hold no readable record: encrypted ones, pictures, sound, film, programs. Each is set aside with what would open it.

References:
    Magic bytes as the formats' own documents state them (read 2026-11, some from memory).
"""

from __future__ import annotations

import re
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
    ("keychain", "macOS keychain", (b"kych",), "encrypted", "Its owner's login password opens it; count every entry in it as at risk."),
    ("outlook-store", "Outlook data file", (b"!BDN",), "unsupported", "Export it with readpst to mbox or eml and read the folder."),
    ("access", "Access database", (b"\x00\x01\x00\x00Standard Jet DB", b"\x00\x01\x00\x00Standard ACE DB"), "unsupported", "Export its tables with mdb-export to CSV and read those."),
    ("sql-server-backup", "SQL Server backup", (b"TAPE\x00\x00\x03\x00",), "unsupported", "Restore it into SQL Server and export its tables."),
    ("oracle-export", "Oracle export", (b"\x03\x00\x01EXPORT:V", b"EXPORT:V"), "unsupported", "Import it into Oracle and export its tables."),
    ("windows-events", "Windows event log", (b"ElfFile\x00",), "unsupported", "Convert it with evtx_dump to JSON lines and read those."),
    ("registry", "Windows registry hive", (b"regf",), "unsupported", "Convert it with hivex or reglookup to text and read that; a SAM hive holds password hashes."),
    ("capture", "Network capture", (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\x4d\x3c\xb2\xa1", b"\x0a\x0d\x0d\x0a"), "unsupported", "Extract its objects and streams with tshark and read those."),
    ("disk-image", "Disk image", (b"conectix", b"vhdxfile", b"QFI\xfb", b"KDMV", b"# Disk DescriptorFile"), "unsupported", "Mount it read-only and read the folder."),
    ("memory-dump", "Memory dump", (b"MDMP\x93\xa7", b"PAGEDU"), "unsupported", "Strings in memory are not read; extract what is needed first."),
    ("python-pickle", "Python pickle", (b"\x80\x02}q", b"\x80\x03}q", b"\x80\x03]q", b"\x80\x04\x95", b"\x80\x05\x95"), "unsupported", "It is never loaded, because it can run programs; export what it holds as Parquet or JSON."),
    ("array-file", "Scientific array file", (b"\x89HDF\r\n\x1a\n", b"\x93NUMPY", b"RDX2\n", b"RDX3\n", b"$FL2@(#)", b"$FL3@(#)"), "unsupported", "Export its tables as Parquet or CSV and read those."),
    ("rar", "RAR archive", (b"Rar!\x1a\x07",), "unsupported", "Unpack it with unrar and read the folder."),
    ("cab", "Cabinet archive", (b"MSCF\x00\x00\x00\x00",), "unsupported", "Unpack it with cabextract and read the folder."),
    ("git-lookup", "Git lookup table", (b"\xfftOc", b"RIDX", b"BITM", b"CGPH", b"MIDX"), "no-values", "Numbers by which git finds objects in a pack; it holds no value."),
    ("image", "Picture", (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*", b"BM"), "image-unread", "Pictures are not read; look at them, and count scans of documents by hand."),
    ("program", "Program", (b"\x7fELF", b"MZ", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa\xcf", b"\x00asm"), "program-unread", "A program; strings in it are not read."),
    ("media", "Sound or film", (b"ID3", b"OggS", b"fLaC", b"\x1aE\xdf\xa3", b"\xff\xfb", b"\x00\x00\x01\xba"), "media-unread", "Sound and film are not read; listen or look."),
)  # fmt: skip
_TEXTUAL = ("BM", "MZ", "ID3", "regf", "kych", "KDMV")


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


def _database(head: bytes, name: str) -> float:
    """Extensible Storage Engine: NTDS.dit, Exchange, Windows' own databases."""
    return 1.0 if head[4:8] == b"\xef\xcd\xab\x89" else 0.0


def _old_office(head: bytes, name: str) -> float:
    """Any compound file that no other reader claims."""
    return 0.2 if head.startswith(_OLE) else 0.0


def _certificate_store(head: bytes, name: str) -> float:
    return 0.9 if name.endswith((".p12", ".pfx")) and head[:1] == b"\x30" else 0.0


def _disc(head: bytes, name: str) -> float:
    return 1.0 if head[0x8001:0x8006] == b"CD001" else 0.0


def _sealed_vault(head: bytes, name: str) -> float:
    """A password manager's export whose entries are encrypted (Bitwarden)."""
    begins = re.match(rb"\s*\{\s*\"encrypted\"\s*:\s*true\s*,", head.removeprefix(b"\xef\xbb\xbf"))
    return 0.98 if begins and re.search(rb"\"(?:encKeyValidation_DO_NOT_EDIT|kdfIterations|folders)\"\s*:", head) else 0.0


def _firestore(head: bytes, name: str) -> float:
    """A file of Google's managed export: blocks of LevelDB's log under the names it gives them."""
    named = re.search(r"(?:^|[/:])output-\d+$|\.(?:overall_)?export_metadata$", name)
    return 0.95 if named and len(head) > 7 and head[6] in (1, 2) and int.from_bytes(head[4:6], "little") <= 32_768 else 0.0


FORMATS = (
    *(Format(name=name, title=title, suffixes=(), sniff=_starts(marks), read=_reader(reason, detail)) for name, title, marks, reason, detail in _SEALED),
    Format(name="encrypted-office", title="Encrypted Office document", suffixes=(), sniff=_encrypted_office, read=_reader("encrypted", "An Office document with a password; the password opens it.")),
    Format(name="windows-database", title="Windows database (NTDS.dit, Exchange)", suffixes=(".dit", ".edb"), sniff=_database, read=_reader("unsupported", "Extract an NTDS.dit with secretsdump, other ones with esedbexport, and read what comes out; every account in an NTDS.dit is at risk.")),
    Format(name="old-office", title="Old Office document (doc, ppt) or other compound file", suffixes=(".doc", ".ppt"), sniff=_old_office, read=_reader("unsupported", "Convert it with LibreOffice to docx, pptx or PDF and read that.")),
    Format(name="certificate-store", title="Certificate store (PKCS 12)", suffixes=(".p12", ".pfx"), sniff=_certificate_store, read=_reader("encrypted", "Its password opens it; it holds a private key.")),
    Format(name="disc-image", title="Disc image", suffixes=(".iso",), sniff=_disc, read=_reader("unsupported", "Mount it read-only and read the folder.")),
    Format(name="sealed-vault", title="Encrypted export of a password manager", suffixes=(".json",), sniff=_sealed_vault, read=_reader("encrypted", "The vault's or the export's password opens it; every entry in it must be counted as at risk if that password is weak.")),
    Format(name="firestore", title="Firestore or Datastore export", suffixes=(".export_metadata",), sniff=_firestore, read=_reader("unsupported", "Import it into a project (gcloud firestore import) or BigQuery and export its documents as JSON.")),
    Format(name="media-box", title="Picture, sound or film", suffixes=(), sniff=_boxed, read=_reader("media-unread", "Pictures, sound and film are not read; look at them.")),
)
