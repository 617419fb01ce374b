"""
Git repositories as objects: packs, bundles, loose objects and the index, read through dulwich; git itself is never run.

All of history is read, deleted files included. A commit or tag is a record with its author's name and address. A line of a text file
is a record with the file's path, once for each path however many versions hold it; a file of another format goes through its own
reader as `pack:path@version`.

References:
    https://git-scm.com/docs/gitformat-pack, gitformat-bundle, gitformat-index (from memory, 2026-11; held against git 2.39).
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from leakscope.errors import SetAsideError
from leakscope.model import Reading, SetAside
from leakscope.safety.escape import plain
from leakscope.sources import Format, expand, read_here
from leakscope.sources.encoding import encoding_of
from leakscope.sources.evidence import Evidence
from leakscope.sources.json_lenient import written
from leakscope.sources.tables import Documents, Tables

_LOOSE = re.compile(rb"(?:blob|commit|tree|tag) \d{1,12}\0")
_BUNDLE = re.compile(rb"# v[23] git bundle\n")
#: Files of programs and prose: lines, whatever a sniffer would make of them.
_WRITTEN = re.compile(r"\.(?:py|js|jsx|ts|tsx|c|h|cc|cpp|hpp|java|kt|go|rb|rs|php|cs|swift|scala|sh|ps1|pl|r|lua|css|scss|md|rst|txt|ya?ml|toml|ini|cfg|conf|env|properties|tf|gradle|vue|lock)\Z", re.IGNORECASE)
#: Paths that are kept to name files by; a repository with more is read with the object's name instead.
MAX_PATHS = 2_000_000


def _moment(seconds: int) -> str | None:
    return datetime.fromtimestamp(seconds, UTC).isoformat() if 0 <= seconds < 253_402_300_000 else None


def _person(raw: bytes, prefix: str) -> dict[str, str]:
    """Name and address of `Name <address>`."""
    name, _, rest = raw.decode("utf-8", "replace").partition("<")
    return {f"{prefix}_name": name.strip(), f"{prefix}_email": rest.partition(">")[0].strip()}


def _commit(one: Any) -> dict[str, Any]:
    times = {"authored_at": _moment(one.author_time), "committed_at": _moment(one.commit_time)}
    return {"commit": one.id.decode(), **_person(one.author, "author"), **_person(one.committer, "committer"), **times, "message": one.message.decode("utf-8", "replace")}


def _tag(one: Any) -> dict[str, Any]:
    tagger = _person(one.tagger, "tagger") if one.tagger else {}
    return {"tag": (one.name or b"").decode("utf-8", "replace"), **tagger, "message": (one.message or b"").decode("utf-8", "replace")}


class _Paths:
    """Where files stood: the first path by which each object was reached."""

    def __init__(self) -> None:
        self._above: dict[bytes, tuple[str, bytes]] = {}

    def add(self, tree: Any) -> None:
        """Names in one folder."""
        if len(self._above) < MAX_PATHS:
            for name, _, identity in tree.iteritems():
                self._above.setdefault(identity, (name.decode("utf-8", "replace"), tree.id))

    def of(self, identity: bytes) -> str:
        """The path of a file, or the beginning of its object's name."""
        steps: list[str] = []
        while (above := self._above.get(identity)) is not None and len(steps) < 100:
            steps.append(above[0])
            identity = above[1]
        return "/".join(reversed(steps)) or identity.decode()[:12]


class _History:
    """Objects on their way into records."""

    def __init__(self, evidence: Evidence, paths: _Paths) -> None:
        self._evidence, self._paths = evidence, paths
        self._documents, self._lines = Documents(evidence.name), Tables(evidence.name)
        self._seen: set[int] = set()

    def add(self, one: Any) -> Reading:
        """One commit, tag or file; folders only name files."""
        kind = one.type_name
        if kind in (b"commit", b"tag"):
            try:
                record = _commit(one) if kind == b"commit" else _tag(one)
            except Exception:  # dulwich lets many kinds through over a malformed header
                yield from self._documents.refuse("commits", "bad-object", "A commit or tag is malformed.")
                return
            yield from self._documents.add("commits" if kind == b"commit" else "tags", written(record))
        elif kind == b"blob":
            yield from self._file(self._paths.of(one.id), one.id.decode(), one.as_raw_string())

    def rest(self) -> Reading:
        """What is still held."""
        yield from self._documents.rest()
        yield from self._lines.rest()

    def _file(self, path: str, identity: str, content: bytes) -> Reading:
        encoding = encoding_of(content[:65_536])
        if encoding and _WRITTEN.search(path):
            yield from self._text(path, content.decode(encoding, "replace"))
            return
        inside = Evidence(name=f"{self._evidence.name}:{plain(path)}@{identity[:10]}", opener=lambda: io.BytesIO(content), size_bytes=len(content), parent=self._evidence.name)
        for found in expand(inside) if content else ():
            if isinstance(found, SetAside):
                yield found
            elif found[1].name == "text" and found[0].name == inside.name:
                yield from self._text(path, content.decode(encoding or "utf-8", "replace"))
            else:
                yield from read_here(*found)

    def _text(self, path: str, text: str) -> Reading:
        """Lines that this path did not hold before; a loop, because each is looked up."""
        for line in text.splitlines():
            mark = hash((path, line))
            if line.strip() and mark not in self._seen:
                self._seen.add(mark)
                yield from self._lines.add("files", ("path", "line"), (path, line), len(line) + len(path))


