"""The compiled scan, when this machine has it, and the layout of what goes in and out of it."""

from __future__ import annotations

import ctypes
import os
from ctypes import POINTER, Structure, c_char_p, c_int32, c_int64, c_uint8, c_uint32, c_uint64, c_void_p
from functools import cache
from typing import Any

from leakscope.detection.native.build import FOLDER, LIBRARY

#: Called for a place that was not seen before: its number, parent, kind, segment, the segment's length, index; returns its surroundings or -1.
ASK = ctypes.CFUNCTYPE(c_int32, c_int32, c_int32, c_int32, c_void_p, c_int64, c_int64)


class Given(Structure):
    """`Given` of `automaton.h`."""

    _fields_ = (
        ("classes", c_int32), ("positions", c_int32), ("kinds", c_int32), ("triggers", c_int32), ("bof", c_int32), ("eof", c_int32),
        ("class_of", c_void_p), ("sets", c_void_p), ("set_of", c_void_p), ("follow_at", c_void_p), ("follow", c_void_p), ("accept", c_void_p),
        ("start_at", c_void_p), ("start", c_void_p), ("kinds_after", c_void_p),
    )  # fmt: skip


class Rules(Structure):
    """`Rules` of `rules.h`."""

    _fields_ = (
        ("rules", c_int32), ("words", c_int32), ("layers", c_int32), ("owner_at", c_void_p), ("owner", c_void_p), ("keyword_at", c_void_p),
        ("keyword", c_void_p), ("only_named", c_void_p), ("alone", c_void_p), ("confirm", c_void_p), ("least", c_void_p),
        ("check", c_void_p), ("address", c_int32), ("networks", c_int32), ("network", c_void_p), ("issuers", c_int32), ("issuer", c_void_p), ("reading", c_int32), ("regions", c_void_p), ("apart", c_void_p),
    )  # fmt: skip


class Result(Structure):
    """`Result` of `kernel.h`."""

    _fields_ = (
        ("values", c_int64), ("texts_size", c_int64), ("maps_size", c_int64), ("rules_size", c_int64), ("hard_size", c_int64),
        ("sights", c_int64), ("hushed_size", c_int64), ("asked", c_int64), ("asked_texts_size", c_int64), ("asked_rules_size", c_int64),
        ("record", POINTER(c_uint32)), ("place", POINTER(c_int32)), ("text_at", POINTER(c_int64)), ("text_size", POINTER(c_uint32)),
        ("start", POINTER(c_uint32)), ("end", POINTER(c_uint32)), ("map_at", POINTER(c_int64)), ("map_size", POINTER(c_uint32)),
        ("candidate", POINTER(c_int32)), ("depth", POINTER(c_int32)), ("rules_at", POINTER(c_int64)),
        ("texts", POINTER(c_uint8)), ("maps", POINTER(c_uint32)), ("rules", POINTER(c_int32)), ("hard", POINTER(c_uint32)),
        ("turn", POINTER(c_uint32)), ("hard_turn", POINTER(c_uint32)), ("sight_turn", POINTER(c_uint32)), ("sight_record", POINTER(c_uint32)),
        ("sight_place", POINTER(c_int32)), ("sight_span", POINTER(c_uint32)), ("sight_start", POINTER(c_uint32)), ("sight_end", POINTER(c_uint32)),
        ("hushed", POINTER(c_uint32)),
        ("asked_place", POINTER(c_int32)), ("asked_at", POINTER(c_int64)), ("asked_rules_at", POINTER(c_int64)), ("asked_texts", POINTER(c_uint8)),
        ("asked_rules", POINTER(c_int32)),
    )  # fmt: skip


@cache
def library() -> Any:
    """The loaded library with its functions declared; null when it was not compiled, does not load, or `LEAKSCOPE_NATIVE=0` forbids it."""
    path = FOLDER / LIBRARY
    if os.environ.get("LEAKSCOPE_NATIVE") == "0" or not path.is_file():
        return None
    try:
        loaded = ctypes.CDLL(str(path))
    except OSError:
        return None
    kernel = c_void_p
    for name, result, arguments in (
        ("new", kernel, (POINTER(Given), c_int32, POINTER(Rules), ASK, POINTER(c_uint64))),
        ("around", None, (kernel, c_void_p, c_uint32, c_int64)),
        ("settle", POINTER(Result), (kernel, c_void_p, c_void_p, c_void_p)),
        ("forget", None, (kernel,)),
        ("lines", POINTER(Result), (kernel, c_char_p, c_int64, c_int32)),
        ("restarts", c_int64, (kernel,)),
        ("triggers", c_int32, (kernel, c_char_p, c_int64, c_void_p, c_int32)),
        ("possible", c_int32, (kernel, c_int32, c_char_p, c_int64, c_void_p)),
        ("free", None, (kernel,)),
    ):
        function = getattr(loaded, f"leakscope_{name}")
        function.restype, function.argtypes = result, arguments
    return loaded
