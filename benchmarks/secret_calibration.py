"""
How often findings of secrets are right, by printed confidence: on invented secrets in many shapes, and on what only looks like them.

Right: the finding overlaps the value that was put there. Wrong: any other finding of a secret or credential in these texts.
The texts: each rule's second example value in shapes with and without its name; the texts of `secret_texts.toml`; and, as many
again, generated things that are no secrets: hashes, UUIDs, commits, lock files, embedded images, minified code.

Run: python benchmarks/secret_calibration.py
"""

from __future__ import annotations

import base64
import random
import string
import tomllib
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import orjson
from shape_matrix import Kind, kinds, shape_texts

from leakscope.catalogue import load
from leakscope.detection.kernel import Kernel
from leakscope.detection.overlaps import is_secret
from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey

BINS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.01)
SHAPES = ("plain sentence", "KEY=value", "YAML", "Python source", "SQL INSERT", "stack trace")
HEX = "0123456789abcdef"
PNG = b"\x89PNG\r\n"
ALNUM = string.ascii_letters + string.digits


def drawn(source: random.Random, alphabet: str, count: int) -> str:
    """`count` random characters of `alphabet`."""
    return "".join(source.choice(alphabet) for _ in range(count))


def lookalikes(source: random.Random) -> list[str]:
    """One of each kind of text that holds random characters and no secret."""
    code = ";".join(f"var {drawn(source, string.ascii_lowercase, 2)}={drawn(source, string.ascii_letters, 6)}.{drawn(source, string.ascii_lowercase, 5)}" for _ in range(20))
    uuid = "-".join(drawn(source, HEX, size) for size in (8, 4, 4, 4, 12))
    return [
        f"commit {drawn(source, HEX, 40)}\nAuthor: somebody",
        f"sha256:{drawn(source, HEX, 64)}  release.tar.gz",
        f'"integrity": "sha512-{base64.b64encode(source.randbytes(64)).decode()}"',
        f'resolved "https://registry.example/x/-/x-1.0.0.tgz#{drawn(source, HEX, 40)}"',
        f'etag: "{drawn(source, HEX, 32)}"',
        f"trace_id={drawn(source, HEX, 32)} span_id={drawn(source, HEX, 16)}",
        f"id: {uuid} parent: {uuid[::-1]}",
        f'<img src="data:image/png;base64,{base64.b64encode(PNG + source.randbytes(150)).decode()}">',
        f"docker pull ghcr.io/a/b@sha256:{drawn(source, HEX, 64)}",
        f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{drawn(source, ALNUM, 43)} ana@host",
        f"fingerprint SHA256:{drawn(source, ALNUM + '+/', 43)}",
        f"s3://bucket/part-{uuid}-c000.snappy.parquet",
        f"GET /assets/index-{drawn(source, ALNUM, 8)}.js?v={drawn(source, HEX, 20)} 200",
        f"session {drawn(source, string.digits, 12)} opened by job {drawn(source, HEX, 24)}",
        f"sourceMappingURL=data:application/json;base64,{base64.b64encode(orjson.dumps({'version': 3, 'file': drawn(source, ALNUM, 9), 'mappings': drawn(source, 'AACE;,', 40)})).decode()}",
        f"(function(){{{code}}})()",
        f"checksum: {drawn(source, HEX, 40)} build {drawn(source, HEX, 7)}",
        f"tx 0x{drawn(source, HEX, 64)} confirmed in block {drawn(source, string.digits, 8)}",
    ]


def texts(source: random.Random) -> list[tuple[dict[str, object], str]]:
    """(record, value in it); an empty value where there is none."""
    wrote = tomllib.loads((Path(__file__).parent / "secret_texts.toml").read_text("utf-8"))
    listed = [({"text": one["text"]}, one["value"]) for one in wrote["with"]] + [({"text": one["text"]}, "") for one in wrote["without"]]
    for kind in kinds(load(), example=1):
        if is_secret(kind.entity):
            unnamed = Kind(kind.detector, kind.entity, "value", kind.text, kind.value)
            listed += [(record, kind.value) for named in (kind, unnamed) for record in shape_texts(named, SHAPES)]
    while sum(not value for _, value in listed) < sum(bool(value) for _, value in listed):
        listed += [({"text": one}, "") for one in lookalikes(source)]
    return listed


def _same(one: str, other: str) -> bool:
    """Whether two values are one, written plainly or percent-encoded."""
    one, other = unquote(one), unquote(other)
    return one in other or other in one


def main() -> None:
    """Print the table, and how many records without a secret are flagged."""
    listed = texts(random.Random(11))
    lines = b"".join(orjson.dumps(record) + b"\n" for record, _ in listed)
    found = Kernel(load(), IncidentKey(b"c" * 32)).find_batch(Batch(source="c", first_record=0, records=len(listed), lines=lines))
    judged, flagged, seen = [], set(), set()
    for record, entity, confidence, value in found.select("record", "entity", "confidence", "value").iter_rows():
        if is_secret(entity):
            planted = listed[record][1]
            right = bool(planted) and _same(value, planted)
            judged.append((confidence, right))
            (seen if planted else flagged).add(record)
    print("| confidence | findings | right |\n|---|---|---|")
    for low, high in pairwise(BINS):
        inside = [ok for confidence, ok in judged if low <= confidence < high]
        if inside:
            print(f"| {low:.2f} to {min(high, 1):.2f} | {len(inside)} | {100 * sum(inside) / len(inside):.1f}% |")
    total = sum(bool(value) for _, value in listed)
    print(f"\nRecords with a secret: {len(seen)} of {total} flagged; without: {len(flagged)} of {len(listed) - total}.")


if __name__ == "__main__":
    main()
