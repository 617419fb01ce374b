"""Which of many tables or files to look at first: what their names promise, from words that people give to such tables."""

from __future__ import annotations

import re

#: Words of a name and what they promise, best first.
_PROMISES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("logs with free text, where prompts, keys and sessions end up", ("log", "logs", "logging", "trace", "traces", "span", "spans", "request", "requests", "response", "responses")),
    ("conversations", ("chat", "chats", "message", "messages", "conversation", "conversations", "prompt", "prompts", "completion", "completions", "mail", "email", "emails", "inbox", "ticket", "tickets")),
    ("credentials", ("credential", "credentials", "password", "passwords", "token", "tokens", "secret", "secrets", "key", "keys", "apikey", "apikeys", "oauth", "env", "vault", "auth")),
    ("people", ("user", "users", "customer", "customers", "account", "accounts", "person", "persons", "people", "contact", "contacts", "member", "members", "patient", "patients", "employee", "employees", "profile", "profiles", "lead", "leads", "subscriber", "subscribers", "session", "sessions")),
    ("dealings of people", ("order", "orders", "payment", "payments", "invoice", "invoices", "transaction", "transactions", "address", "addresses", "booking", "bookings", "event", "events", "audit", "backup", "dump", "export")),
)  # fmt: skip
#: Bulky and mechanical: recordings of screens, measurements, caches. Looked at after everything else.
_LAST = {"rrweb", "replay", "replays", "recording", "recordings", "metric", "metrics", "telemetry", "cache", "caches", "migration", "migrations", "sequence", "queue", "lock", "locks", "test", "tmp", "heatmap"}
_NEUTRAL = len(_PROMISES)


def _words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", name)} | set(re.split(r"[^a-z]+", name.lower()))


def _place(name: str) -> int:
    words = _words(name)
    if words & _LAST:
        return _NEUTRAL + 1
    return next((place for place, (_, telling) in enumerate(_PROMISES) if words & set(telling)), _NEUTRAL)


def rank(name: str) -> tuple[int, str]:
    """Sorts tables that hold what matters first; equal ones keep the order of the alphabet."""
    return _place(name), name.lower()


def promise(name: str) -> str:
    """
    Why `name` stands where it stands, in a few words.

    Example:
        >>> promise("log_stream"), promise("rrweb_events")
        ('logs with free text, where prompts, keys and sessions end up', 'bulky and mechanical by its name; look last')
    """
    place = _place(name)
    if place > _NEUTRAL:
        return "bulky and mechanical by its name; look last"
    return _PROMISES[place][0] if place < _NEUTRAL else "its name tells nothing"
