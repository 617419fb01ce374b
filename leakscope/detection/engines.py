"""The engines that must all be able to run a rule's pattern: the fast one, the linear fallback, and the plain one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from leakscope.detection.expressions import GROUP, expression

#: Memory that google-re2 may use for one pattern; larger repeats do not fit and are refused.
RE2_BYTES = 64 * 1024 * 1024


@cache
def engines() -> Mapping[str, Callable[[str, bool], bool]]:
    """Engine name -> whether it compiles (pattern, ignore_case); engines that are not installed are left out."""
    found: dict[str, Callable[[str, bool], bool]] = {"re": _re}
    try:
        import hyperscan  # noqa: F401

        found["hyperscan"] = _hyperscan
    except ImportError:
        pass
    try:
        import re2  # noqa: F401

        found["google-re2"] = _re2
    except ImportError:
        pass
    return found


def _re(pattern: str, ignore_case: bool) -> bool:
    try:
        expression(pattern, "alnum", ignore_case)
    except re.error:
        return False
    return True


def _hyperscan(pattern: str, ignore_case: bool) -> bool:
    import hyperscan

    flags = hyperscan.HS_FLAG_UTF8 | hyperscan.HS_FLAG_SINGLEMATCH | (hyperscan.HS_FLAG_CASELESS if ignore_case else 0)
    try:
        hyperscan.Database().compile(expressions=[pattern.replace(GROUP, "(?:").encode()], ids=[0], elements=1, flags=[flags])
    except hyperscan.error:
        return False
    return True


def _re2(pattern: str, ignore_case: bool) -> bool:
    import re2

    options = re2.Options()
    options.max_mem, options.case_sensitive, options.log_errors = RE2_BYTES, not ignore_case, False
    try:
        re2.compile(pattern, options)
    except re2.error:
        return False
    return True