def _objects(content: bytes) -> Iterator[Any]:
    """
    Objects of a pack, bases before what is built on them.

    Raises:
        SetAsideError: the pack is damaged; what came before has been yielded.
    """
    from dulwich.object_format import SHA1
    from dulwich.pack import PackData, PackInflater

    broken = False
    try:
        data = PackData.from_file(io.BytesIO(content), SHA1)
        walker: Any = PackInflater(None, SHA1.hash_func, object_format=SHA1)
        walker.set_pack_data(data)
    except Exception:  # dulwich lets AssertionError, zlib.error, struct.error and its own kinds through
        raise SetAsideError("The pack's head is damaged.", reason="damaged") from None
    try:
        for unpacked in data.iter_unpacked():
            walker.record(unpacked)
    except MemoryError:
        raise
    except Exception:  # as above
        broken = True
    try:
        yield from walker._walk_all_chains()
    except (MemoryError, SetAsideError, GeneratorExit):
        raise
    except Exception:  # as above
        broken = True
    if broken:
        raise SetAsideError("The pack is damaged or cut off, or builds on objects that are not in it; the rest is not read.", reason="damaged")


def _pack(evidence: Evidence) -> Reading:
    """Commits, tags and files of a pack or bundle; two passes, because folders that name files may come after them."""
    with evidence.open() as stream:
        content = stream.read()
    start = content.find(b"PACK", 0, 1 << 20) if _BUNDLE.match(content) else 0
    if start < 0:
        raise SetAsideError("The bundle holds no pack.", reason="damaged")
    content = content[start:]
    paths = _Paths()
    try:
        for one in _objects(content):
            if one.type_name == b"tree":
                paths.add(one)
    except SetAsideError:
        pass  # the second pass says so
    history = _History(evidence, paths)
    broken: SetAsideError | None = None
    try:
        for one in _objects(content):
            yield from history.add(one)
    except SetAsideError as error:
        broken = error
    yield from history.rest()
    if broken is not None:
        raise broken


def _loose(evidence: Evidence) -> Reading:
    """One object: a commit, a tag, a file, or the names in a folder."""
    from dulwich.objects import ShaFile

    with evidence.open() as stream:
        content = stream.read()
    opened = zlib.decompressobj()
    try:
        raw = opened.decompress(content, 512 << 20)
        kind, _, body = raw.partition(b"\0")
        one: Any = ShaFile.from_raw_string({b"commit": 1, b"tree": 2, b"blob": 3, b"tag": 4}[kind.split(b" ")[0]], body)
        paths = _Paths()
        named = [{"name": name.decode("utf-8", "replace")} for name, _, _ in one.iteritems()] if one.type_name == b"tree" else []
    except MemoryError:
        raise
    except Exception:  # dulwich and zlib let many kinds through
        raise SetAsideError("The object is damaged.", reason="damaged") from None
    if opened.unconsumed_tail:
        raise SetAsideError("The object unpacks to over 512 MiB.", reason="too-large-inside")
    history, documents = _History(evidence, paths), Documents(evidence.name)
    for name in named:
        yield from documents.add("folder", written(name))
    yield from documents.rest()
    yield from history.add(one)
    yield from history.rest()


def _index(evidence: Evidence) -> Reading:
    """A record for each path that was staged."""
    from dulwich.index import read_index

    gathered = Documents(evidence.name)
    with evidence.open() as stream:
        try:
            for entry in read_index(stream):
                yield from gathered.add("", written({"path": entry.name.decode("utf-8", "replace")}))
        except MemoryError:
            raise
        except Exception:  # dulwich lets many kinds through
            yield from gathered.rest()
            raise SetAsideError("The index is damaged.", reason="damaged") from None
    yield from gathered.rest()


def _is_loose(head: bytes, name: str) -> float:
    if head[:1] != b"\x78":
        return 0.0
    try:
        return 1.0 if _LOOSE.match(zlib.decompressobj().decompress(head[:512], 64)) else 0.0
    except zlib.error:
        return 0.0


FORMATS = (
    Format(name="git-pack", title="Git pack or bundle", suffixes=(".pack", ".bundle"), sniff=lambda head, name: 1.0 if re.match(rb"PACK\0\0\0[\x02\x03]", head) or _BUNDLE.match(head) else 0.0, read=_pack, jailed=True),
    Format(name="git-object", title="Git object", suffixes=(), sniff=_is_loose, read=_loose, jailed=True),
    Format(name="git-index", title="Git index", suffixes=(), sniff=lambda head, name: 1.0 if re.match(rb"DIRC\0\0\0[\x02-\x04]", head) else 0.0, read=_index, jailed=True),
)
