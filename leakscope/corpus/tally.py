"""Counts who and which secrets were planted, for corpora where person numbers are dense."""

from __future__ import annotations

from array import array

from leakscope.corpus.people import Person, person
from leakscope.corpus.secret_values import secret
from leakscope.corpus.truth import Truth

_WEAK = {"ONLINE_IDENTIFIER", "ACCOUNT_ID", "IP_ADDRESS", "DATE_OF_BIRTH", "POSTAL_CODE", "USERNAME"}


class Tally:
    """
    Notes findings in the truth, and the records of each person and secret.

    Args:
        truth: open tables.
        seed: of the corpus.
        people: most persons there can be; four bytes of memory each.
    """

    def __init__(self, truth: Truth, seed: int, people: int) -> None:
        self._truth, self._seed = truth, seed
        self._records, self._last = array("I", bytes(4 * people)), array("q", [-1]) * people
        self._identified = bytearray(people)
        self._secrets: dict[int, int] = {}
        self._thirds: dict[str, tuple[Person, set[int]]] = {}
        self.place = 0

    def find(self, source: str, record: int, field: str, entity: str, value: str, *, who: int | None = None, key: int | None = None, line: int | None = None) -> None:
        """`value` of person `who` or secret `key` stands in a field; `place` tells one record from the next."""
        name = None
        if who is not None:
            name = person(self._seed, who).id
            self._records[who] += self._last[who] != self.place
            self._last[who] = self.place
            self._identified[who] |= entity not in _WEAK
        if key is not None:
            self._secrets[key] = self._secrets.get(key, 0) + 1
        role = "own" if who is not None else "service"
        self._truth.findings.append((source, record, field, entity, value, name, role, None if key is None else f"k{key:06d}", [], line))

    def find_third(self, source: str, record: int, field: str, entity: str, value: str, who: Person) -> None:
        """`value` of a third party stands in a field; only corpora of bounded size have third parties here."""
        self._thirds.setdefault(who.id, (who, set()))[1].add(self.place)
        self._truth.findings.append((source, record, field, entity, value, who.id, "third_party", None, [], None))

    def close(self) -> None:
        """Write `people` and `secrets`."""
        self._truth.add("people", (self._person(number, count) for number, count in enumerate(self._records) if count))
        thirds = ((who.id, who.residence, "identified", who.language, len(places), "third_party", True, None) for who, places in self._thirds.values())
        self._truth.add("people", thirds)
        self._truth.add("secrets", (self._secret(number, count) for number, count in sorted(self._secrets.items())))

    def _person(self, number: int, count: int) -> tuple:
        who = person(self._seed, number)
        return who.id, who.residence, "identified" if self._identified[number] else "identifiable", who.language, count, "account_holder", True, None

    def _secret(self, number: int, count: int) -> tuple:
        one = secret(self._seed, number)
        return one.id, one.provider, one.kind, one.entity, one.environment, count, None, None, one.owner
