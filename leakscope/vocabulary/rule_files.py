"""The catalogue's TOML files, each read and parsed once a run, and kept parsed between runs."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from leakscope.errors import CatalogueError
from leakscope.safety import cache_files

#: Folders of the catalogue, in the order in which they are read.
FOLDERS = ("general", "identifiers", "secrets")


def parsed(path: str, text: str) -> dict[str, Any]:
    """
    The content of a TOML file.

    Raises:
        CatalogueError: it is none.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path} is not valid TOML: {error}") from None


@cache
def texts() -> Mapping[str, str]:
    """The text of every file of the catalogue by `folder/name`, in the order in which they are read."""
    root = files("leakscope.catalogue")
    return {
        f"{folder}/{path.name}": path.read_text("utf-8")
        for folder in FOLDERS
        for path in sorted((root / folder).iterdir(), key=lambda path: path.name)
        if path.name.endswith(".toml")
    }


@cache
def contents() -> Mapping[str, dict[str, Any]]:
    """
    What stands in every file of the catalogue, by `folder/name`.

    Raises:
        CatalogueError: a file is not valid TOML.
    """
    recipe = orjson.dumps(dict(texts()))
    kept = cache_files.read("rules", recipe)
    if kept is not None:
        return orjson.loads(kept)
    made = {path: parsed(path, text) for path, text in texts().items()}
    cache_files.write("rules", recipe, orjson.dumps(made))
    return made
