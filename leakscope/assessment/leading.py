"""The severity scheme that leads a case: a bundled one by name, a user's from the copy that the case keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leakscope.assessment.case import Case
from leakscope.errors import InvariantError
from leakscope.safety.ledger import Ledger
from leakscope.severity import scheme_names
from leakscope.severity.scheme import DEFAULT_SCHEME, scheme_text

#: A user's scheme as it was when the case was weighed.
SCHEME_FILE = "scheme.toml"


def keep_scheme(case: Case, name: str, ledger: Ledger) -> None:
    """Copy a user's scheme into the case, so that it can be weighed again wherever it lies; bundled ones are known by name."""
    if name not in scheme_names():
        case.write(SCHEME_FILE, scheme_text(name).encode(), ledger)


def scheme_of(case: Case, assessment: Mapping[str, Any]) -> str:
    """
    Name or path of the scheme that the case was weighed with.

    Raises:
        InvariantError: it is a user's, and the case holds no copy.
    """
    name = str(((assessment.get("severity") or {}).get("incident") or {}).get("scheme_id") or DEFAULT_SCHEME)
    if name in scheme_names():
        return name
    path = case.root / SCHEME_FILE
    if not path.is_file():
        raise InvariantError("the severity scheme of this case is not at hand", hint="Name one: leakscope decide CASE --scheme NAME|FILE --save.")
    return str(path)
