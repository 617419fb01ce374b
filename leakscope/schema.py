"""
The frames that travel between stages: one `pl.Schema` each, and the check that a frame has it.

Frames marked *open* hold values from the evidence: they live in memory only and are never written.
"""

from __future__ import annotations

import polars as pl

from leakscope.errors import InvariantError

TIMESTAMP = pl.Datetime("us", "UTC")

#: One row per leaf value of a record, after unfolding. *Open.*
VALUES = pl.Schema(
    {
        "source": pl.String,  # source id as printed
        "record": pl.UInt64,  # 0-based row in the source
        "field": pl.String,  # path: `messages[2].content`, `string.values[message]->$.user.email`
        "key": pl.String,  # innermost name beside the value: the best context there is ("" if none)
        "value": pl.String,  # decoded text of the leaf
        "outer_start": pl.UInt32,  # place of this value in the value before the first `->`, code points
        "outer_end": pl.UInt32,
        # (place in `value`, place in the outer value) pairs, flattened, between which both advance alike;
        # null: every character stands for itself; empty: the whole outer span stands for the value
        "offsets": pl.List(pl.UInt32),
    }
)

#: One row per record: when, by which service, on which host. `has_chat` is set by the chat stage.
RECORDS = pl.Schema(
    {
        "source": pl.String,
        "record": pl.UInt64,
        "timestamp": TIMESTAMP,
        "service": pl.String,
        "host": pl.String,
        "size_bytes": pl.UInt64,
    }
)

#: One row per finding as the contract prints it; safe to write.
FINDINGS = pl.Schema(
    {
        "source": pl.String,
        "record": pl.UInt64,
        "field": pl.String,
        "start": pl.UInt32,
        "end": pl.UInt32,
        "entity": pl.String,
        "detector": pl.String,
        "confidence": pl.Float64,
        "validated": pl.Boolean,  # null: no structural check exists for it
        "fingerprint": pl.String,
        "preview": pl.String,
        "attributes": pl.String,  # a JSON object as text; an object in NDJSON output
    }
)

#: A finding with the value as found (normalise it to compare) and the key beside it: what linkage reads. *Open.*
SIGHTINGS = pl.Schema({**FINDINGS, "value": pl.String, "key": pl.String})

#: One row per chat turn occurrence. *Open* (`text`); without `text` it may be written.
TURNS = pl.Schema(
    {
        "source": pl.String,
        "record": pl.UInt64,
        "field": pl.String,
        "conversation": pl.String,  # fingerprint of the session or conversation id, or of record when there is none
        "user": pl.String,  # fingerprint of the user id that the conversation belongs to, null if unknown
        "position": pl.UInt32,  # place of the turn in its conversation as given
        "role": pl.String,  # user | assistant | system | tool
        "turn": pl.String,  # fingerprint of (conversation, role, text): equal for a repeated turn
        "model": pl.String,
        "service": pl.String,
        "timestamp": TIMESTAMP,
        "language": pl.String,  # ISO 639-1, "und" when not told
        "length": pl.UInt32,  # code points
        "attachments": pl.UInt32,
        "text": pl.String,
        "key": pl.String,  # these four as in `VALUES`: what was read in a turn is placed in the value it came from
        "outer_start": pl.UInt32,
        "outer_end": pl.UInt32,
        "offsets": pl.List(pl.UInt32),
    }
)

#: One row per distinct secret, most dangerous first.
SECRETS = pl.Schema(
    {
        "fingerprint": pl.String,
        "fingerprints": pl.List(pl.String),  # of its findings: one secret may be read as several kinds, this one among them
        "provider": pl.String,
        "entity": pl.String,
        "detector": pl.String,
        "kind": pl.String,  # human name of the detector
        "environment": pl.String,  # live | test | publishable | unknown
        "status": pl.String,  # looks_live | expired | test | documented_example | revoked_format | unknown
        "account": pl.String,
        "scopes": pl.List(pl.String),
        "issued": TIMESTAMP,
        "expires": TIMESTAMP,
        "checksum": pl.String,  # valid | invalid | none
        "confidence": pl.Float64,
        "severity": pl.String,  # low | medium | high | critical
        "records": pl.UInt64,
        "occurrences": pl.UInt64,
        "first_seen": TIMESTAMP,
        "last_seen": TIMESTAMP,
        "services": pl.List(pl.String),
        "preview": pl.String,
        "exposes": pl.String,  # what an attacker could do with it
        "revoke": pl.String,  # how to revoke it
        "console": pl.String,  # address of the console where that is done
    }
)

#: One row per distinct individual.
INDIVIDUALS = pl.Schema(
    {
        "person": pl.String,  # `person-` + pseudonym, stable for a key
        "kind": pl.String,  # identified | identifiable
        "role": pl.String,  # account_holder | chat_author | third_party | employee | business_contact | child | unknown
        "counted": pl.Boolean,  # false: agents, bots, test accounts, organisations, public figures ...
        "reason": pl.String,  # why not counted, else null
        "residence": pl.String,  # ISO 3166-1 alpha-2 or 3166-2 (US-CA), null unknown
        "residence_basis": pl.String,  # address | national_id | phone_prefix | locale | ip_country | domain
        "residence_confidence": pl.Float64,
        "controller": pl.String,  # organisation or tenant the person's data belongs to, null if one controller
        "child": pl.Boolean,  # null unknown
        "records": pl.UInt64,
        "elements": pl.UInt32,
        "first_seen": TIMESTAMP,
        "last_seen": TIMESTAMP,
        "conflict": pl.Boolean,  # contradictory identifiers: kept for a human
        "confidence": pl.Float64,  # that this is one distinct person
        "label": pl.String,  # masked preview of the best identifier
    }
)

#: The person x element matrix, long form: which elements of which person were exposed, and where first.
PERSON_ELEMENTS = pl.Schema(
    {
        "person": pl.String,
        "element": pl.String,  # code of vocabulary.ELEMENTS
        "entity": pl.String,
        "confidence": pl.Float64,  # highest of its findings
        "findings": pl.UInt64,
        "values": pl.UInt64,  # distinct fingerprints
        "source": pl.String,  # where it was first seen
        "record": pl.UInt64,
        "field": pl.String,
        "role": pl.String,  # own | third_party (mentioned by another) | business
    }
)

#: Which record names which person, through which finding; what `individuals()` and cluster-robust intervals read.
RECORD_PERSONS = pl.Schema({"source": pl.String, "record": pl.UInt64, "person": pl.String, "fingerprint": pl.String})


def conform(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """
    `frame` with exactly the columns of `schema`, in order and type.

    Args:
        frame: has at least the columns of `schema`; more are dropped.
        schema: one of this module.

    Raises:
        InvariantError: a column is missing or cannot be cast.
    """
    missing = [name for name in schema if name not in frame.columns]
    if missing:
        raise InvariantError(f"a frame lacks the columns {', '.join(missing)}")
    try:
        return frame.select(pl.col(name).cast(kind) for name, kind in schema.items())
    except pl.exceptions.PolarsError:
        raise InvariantError("a frame's column has another type than its schema") from None


def empty(schema: pl.Schema) -> pl.DataFrame:
    """A frame of `schema` without rows."""
    return pl.DataFrame(schema=schema)
