"""A piece of evidence: bytes with a name, opened read-only, hashed before anything else happens to them."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from leakscope.errors import SetAsideError, UsageError
from leakscope.model import SetAside
from leakscope.safety.escape import plain

CHUNK_BYTES = 1 << 20


class Budget:
    """
    What may still come out of one supplied file, however its containers nest: the one mutable thing of an evidence.

    Args:
        left_bytes: decompressed bytes, all members and depths together.
        left_pieces: members.
    """

    def __init__(self, left_bytes: int, left_pieces: int) -> None:
        self._left_bytes, self._left_pieces = left_bytes, left_pieces

    def spend(self, size_bytes: int) -> None:
        """
        Count decompressed bytes.

        Raises:
            SetAsideError: there are too many.
        """
        self._left_bytes -= size_bytes
        if self._left_bytes < 0:
            raise SetAsideError("Far more comes out of it than an honest container of its size holds.", reason="bomb")

    def piece(self) -> bool:
        """Count a member; false when there were too many."""
        self._left_pieces -= 1
        return self._left_pieces >= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """
    What a live store says of the table or object that evidence was taken from.

    Args:
        address: of the store, as it is shown.
        rows: in the store; null for an object.
        exact: whether the rows were counted.
        size_bytes: in the store; null when it does not tell.
        first, last: span of the times in it (RFC 3339), where the store told them.
    """

    address: str = ""
    rows: int | None = None
    exact: bool = False
    size_bytes: int | None = None
    first: str | None = None
    last: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """
    Bytes that were exposed.

    Args:
        name: printable name: the file's, relative to the folder that was given.
        opener: opens the bytes from their start, read-only.
        size_bytes: their number, when known before reading.
        path: the file on disk they come from; null inside a container or on stdin.
        parent: name of the container they were found in.
        budget: shared by everything that comes out of one supplied file; null before a container was opened.
        queries: what was asked of a live store to get it.
        stored: what the live store says of it.
    """

    name: str
    opener: Callable[[], BinaryIO]
    size_bytes: int | None = None
    path: Path | None = None
    parent: str | None = None
    budget: Budget | None = None
    queries: tuple[str, ...] = ()
    stored: Stored | None = None

    def open(self) -> BinaryIO:
        """
        The bytes from their start.

        Raises:
            SetAsideError: they cannot be opened.
        """
        try:
            return self.opener()
        except OSError as error:
            raise SetAsideError(f"Cannot be opened: {os.strerror(error.errno or 0)}.", reason="cannot-open") from None

    def inside(self, name: str, opener: Callable[[], BinaryIO], size_bytes: int | None = None) -> Evidence:
        """Evidence found inside this one."""
        return Evidence(name=plain(name), opener=opener, size_bytes=size_bytes, parent=self.name, budget=self.budget)


def head_of(evidence: Evidence, size_bytes: int) -> bytes:
    """
    The first bytes of `evidence`, fewer if there are fewer or if it breaks off there.

    Raises:
        SetAsideError: it cannot be opened, or breaks off at once.
    """
    head = b""
    with evidence.open() as stream:
        take = getattr(stream, "read1", stream.read)
        try:
            while len(head) < size_bytes and (chunk := take(size_bytes - len(head))):
                head += chunk
        except SetAsideError:
            if not head:
                raise
    return head


def sha256_of(evidence: Evidence) -> str:
    """SHA-256 of all bytes, in hex; one pass in chunks of 1 MiB."""
    digest = hashlib.sha256()
    with evidence.open() as stream:
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def require(paths: Sequence[str]) -> None:
    """
    Holds that every file or folder that `paths` name is there, before anything is read or printed.

    Raises:
        UsageError: a path does not exist.
    """
    for text in paths:
        if text != "-" and "://" not in text and not os.path.lexists(text):
            raise UsageError(f"There is no file or folder {plain(text)}", hint="Check the path; a live store needs a URL such as clickhouse://host.")


def gather(paths: Sequence[str]) -> Iterator[Evidence | SetAside]:
    """
    The files that `paths` name: files themselves, folders walked in name order, `-` for standard input.

    Links, devices and pipes are not followed: each comes out as a `SetAside`.

    Raises:
        UsageError: a path does not exist.
    """
    for text in paths:
        if text == "-":
            yield _standard_input()
            continue
        path = Path(text)
        if "://" in text and not os.path.lexists(path):
            yield from _live(text)
            continue
        require([text])
        if path.is_dir():
            yield from _folder(path)
        else:
            yield _file(path, path.name, follow=True)


def _live(address: str) -> Iterator[Evidence | SetAside]:
    """The tables of a live store that the user named."""
    from leakscope.sources import live

    if not live.is_address(address):
        raise UsageError(f"No live store has addresses like {plain(address.partition('://')[0])}://", hint=f"Known are: {', '.join(sorted(live.kinds()))}.")
    yield from live.acquire(address)


def _standard_input() -> Evidence:
    content = sys.stdin.buffer.read()
    return Evidence(name="stdin", opener=lambda: io.BytesIO(content), size_bytes=len(content))


#: What LeakScope wrote about the evidence is none, and would be counted with it when a case is made beside its evidence.
_OF_A_CASE = "A case that LeakScope wrote, or its key; it tells of evidence and is none itself."


def _folder(root: Path) -> Iterator[Evidence | SetAside]:
    closed: list[str] = []
    for folder, names, files in os.walk(root, followlinks=False, onerror=lambda error: closed.append(str(error.filename))):
        names.sort()
        cases = [name for name in names if is_case_folder(Path(folder) / name)]
        for name in [*cases, *(key for case in cases if (key := f"{case}.key") in files)]:
            (names if name in cases else files).remove(name)
            shown = (Path(folder) / name).relative_to(root).as_posix()
            yield SetAside(source=plain(shown), reason="case-folder", detail=_OF_A_CASE, records=0)
        for name in sorted(files):
            path = Path(folder) / name
            yield _file(path, path.relative_to(root).as_posix(), follow=False)
        for name in names:
            if (Path(folder) / name).is_symlink():
                shown = (Path(folder) / name).relative_to(root).as_posix()
                yield SetAside(source=plain(shown), reason="link", detail="A link to a folder; links are not followed.")
    for folder in closed:
        shown = Path(folder).relative_to(root).as_posix()
        yield SetAside(source=plain(shown if shown != "." else root.name), reason="cannot-open", detail="The folder cannot be opened; what is in it is not known.")


def is_case_folder(folder: Path) -> bool:
    """Whether a folder is a case, finished or not, by the first entry of its ledger."""
    try:
        with (folder / "ledger.jsonl").open("rb") as file:
            head = file.readline(4096)
    except OSError:
        return False
    return head.startswith(b'{"at":') and b'"event":"started"' in head


def _file(path: Path, name: str, *, follow: bool) -> Evidence | SetAside:
    shown = plain(name)
    try:
        status = path.stat() if follow else path.lstat()
    except OSError:
        return SetAside(source=shown, reason="cannot-open", detail="The file's status cannot be read.")
    if not stat.S_ISREG(status.st_mode):
        kind = "link" if stat.S_ISLNK(status.st_mode) else "not-a-file"
        return SetAside(source=shown, reason=kind, detail="Not a regular file; links, devices and pipes are not opened.")
    return Evidence(name=shown, opener=lambda: path.open("rb"), size_bytes=status.st_size, path=path)


def distinct_names(found: Sequence[Evidence]) -> list[Evidence]:
    """`found` with every name used once: a repeated name gets ` (2)`, ` (3)` behind it, in order."""
    seen: dict[str, int] = {}
    result = []
    for evidence in found:
        seen[evidence.name] = seen.get(evidence.name, 0) + 1
        number = seen[evidence.name]
        result.append(evidence if number == 1 else replace(evidence, name=f"{evidence.name} ({number})"))
    return result
