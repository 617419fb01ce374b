"""
Checks of structure and check digits, by the names that rule files use.

A name is either `stdnum:<module>` for a check of python-stdnum (`stdnum:pl.pesel` is `stdnum.pl.pesel.is_valid`),
or the key of a `VALIDATORS` table in one of this package's modules, which hold only what no library gives.
Every check takes the span as found, separators included, and answers yes or no; it never raises.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from functools import cache

from leakscope.errors import CatalogueError
from leakscope.registry import discover

Validator = Callable[[str], bool]


@cache
def own_validators() -> Mapping[str, Validator]:
    """
    Every check written in this package, by name.

    Raises:
        CatalogueError: two modules give the same name.
    """
    found: dict[str, Validator] = {}
    for module, table in discover(sys.modules[__name__], "VALIDATORS").items():
        clash = found.keys() & table.keys()
        if clash:
            raise CatalogueError(f"validator {sorted(clash)[0]} is defined twice; the second time in {module}")
        found.update(table)
    return found


def _stdnum(path: str) -> Validator:
    try:
        return importlib.import_module(f"stdnum.{path}").is_valid
    except (ImportError, AttributeError):
        raise CatalogueError(f"python-stdnum has no check {path}") from None


def _total(check: Validator) -> Validator:
    """`check` with an answer for every text: what it stumbles over is not well formed."""

    def holds(text: str) -> bool:
        try:
            return bool(check(text))
        except (ArithmeticError, LookupError, TypeError, ValueError):
            return False

    return holds


@cache
def validator(name: str) -> Validator:
    """
    The check called `name`.

    Args:
        name: key of a `VALIDATORS` table, or `stdnum:` and a module of python-stdnum.

    Returns:
        A function from the span as found to whether it is well formed.

    Raises:
        CatalogueError: there is none of that name.

    Example:
        >>> validator("stdnum:luhn")("79927398713")
        True
    """
    if name.startswith("stdnum:"):
        return _total(_stdnum(name.removeprefix("stdnum:")))
    try:
        return _total(own_validators()[name])
    except KeyError:
        raise CatalogueError(f"there is no validator {name}", hint="name a check of leakscope.validators or stdnum:<module>") from None
