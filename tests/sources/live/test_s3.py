"""Buckets, against moto's S3 server with its authentication switched on; signatures against botocore's own."""

from __future__ import annotations

import gzip
import subprocess
import zipfile
from datetime import UTC, datetime

import pytest

from leakscope.errors import SetAsideError, UnreadableError
from leakscope.model import SetAside
from leakscope.sources import expand, live, read
from leakscope.sources.live.s3 import listed, signed
from tests.sources.live.servers import free_port, running, servers_python

_FILL = """
import sys, boto3
port, folder = sys.argv[1:]
client = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", aws_access_key_id="reader", aws_secret_access_key="x", region_name="us-east-1")
for bucket, acl in (("open", "public-read"), ("closed", "private")):
    client.create_bucket(Bucket=bucket)
    for name in ("users.csv.gz", "in.zip"):
        client.put_object(Bucket=bucket, Key=f"a b/{name}", Body=open(f"{folder}/{name}", "rb").read(), ACL=acl)
    client.put_object(Bucket=bucket, Key="../../etc/\\u00e9+&=.ndjson", Body=b'{"email":"c@x.org"}\\n', ACL=acl)
    client.put_object(Bucket=bucket, Key="empty.txt", Body=b"", ACL=acl)
    for number in range(1100):
        client.put_object(Bucket=bucket, Key=f"many/{number}.txt", Body=b"line %d\\n" % number, ACL=acl)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Port of a server with an open and a closed bucket."""
    python, port, home = servers_python("moto"), free_port(), tmp_path_factory.mktemp("s3")
    (home / "users.csv.gz").write_bytes(gzip.compress(b"email,n\na@x.org,1\n"))
    with zipfile.ZipFile(home / "in.zip", "w") as archive:
        archive.writestr("deep/people.csv", "email\nb@x.org\nd@x.org\n")
    with running([python, "-m", "moto.server", "-p", str(port)], port, cwd=home):
        subprocess.run([python, "-c", _FILL, str(port), str(home)], check=True, capture_output=True)
        yield port


