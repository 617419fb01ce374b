"""The chat section of an assessment: how much was said, by how many, about what; nobody is quoted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from leakscope.detection.language import UNTOLD
from leakscope.detection.subjects import SUBJECTS
from leakscope.model import Basis, Estimate
from leakscope.safety.escape import plain
from leakscope.schema import TIMESTAMP

#: Severities of topics, worst first.
SEVERITIES = ("critical", "high", "medium", "low", "none")
#: Columns of `TURNS` that are counted.
COUNTED = ("source", "record", "conversation", "user", "role", "turn", "model", "service", "timestamp", "language", "length", "attachments", "text")
#: Longest list of models, services and languages.
LISTED = 20

_EMPTY_TOPICS = pl.Schema({"turn": pl.String, "conversation": pl.String, "user": pl.String, "language": pl.String, "topic": pl.String, "probability": pl.Float64, "about": pl.String, "weight": pl.Float64})  # fmt: skip


def summary(turns: pl.DataFrame, topics: pl.DataFrame | None = None, *, totals: Mapping[str, Estimate] | None = None) -> dict[str, Any] | None:
    """
    What was said, counted.

    Args:
        turns: schema `TURNS`, the columns `COUNTED` suffice.
        topics: sensitive turns that were read: turn, conversation, user, language, topic, probability, about, weight.
        totals: estimates for all turns, conversations and people, as `expensive.read` gives them.

    Returns:
        The `chat` section of the assessment; null when there is no chat. Each distinct turn counts once, however often it is
        repeated as context. No text of anybody is in it.
    """
    if turns.is_empty():
        return None
    distinct = turns.unique("turn", keep="first", maintain_order=True)
    typed = distinct.filter(pl.col("role") == "user")
    roles = dict(distinct.group_by("role").len().iter_rows())
    told = topics if topics is not None else pl.DataFrame(schema=_EMPTY_TOPICS)
    listed = _topics(told, totals or {}, typed.height)
    return {
        "records": turns.select("source", "record").n_unique(),
        "conversations": _exact(distinct["conversation"].n_unique()),
        "turns": {role: int(roles.get(role, 0)) for role in ("user", "assistant", "system", "tool")},
        "distinct_user_turns": typed.height,
        "users": turns["user"].drop_nulls().n_unique(),
        "first": _instant(turns["timestamp"].min()),
        "last": _instant(turns["timestamp"].max()),
        "models": _counted(distinct, "model"),
        "services": _counted(distinct, "service"),
        "languages": _counted(typed, "language"),
        "length": {"median": _quantile(typed, 0.5), "p95": _quantile(typed, 0.95)},
        "attachments": int(distinct["attachments"].sum()),
        "topics": listed,
        "sensitive": {measure: _estimate(totals or {}, f"{measure}.sensitive", None) for measure in ("turns", "conversations", "people")},
        "system_prompts": distinct.filter(pl.col("role") == "system")["text"].n_unique(),
        "what_an_attacker_could_do": _attacker(listed, distinct),
    }


def _topics(told: pl.DataFrame, totals: Mapping[str, Estimate], turns: int) -> list[dict[str, Any]]:
    from leakscope.detection.topics_head import topic_meanings

    rows = []
    for topic in sorted(told["topic"].unique()):
        this, meaning = told.filter(pl.col("topic") == topic), topic_meanings().get(topic, {})
        by = dict(this.group_by("about").agg(pl.col("weight").sum()).iter_rows())
        rows.append(
            {
                "id": f"topic-{topic}",
                "topic": topic,
                "title": f"sensitive, likely {meaning.get('title', topic).lower()}",
                "gdpr": meaning.get("gdpr") or None,
                "turns": _estimate(totals, f"turns.{topic}", this["turn"].n_unique()),
                "conversations": _estimate(totals, f"conversations.{topic}", this["conversation"].n_unique()),
                "people": _estimate(totals, f"people.{topic}", this["user"].drop_nulls().n_unique()),
                "languages": [
                    {"language": language, "turns": _estimate(totals, f"turns.{topic}.{language}", count)}
                    for language, count in this.group_by("language").len().sort("len", "language", descending=[True, False]).iter_rows()
                ],
                "disclosures_about": {about: round(float(by.get(about, 0.0)), 1) for about in SUBJECTS},
                "probability_mean": round(float(this["probability"].mean() or 0.0), 3),
                "severity": meaning.get("severity", "medium"),
                "pattern": _pattern(meaning.get("title", topic), by),
                "note": "The kind is a guess by a linear model on a sentence encoder; that the text is sensitive is surer than of which kind.",
            }
        )
    return sorted(rows, key=lambda row: (SEVERITIES.index(row["severity"]), -(row["turns"]["value"] or 0), row["topic"]))


def _pattern(title: str, by: Mapping[str, float]) -> str:
    """What such turns look like, in general words: the commonest subject, never a quotation."""
    most = max(SUBJECTS, key=lambda about: by.get(about, 0.0))
    speaks = {"author": "the author tells of their own", "third_party": "the author tells of somebody else's", "nobody": "somebody asks in general about"}
    return f"mostly: {speaks[most]} {title[:1].lower()}{title[1:]}"


def _attacker(listed: list[dict[str, Any]], distinct: pl.DataFrame) -> list[str]:
    from leakscope.detection.topics_head import topic_meanings

    can = [topic_meanings()[row["topic"]]["attacker"] for row in listed if row["topic"] in topic_meanings() and any(row["disclosures_about"][who] for who in SUBJECTS[:2])]
    if distinct.filter(pl.col("role") == "system").height:
        can.append("Read the system prompts: internal rules, tools and addresses of the service, and how to get round them.")
    if distinct.filter(pl.col("role") == "tool").height:
        can.append("Read what tools were called with and gave back: records of other systems that the assistant could reach.")
    can.append("Impersonate the service towards its users, knowing what they asked and in which words.")
    return can


def _counted(turns: pl.DataFrame, column: str) -> list[dict[str, Any]]:
    """Distinct turns by a column, most first."""
    known = turns.filter(pl.col(column).is_not_null() & (pl.col(column) != "")) if column != "language" else turns.with_columns(pl.col("language").fill_null(UNTOLD))
    counts = known.group_by(column).len("turns").sort("turns", column, descending=[True, False]).head(LISTED)
    return [{column: plain(str(value))[:64], "turns": count} for value, count in counts.iter_rows()]


def _quantile(turns: pl.DataFrame, share: float) -> int:
    return int(turns["length"].quantile(share, "nearest") or 0) if turns.height else 0


def _instant(value: Any) -> str | None:
    return None if value is None else pl.Series([value], dtype=TIMESTAMP).dt.to_string("%Y-%m-%dT%H:%M:%SZ")[0]


def _exact(count: int) -> dict[str, Any]:
    return Estimate(value=count, low=count, high=count, method="every record supplied was examined", basis=Basis.EXACT).to_dict()


def _estimate(totals: Mapping[str, Estimate], name: str, seen: int | None) -> dict[str, Any]:
    """The estimate called `name`; without one, what was seen is a lower bound."""
    found = totals.get(name) or Estimate(value=None, low=seen or 0, high=None, method="seen in the turns that were read", basis=Basis.BOUNDS)
    return found.to_dict()
