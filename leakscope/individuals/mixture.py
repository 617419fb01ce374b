"""
Whether a pair of descriptions is one person, two people of one home, or nobody's: learnt from the evidence without labels.

Fellegi and Sunter's model with a third class. People of one home agree on surname, address, town and phone all at once; a model of two
classes takes such pairs for one person whatever their given names and birth dates say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leakscope.individuals.comparisons import Compared, Shares, shares

#: Pairs that what is taken of a class beforehand counts for; own choice. No share ends at nothing, however few pairs teach it.
BELIEVED = 20.0
#: Least share of the agreement of random pairs that is chance and not people met twice; own choice, as the sample of random pairs is small.
LEAST_BY_CHANCE = 0.1
ROUNDS = 100
SETTLED = 1e-6
#: Pairs of one home for each pair of one person, at the start.
HOUSEMATES = 0.5
Vectors = npt.NDArray[np.int16]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """
    What the model made of the pairs.

    Args:
        probability: of each pair to be one person.
        shares: by class (person, household, chance) and comparison, how often each level holds.
        person, household: share of all pairs that are of one person, and of two of one home.
    """

    probability: Numbers
    shares: Mapping[str, Mapping[str, Shares]]
    person: float
    household: float


def _weights(vectors: Vectors, logs: Sequence[Numbers]) -> Numbers:
    """Sum over comparisons of the logarithm of each pair's level; unknown (-1) adds nothing."""
    total = np.zeros(len(vectors))
    for place, log in enumerate(logs):
        total += np.append(log, 0.0)[vectors[:, place]]
    return total


def _taught(vectors: Vectors, place: int, weight: Numbers, before: Shares, kind: Compared) -> Shares:
    """Shares of the levels among pairs of `weight`; those pinned stay."""
    pinned = np.array([level.pinned for level in kind.levels])
    known = vectors[:, place] >= 0
    counted = np.bincount(vectors[known, place], weights=weight[known], minlength=len(before)) + BELIEVED * before
    free = np.where(pinned, 0.0, counted)
    return np.asarray(np.where(pinned, before, free / free.sum() * (1 - before[pinned].sum())))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Classes:
    """
    What is believed of the classes: per comparison the shares of its levels.

    `homely` holds them for what people of one home have in common; all else agrees between them as between strangers, but for the share
    `in_common`. Note: how many of them are twins is not learnt. Where no people of one home stand in a table, the few records of one person
    under two given names would be taken for a table of twins.
    """

    person: list[Shares]
    homely: list[Shares]
    chance: list[Shares]
    many: float
    homes: float

    def household(self, compared: Sequence[Compared]) -> list[Shares]:
        """How often each level holds of two people of one home."""
        told = zip(compared, self.person, self.homely, self.chance, strict=True)
        return [learnt if kind.of_home else np.asarray(kind.in_common * m + (1 - kind.in_common) * u) for kind, m, learnt, u in told]


def _strangers(random: Shares, known: Sequence[tuple[float, Shares]]) -> Shares:
    """Shares of the levels among pairs of strangers, from those of random pairs less the few of one person and of one home among them."""
    rest = random - sum((share * levels for share, levels in known), np.zeros(len(random)))
    told = np.maximum(rest, LEAST_BY_CHANCE * random)
    return np.asarray(told / told.sum())


def learn(vectors: Vectors, random: Sequence[Shares], compared: Sequence[Compared], *, start: float, possible: float, rarer: Mapping[str, Numbers]) -> Learnt:
    """
    Expectation maximisation over pairs that some blocking rule found; all others count as strangers.

    Args:
        vectors: pairs x comparisons; which level holds, -1 unknown.
        random: per comparison how often each level holds of two records drawn at random.
        compared: the comparisons, in the order of both.
        start: share of all pairs taken to be of one person at first.
        possible: how many pairs there are, compared or not.
        rarer: comparison -> by how much (natural logarithm) agreement of a pair tells more than that of a value of usual frequency.

    Returns:
        Probabilities in the order of `vectors`.

    Source:
        Fellegi and Sunter (1969), JASA 64:1183; latent classes by EM with Dirichlet priors, as Winkler (1988) and Larsen and Rubin (2001),
        JASA 96:32, who model several classes of pairs in the same way.
    """
    now = _Classes(
        person=[shares(kind, "person") for kind in compared], homely=[shares(kind, "household") for kind in compared], chance=list(random), many=start, homes=HOUSEMATES * start
    )
    rare = sum(rarer.values(), np.zeros(len(vectors)))
    # people of one home share a rare surname, but given names only by chance
    rare_home = sum((rarer[kind.name] for kind in compared if kind.of_home and kind.name in rarer), np.zeros(len(vectors)))
    last = 0.0
    for _ in range(ROUNDS):
        is_person, is_home = _expected(vectors, now, compared, rare, rare_home)
        if abs(is_person.sum() - last) <= SETTLED * max(last, 1.0):
            break
        last = is_person.sum()
        now = _taught_by(vectors, now, compared, (is_person, is_home), random, possible)
    by_class = {"person": now.person, "household": now.household(compared), "chance": now.chance}
    told = {name: dict(zip((kind.name for kind in compared), levels, strict=True)) for name, levels in by_class.items()}
    return Learnt(probability=is_person, shares=told, person=now.many, household=now.homes)


def _expected(vectors: Vectors, now: _Classes, compared: Sequence[Compared], rare: Numbers, rare_home: Numbers) -> tuple[Numbers, Numbers]:
    """Chance of each pair to be one person, and two people of one home."""
    person = np.log(now.many) + rare + _weights(vectors, [np.log(m / u) for m, u in zip(now.person, now.chance, strict=True)])
    home = np.log(now.homes) + rare_home + _weights(vectors, [np.log(h / u) for h, u in zip(now.household(compared), now.chance, strict=True)])
    whole = np.logaddexp(np.logaddexp(person, home), np.log(max(1 - now.many - now.homes, 0.5)))
    return np.exp(person - whole), np.exp(home - whole)


def _taught_by(vectors: Vectors, now: _Classes, compared: Sequence[Compared], held: tuple[Numbers, Numbers], random: Sequence[Shares], possible: float) -> _Classes:
    """The classes as pairs of these chances teach them."""
    person = [_taught(vectors, place, held[0], shares(kind, "person"), kind) for place, kind in enumerate(compared)]
    homely = [_taught(vectors, place, held[1], shares(kind, "household"), kind) if kind.of_home else was for place, (kind, was) in enumerate(zip(compared, now.homely, strict=True))]
    many, homes = (float(kind.sum() + 1) / (possible + 2) for kind in held)
    known = zip(random, person, now.household(compared), strict=True)
    return _Classes(person=person, homely=homely, chance=[_strangers(levels, [(many, m), (homes, h)]) for levels, m, h in known], many=many, homes=homes)
