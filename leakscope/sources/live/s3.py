"""
Buckets that speak S3: listed in pages, objects read whole, signed or as an outsider without credentials.

`s3://bucket/prefix` is Amazon's in AWS_REGION; `s3+https://host/bucket/prefix` is any other that speaks the same (Google, Cloudflare,
MinIO, Ceph ...). Each object is evidence of its own, read with `If-Match`, so that what is read is what was listed; the listing itself is
evidence too, because names of objects are exposed as well. Of more objects than the budget a seeded hash of the key decides.

Signing is the forty lines of Signature Version 4 rather than boto3, which looks for credentials on the network and follows redirects to
regions that nobody named.

References:
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html, API_GetObject.html, sig-v4-header-based-auth.html (read 2026-11).
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import SplitResult, quote, unquote, urlencode
from xml.parsers import expat

from leakscope.model import SetAside
from leakscope.safety.escape import plain
from leakscope.sources.json_lenient import written
from leakscope.sources.live import Kind, Limits, Queries, Store, Table, broken, drawn
from leakscope.sources.live.web import Site, require_tls

_NOTHING = hashlib.sha256(b"").hexdigest()
_MAX_PAGE = 16 << 20
#: Objects listed; a bucket with more is told to have at least so many.
MAX_LISTED = 1_000_000
#: Objects read of one bucket, beside the budgets of bytes and time.
MAX_OBJECTS = 2_000
LISTING = "(listing)"
_PIECE = 1 << 20


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signed(method: str, host: str, path: str, query: str, *, key: str, secret: str, token: str | None, region: str, now: datetime) -> dict[str, str]:
    """
    Headers of Signature Version 4 for a request without a body.

    Args:
        path: already escaped.
        query: already escaped and in order.
    """
    stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    headers = {"host": host, "x-amz-content-sha256": _NOTHING, "x-amz-date": stamp, **({"x-amz-security-token": token} if token else {})}
    names = ";".join(sorted(headers))
    request = "\n".join([method, path, query, *(f"{name}:{headers[name]}" for name in sorted(headers)), "", names, _NOTHING])
    scope = f"{day}/{region}/s3/aws4_request"
    derived = f"AWS4{secret}".encode()
    for part in (day, region, "s3", "aws4_request"):
        derived = _hmac(derived, part)
    signature = _hmac(derived, "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(request.encode()).hexdigest()])).hex()
    headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {name: value for name, value in headers.items() if name != "host"}


def listed(page: bytes) -> tuple[list[dict[str, str]], str | None]:
    """
    The objects of one page, and where the next begins; declarations of types are refused, so that no entity is expanded.

    Raises:
        SetAsideError: the page is no listing.
    """
    found: list[dict[str, str]] = []
    state: dict[str, Any] = {"text": "", "one": None, "next": None}
    parser = expat.ParserCreate(namespace_separator=" ")

    def start(name: str, _: Any) -> None:
        state["text"] = ""
        if name.rpartition(" ")[2] == "Contents":
            state["one"] = {}

    def end(name: str) -> None:
        local = name.rpartition(" ")[2]
        if local == "Contents":
            found.append(state["one"])
            state["one"] = None
        elif state["one"] is not None and local in ("Key", "LastModified", "ETag", "Size", "StorageClass"):
            state["one"][local] = state["text"]
        elif local == "NextContinuationToken":
            state["next"] = state["text"]

    def text(piece: str) -> None:
        state["text"] += piece

    def refuse(*_: Any) -> None:
        raise ValueError

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = start, end, text, refuse
    try:
        parser.Parse(page, True)
    except (expat.ExpatError, ValueError):
        raise broken("The bucket's listing is no listing.") from None
    return found, state["next"]


class _Bucket:
    """A bucket of one host."""

    def __init__(self, site: Site, bucket: str, prefix: str, login: Mapping[str, str | None], queries: Queries) -> None:
        self._site, self._root, self._prefix, self._login, self._queries = site, f"/{quote(bucket)}", prefix, login, queries
        self._listing: list[dict[str, str]] = []
        self._chosen: list[dict[str, str]] = []
        self._tags: dict[str, str] = {}
        self._left_out: list[dict[str, str]] = []
        self._complete = True

    def _get(self, path: str, query: str, headers: Mapping[str, str] | None = None) -> Any:
        """The request, signed when there is a key."""
        if not self._login["key"]:
            return self._site.answer("GET", f"{path}?{query}" if query else path, headers=headers)
        usual = 443 if self._site.secure else 80
        host = self._site.host if self._site.port == usual else f"{self._site.host}:{self._site.port}"
        proof = signed("GET", host, path, query, now=datetime.now(UTC), **self._login)  # type: ignore[arg-type]
        return self._site.answer("GET", f"{path}?{query}" if query else path, headers={**proof, **(headers or {})})

    def list(self, seeded: Limits) -> None:
        """Read the listing, page by page, and choose what will be read."""
        after: str | None = None
        while True:
            query = urlencode(sorted({"list-type": "2", "prefix": self._prefix, **({"continuation-token": after} if after else {})}.items()), quote_via=quote, safe="")
            self._queries.note(f"GET {self._root}?list-type=2 (page {len(self._listing) // 1000 + 1})")
            with self._get(self._root, query) as answer:
                page, after = listed(answer.read(_MAX_PAGE))
            self._listing += page
            if after is None or len(self._listing) >= MAX_LISTED:
                self._complete = after is None
                break
        files = [one for one in self._listing if not one["Key"].endswith("/")]
        share = Limits(rows=min(MAX_OBJECTS, seeded.rows)).share(len(files))
        chosen = [drawn(one["Key"].encode(), share, seeded.seed) for one in files]
        self._left_out = [one for one, kept in zip(files, chosen, strict=True) if not kept]
        self._chosen = [one for one, kept in zip(files, chosen, strict=True) if kept]

    def tables(self) -> list[Table]:
        """The listing, and each object that was drawn."""
        times = sorted(one["LastModified"] for one in self._listing if "LastModified" in one)
        size = sum(int(one.get("Size") or 0) for one in self._listing)
        whole = Table(name=LISTING, rows=len(self._listing), exact=self._complete, size_bytes=size, first=times[0] if times else None, last=times[-1] if times else None)
        self._tags = {one["Key"]: one.get("ETag", "") for one in self._chosen}
        return [whole, *(Table(name=one["Key"], rows=1, exact=True, size_bytes=int(one.get("Size") or 0), first=one.get("LastModified"), last=one.get("LastModified"), is_file=True) for one in self._chosen)]

    def lines(self, table: Table, limits: Limits) -> Iterator[bytes]:
        """The listing's entries, or an object's bytes."""
        if not table.is_file:
            yield from (written(one) for one in self._listing)
            return
        self._queries.note(f"GET an object of {self._root}")
        tag = self._tags[table.name]
        with self._get(f"{self._root}/{quote(table.name, safe='/~')}", "", {"If-Match": tag} if tag else None) as answer:
            while piece := answer.read(_PIECE):
                yield piece

    def aside(self) -> Iterator[SetAside]:
        """What was listed and not drawn."""
        if self._left_out:
            size = sum(int(one.get("Size") or 0) for one in self._left_out)
            yield SetAside(source=plain(self._root.strip("/")), reason="not-sampled", detail=f"{len(self._left_out):,} objects were not drawn.", size_bytes=size)

    def close(self) -> None:
        """Nothing stays open."""


def _place(address: SplitResult, region: str) -> tuple[str, int, bool, str, str]:
    """Host, port, TLS, bucket and prefix that an address names."""
    if address.scheme == "s3":
        return f"s3.{region}.amazonaws.com", 443, True, address.hostname or "", unquote(address.path.lstrip("/"))
    secure = address.scheme == "s3+https"
    bucket, _, prefix = unquote(address.path.lstrip("/")).partition("/")
    return address.hostname or "", address.port or (443 if secure else 80), secure, bucket, prefix


def connect(address: SplitResult, user: str | None, password: str | None, queries: Queries) -> Store:
    """
    A bucket that could be listed.

    Raises:
        UsageError: a signature would go over a plain line, or no bucket is named.
        SetAsideError: it cannot be listed.
    """
    from leakscope.errors import UsageError
    from leakscope.sources.live import limits

    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    host, port, secure, bucket, prefix = _place(address, region)
    if not bucket:
        raise UsageError("The address names no bucket.", hint="Write s3://bucket or s3+https://host/bucket.")
    if not secure:
        require_tls(address, password, "s3+https")
    login = {"key": user if password else None, "secret": password, "token": os.environ.get("AWS_SESSION_TOKEN"), "region": region}
    store = _Bucket(Site(host=host, port=port, secure=secure, headers={}), bucket, prefix, login, queries)
    store.list(limits())
    return store


KIND = Kind(schemes=("s3", "s3+http", "s3+https"), title="S3 bucket", connect=connect, user_variable="AWS_ACCESS_KEY_ID", password_variable="AWS_SECRET_ACCESS_KEY")
