"""Invented people whose records know them by different kinds of identifier, with the truth."""

import numpy as np
import polars as pl

#: What a kind of record shows: the entities and ranks of `kinds_by_record`.
SHOWS = {"id": ("ONLINE_IDENTIFIER", 3.0), "mail": ("EMAIL_ADDRESS", 4.0), "described": ("PERSON", 0.0)}
#: Kinds of record and how many of each a person of mean activity leaves.
RECORDS = {("id",): 1.2, ("mail",): 0.25, ("id", "mail"): 0.35, ("described",): 0.12, ("described", "id"): 0.15}


def split_people(generator, people, skew):
    """
    `(members, truth)`: sightings of clusters as linkage leaves them, and how many people are behind them.

    Activity is log-normal with deviation `skew`; a person falls apart where no record holds two kinds.
    """
    rows, truth, cluster, record = [], 0, 0, 0
    activity = np.exp(generator.normal(0, skew, people))
    counts = {kinds: generator.poisson(mean * activity) for kinds, mean in RECORDS.items()}
    for person in range(people):
        parts = [(kinds, int(counts[kinds][person])) for kinds in RECORDS if counts[kinds][person]]
        truth += bool(parts)
        group = {kind: kind for kind in SHOWS}
        for kinds, _ in parts:
            for kind in kinds[1:]:
                old, new = group[kind], group[kinds[0]]
                group = {name: new if of == old else of for name, of in group.items()}
        numbers = {of: cluster + place for place, of in enumerate(dict.fromkeys(group.values()))}
        cluster += len(numbers)
        for kinds, times in parts:
            for _ in range(times):
                rows += [(numbers[group[kind]], "a", record, *SHOWS[kind]) for kind in kinds]
                record += 1
    schema = {"cluster": pl.UInt32, "source": pl.String, "record": pl.UInt64, "entity": pl.String, "rank": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row"), truth
