"""What a notice must say, and what it must not."""

from __future__ import annotations

from leakscope.errors import CatalogueError
from leakscope.notification.law import tables
from leakscope.notification.rule import Version


def items(profile: str | None, version: Version) -> tuple[str, ...]:
    """
    The content a notice needs, from its profile and the version's own additions and prohibitions.

    Raises:
        CatalogueError: there is no such profile.
    """
    if profile is None:
        return ()
    known = tables("content")["profile"]
    if profile not in known:
        raise CatalogueError(f"there is no content profile called {profile}")
    forbidden = forbidden_in(profile, version)
    listed = tuple(item for item in known[profile]["items"] if not (forbidden and item.startswith(_SAYS_NATURE)))
    return (*listed, *_additions(profile, version), *(f"must not contain: {word}" for word in forbidden))


_SAYS_NATURE = ("description of the incident",)


def forbidden_in(profile: str | None, version: Version) -> tuple[str, ...]:
    """What a notice to individuals must leave out under a version, in words."""
    if profile != "US_STATE_INDIVIDUAL":
        return ()
    return tuple(word.replace("_", " ") for word in version.extras.get("individual_notice_must_not_contain", ()))


def _additions(profile: str, version: Version) -> tuple[str, ...]:
    extras = version.extras
    if profile == "US_STATE_REGULATOR":
        return ("whether a written information security programme exists",) if extras.get("wisp_status_required_in_regulator_notice") else ()
    if profile != "US_STATE_INDIVIDUAL":
        return ()
    found = []
    for key, words in (("credit_monitoring_months", "credit monitoring"), ("id_theft_service_months", "identity theft prevention services"), ("id_theft_service_months_if_offered_source_of_breach", "identity theft prevention services, if you were the source of the breach")):
        if key in extras:
            elements = extras.get(f"{key.removesuffix('_months')}_elements")
            when = f" when {', '.join(elements)} were exposed" if elements else ""
            found.append(f"offer of {words} for {extras[key]} months{when}")
    return tuple(found)
