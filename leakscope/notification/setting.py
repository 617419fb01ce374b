"""What a version of a law is asked about: the jurisdiction, the facts and the people."""

from __future__ import annotations

from dataclasses import dataclass

from leakscope.model import Estimate
from leakscope.notification.facts import Facts
from leakscope.notification.headcount import Headcount
from leakscope.notification.people import Profile
from leakscope.notification.risk import Risk
from leakscope.notification.rule import Jurisdiction, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """
    What a version's conditions are asked about.

    Args:
        everybody: true when the law reaches people wherever they live (an establishment brings it in).
        affected: people whose exposed data the version protects.
        risk: the risk assessment over them.
    """

    jurisdiction: Jurisdiction
    version: Version
    facts: Facts
    people: Headcount
    everybody: bool
    rows: tuple[Profile, ...]
    affected: Estimate
    risk: Risk

    @property
    def residence(self) -> tuple[str, ...] | None:
        """Residence codes that count, or null for everybody."""
        return None if self.everybody else self.jurisdiction.scope.residence