@pytest.fixture
def signing(monkeypatch):
    """Credentials in the environment."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "reader")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")


def _records(evidence):
    found = []
    for one in expand(evidence):
        assert not isinstance(one, SetAside)
        found += [(one[1].name, piece.records) for piece in read(*one)]
    return found


@pytest.mark.server
def test_objects_are_read_by_the_readers_of_their_formats(server, signing, pieces):
    """Compressed, packed and oddly named ones; the listing is evidence too."""
    found = pieces(f"s3+http://127.0.0.1:{server}/closed/a%20b/")
    kinds = {one.name.rpartition("/")[2]: _records(one) for one in found if not isinstance(one, SetAside)}

    assert kinds == {"users.csv.gz": [("csv", 1)], "in.zip": [("csv", 2)], "a%20b:(listing)": [("ndjson", 2)]}


@pytest.mark.server
def test_names_that_lead_elsewhere_are_only_names(server, signing, pieces):
    """Dots, slashes, letters beyond ASCII and signs of addresses reach the server escaped, and no disk at all."""
    found = pieces(f"s3+http://127.0.0.1:{server}/closed/../../etc/")

    assert [_records(one) for one in found if one.name.endswith(".ndjson")] == [[("ndjson", 1)]]


@pytest.mark.server
def test_an_outsider_reads_what_is_public_and_learns_what_is_not(server, pieces):
    """Without credentials nothing is signed; a refusal is an entry, not an end."""
    public = pieces(f"s3+http://127.0.0.1:{server}/open/a%20b/")
    private = pieces(f"s3+http://127.0.0.1:{server}/closed/a%20b/")

    assert len([one for one in public if not isinstance(one, SetAside)]) == 3
    assert {piece.detail for piece in private if isinstance(piece, SetAside)} == {"The server answered with status 403."}


@pytest.mark.server
def test_of_many_objects_a_seeded_sample_is_read(server, signing, pieces, monkeypatch):
    """The listing runs over pages; the same objects come again; the others are counted with their bytes."""
    monkeypatch.setenv("LEAKSCOPE_LIVE_ROWS", "40")
    address = f"s3+http://127.0.0.1:{server}/closed/many/"
    names = lambda found: [one.name for one in found if not isinstance(one, SetAside) and not one.name.endswith("(listing)")]  # noqa: E731
    first, again = pieces(address), pieces(address)
    monkeypatch.setenv("LEAKSCOPE_LIVE_SEED", "3")
    other = pieces(address)
    aside = [piece for piece in first if isinstance(piece, SetAside) and "objects were not drawn" in piece.detail]

    assert names(first) == names(again) != names(other)
    assert 10 <= len(names(first)) <= 40
    assert f"{1100 - len(names(first)):,} objects" in aside[0].detail
    assert sum(query.startswith("GET /closed?list-type=2") for query in live.sent(address)) == 2


@pytest.mark.server
def test_an_object_over_the_budget_is_not_read_in_part(server, signing, pieces, monkeypatch):
    """Half a zip file is no evidence: the object is set aside whole, with its size."""
    monkeypatch.setenv("LEAKSCOPE_LIVE_BYTES", "400")
    found = pieces(f"s3+http://127.0.0.1:{server}/closed/a%20b/")
    aside = [piece for piece in found if isinstance(piece, SetAside)]

    assert all(one.size_bytes <= 400 for one in found if not isinstance(one, SetAside))
    assert all(piece.reason == "not-sampled" for piece in aside)


@pytest.mark.server
def test_a_bucket_that_is_not_there_is_told(server, signing, pieces):
    """By the status only."""
    with pytest.raises(UnreadableError):
        pieces(f"s3+http://127.0.0.1:{server}/nowhere")


@pytest.mark.server
def test_signatures_are_those_of_botocore():
    """The same request at the same instant is signed the same."""
    python = servers_python("botocore")
    theirs = """
import datetime, json, sys
from unittest import mock
import botocore.auth as auth, botocore.awsrequest as request, botocore.credentials as credentials
one = request.AWSRequest("GET", "https://s3.eu-west-1.amazonaws.com/b/a%20b/%C3%A9?list-type=2&prefix=x%2Fy", headers={"host": "s3.eu-west-1.amazonaws.com"})
now = datetime.datetime(2026, 11, 24, 1, 2, 3, tzinfo=datetime.timezone.utc)
patched = "get_current_datetime" if hasattr(auth, "get_current_datetime") else None
with mock.patch.object(auth, patched, lambda *a, **k: now.replace(tzinfo=None)):
    auth.S3SigV4Auth(credentials.Credentials("KEY", "SECRET", "TOKEN"), "s3", "eu-west-1").add_auth(one)
print(one.headers["Authorization"])
"""
    answer = subprocess.run([python, "-c", theirs], check=True, capture_output=True, text=True).stdout.strip()
    ours = signed("GET", "s3.eu-west-1.amazonaws.com", "/b/a%20b/%C3%A9", "list-type=2&prefix=x%2Fy", key="KEY", secret="SECRET", token="TOKEN", region="eu-west-1", now=datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC))

    assert ours["Authorization"] == answer


def test_a_listing_with_entities_is_refused():
    """Nothing is expanded, nothing is fetched."""
    with pytest.raises(SetAsideError):
        listed(b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/hostname">]><l><Contents><Key>&a;</Key></Contents></l>')


def test_a_listing_gives_its_objects_and_the_next_page():
    """As S3 writes it."""
    page = b'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Contents><Key>a&amp;b</Key><Size>3</Size><ETag>"x"</ETag><Owner><ID>o</ID></Owner></Contents><NextContinuationToken>t=</NextContinuationToken></ListBucketResult>'

    assert listed(page) == ([{"Key": "a&b", "Size": "3", "ETag": '"x"'}], "t=")
