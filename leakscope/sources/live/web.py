"""
HTTP to the one host that was named: TLS verified, redirects refused, no proxy, no cookies, no credentials over a plain line to another machine.

The standard library's connection is used as it is: clients made for these stores follow redirects, look for other nodes of a cluster or
ask the network for credentials, and each of those would contact a host that nobody named.
"""

from __future__ import annotations

import base64
import http.client
import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult

from leakscope.errors import UsageError
from leakscope.sources.live import broken, own

_TIMEOUT_SECONDS = 120
#: An answer that is read as a whole may be this long.
_MAX_ANSWER = 128 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """
    A host and how to speak to it.

    Args:
        host: name or address.
        port: of the service.
        secure: TLS, its certificate checked.
        headers: sent with every request; may hold credentials, so never shown.
    """

    host: str
    port: int
    secure: bool
    headers: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Site({self.host}:{self.port})"

    @contextmanager
    def answer(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Iterator[http.client.HTTPResponse]:
        """
        The answer to one request, still to be read.

        Raises:
            SetAsideError: the status is not 200; reason `redirected` when it points elsewhere, `changed` when a condition failed.
        """
        if self.secure:
            line: http.client.HTTPConnection = http.client.HTTPSConnection(self.host, self.port, timeout=_TIMEOUT_SECONDS, context=ssl.create_default_context())
        else:
            line = http.client.HTTPConnection(self.host, self.port, timeout=_TIMEOUT_SECONDS)
        try:
            line.request(method, path, body=body, headers={**self.headers, **(headers or {})})
            answer = line.getresponse()
            if 300 <= answer.status < 400:
                raise broken("The server points to another address, which nobody named; it was not contacted.", reason="redirected")
            if answer.status == 412:
                raise broken("It was changed after it was listed.", reason="changed")
            if answer.status != 200:
                raise broken(f"The server answered with status {answer.status}.")
            yield answer
        finally:
            line.close()

    def json(self, method: str, path: str, body: Any = None) -> Any:
        """
        The answer as JSON.

        Raises:
            SetAsideError: it is none, or too long.
        """
        content = json.dumps(body).encode() if body is not None else None
        with self.answer(method, path, content, {"Content-Type": "application/json"} if content else None) as answer:
            raw = answer.read(_MAX_ANSWER + 1)
        if len(raw) > _MAX_ANSWER:
            raise broken("An answer is over 128 MiB.")
        try:
            return json.loads(raw)
        except ValueError:
            raise broken("The answer is no JSON.") from None


def require_tls(address: SplitResult, password: str | None, secure: str) -> None:
    """
    Refuse to send a password in the open to another machine.

    Raises:
        UsageError: `address` is neither encrypted nor on this machine, and there is a password.
    """
    if password and not own(address):
        raise UsageError("A password is not sent over an unencrypted connection.", hint=f"Write {secure}://, or unset the password to read as an outsider would.")


def basic(user: str | None, password: str | None) -> dict[str, str]:
    """Credentials of HTTP Basic (RFC 7617); none without a user."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password or ''}".encode()).decode()} if user else {}
