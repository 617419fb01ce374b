"""How the evidence relates to the exposure, and what that allows one to say of the whole."""

from __future__ import annotations

from typing import Any

from leakscope.estimation import Estimates
from leakscope.model import Sample, SampleDesign

#: What each design allows one to say, in one sentence.
DESIGN_NOTES = {
    SampleDesign.FULL: "Every exposed record was supplied; counts are counts, not estimates.",
    SampleDesign.FIRST: "The first records only: later ones may differ, so nothing is inferred beyond bounds.",
    SampleDesign.LAST: "The last records only: earlier ones may differ, so nothing is inferred beyond bounds.",
    SampleDesign.BERNOULLI: "Each record was drawn independently with the same chance.",
    SampleDesign.RESERVOIR: "A simple random sample of fixed size.",
    SampleDesign.SYSTEMATIC: "Every k-th record from a random start; treated as a simple random sample.",
    SampleDesign.STRATIFIED: "A random sample within each table or day.",
    SampleDesign.CLUSTER: "Whole files or people were drawn at random; records within one are not independent.",
    SampleDesign.UNKNOWN: "Nobody stated how the records were drawn: nothing is inferred beyond the records supplied.",
}


def sample_section(sample: Sample, *, examined: int) -> dict[str, Any]:
    """
    The stated design and size.

    Args:
        sample: as stated or drawn.
        examined: records read in full.
    """
    total = sum(sample.population.values())
    return {
        "design": str(sample.design),
        "population": [{"source": source, "records": count, "basis": "stated"} for source, count in sorted(sample.population.items())],
        "records": examined,
        "fraction": examined / total if total else None,
        "by": sample.by,
        "drawn": sample.drawn,
        "drawn_design": str(sample.drawn_design) if sample.drawn_design is not None else None,
        "drawn_by": sample.drawn_by,
        "drawn_from": [{"stratum": stratum, "records": count} for stratum, count in sorted(sample.drawn_from.items())],
        "clusters": sample.clusters,
        "seed": sample.seed,
        "note": DESIGN_NOTES[sample.design],
    }


def beyond(estimates: Estimates) -> dict[str, Any]:
    """What the sample says of the whole besides people: distinct secrets, and what may stand in records that nobody read."""
    exposure = estimates.secrets_exposure
    return {
        "secrets_observed": estimates.secrets_observed.to_dict(),
        "secrets_exposure": exposure.to_dict() if exposure is not None and exposure.value is not None else None,
        "unseen_share": estimates.unseen_share.to_dict(),
        "inference": list(estimates.methods),
    }
