"""Sentences about an assessment that every form of report says alike."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from leakscope.notification.elsewhere import PLACE
from leakscope.reports.wording import DESIGN_NAMES, RECIPIENT_NAMES, band_name, counted, instant, interval, number, percent, short_interval
from leakscope.severity.cost import NOT_ASKED

#: Stands under tables of data classes when `is_read_in_part`.
PART_SHORT = "Names and topics: records and values as read, people estimated for all."
PART_NOTE = "Names and topics were read in a sample of the conversations: records and values are those read, people are estimated for all."


def coverage_sentence(assessment: Mapping[str, Any]) -> str:
    """What was read and what was not, in one sentence."""
    coverage = assessment["coverage"]
    text = f"{number(coverage['records_examined'])} of {number(coverage['records_collected'])} records examined"
    aside = coverage.get("records_set_aside") or 0
    pieces = len(coverage.get("set_aside") or ())
    text += f", {number(aside)} set aside" if aside else (f", {counted(pieces, 'piece')} set aside" if pieces else ", none set aside")
    expensive = coverage.get("expensive") or {}
    if expensive.get("eligible"):
        text += f"; names and topics read in {number(expensive['read'])} of {number(expensive['eligible'])} {expensive.get('unit', 'unit')}s"
    return text + "."


def population_total(assessment: Mapping[str, Any]) -> int | None:
    """Records in the whole exposure, when somebody stated or counted them."""
    rows = assessment["sample"].get("population") or ()
    return sum(row["records"] for row in rows) if rows else None


def _drawn_words(design: str, by: str | None) -> str:
    """A design in words, with what its strata or clusters were."""
    if design == "stratified" and by:
        return f"a random sample within each {by}"
    if design == "cluster" and by:
        return "a random sample of whole " + {"file": "files", "person": "people"}.get(by, f"clusters by {by}")
    return DESIGN_NAMES.get(design, design)


def sample_sentence(assessment: Mapping[str, Any]) -> str:
    """How many records were read, how they were drawn, and from how many."""
    sample, total = assessment["sample"], population_total(assessment)
    design = _drawn_words(sample["design"], sample.get("by"))
    size = f"{number(total)} records in the exposure" if total else "size of the exposure not stated"
    said = "all there were" if sample["design"] == "full" and not total else f"{design}; {size}"
    if sample.get("drawn") is None:
        return f"{counted(sample['records'], 'record')}, {said}"
    how = _drawn_words(sample.get("drawn_design") or "reservoir", sample.get("drawn_by"))
    supplied = assessment["coverage"]["records_examined"] + assessment["coverage"].get("records_not_drawn", 0)
    return f"{counted(sample['records'], 'record')} drawn from {number(supplied)} supplied ({how}, seed {sample.get('seed') or 0}); supplied: {said}"


def override_text(row: Mapping[str, Any]) -> str:
    """What a person decided against the machine: from what, to what, who, when and why, on one line."""
    before, after = (f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value).replace("_", " ") for value in (row.get("before"), row.get("after")))
    moved = after if row.get("before") is None else f"{after} (as the rules had it)" if before == after else f"{after} (the rules: {before})"
    return f"{row['target']}: {moved}, {row.get('who') or 'not stated'}, {str(row.get('when') or '')[:10]}: {row['why']}"


def together_words(row: Mapping[str, Any]) -> str:
    """A combination of data of one person: its heaviest classes, and how many more."""
    return " + ".join(row.get("names") or row["elements"]) + (f" + {row['more']} more" if row.get("more") else "")


def unseen_sentence(assessment: Mapping[str, Any]) -> str | None:
    """What may stand in records that nobody read, of which nothing was seen."""
    share, total = assessment["sample"].get("unseen_share") or {}, population_total(assessment)
    if share.get("high") is None or share["high"] == 0:
        return None
    records = f", up to {number(math.ceil(share['high'] * total))} records" if total else ""
    return f"what no record read holds may stand in {percent(share['high'])} of the exposure{records} (95%)"


def bands_sentence(assessment: Mapping[str, Any]) -> str:
    """People by severity: those seen, and in the whole exposure where the design allows it."""
    rows = assessment["individuals"].get("by_band") or ()
    seen = ", ".join(f"{band_name(row['band'])} {number(row['people'])}" for row in rows)
    whole = ", ".join(f"{band_name(row['band'])} {short_interval(row['exposure'])}" for row in rows if row.get("exposure"))
    return f"of those observed: {seen}" + (f"; in all: {whole}" if whole else "") if seen else ""


def cost_sentence(assessment: Mapping[str, Any], *, short: bool = False) -> str | None:
    """The rough range of what such breaches have cost, or why there is none; null where nobody asked for it. `short` leaves out sources."""
    cost = assessment["severity"].get("cost") or {}
    if not cost or cost.get("why") == NOT_ASKED:
        return None
    if not cost.get("available"):
        why = f"no rough range either: {cost.get('why') or 'no number of people to start from'}"
        return why if short else f"{why}. {cost.get('note') or ''}".strip()
    ends = f"USD {number(cost['usd_low'])} to {number(cost['usd_high'])}"
    if short:
        return f"{ends}, rough, from published studies"
    years = ", ".join(f"{row['source']}, {row['year']}" for row in cost["methods"])
    return f"rough range from published studies: {ends} for {cost['why']} ({years}). {cost['note']}"


def _share(estimate: Mapping[str, Any]) -> str:
    """A share with its interval, in percent."""
    value, low, high = (100 * float(estimate[name] or 0) for name in ("value", "low", "high"))
    return f"{value:.3g}% (95%: {low:.3g} to {high:.3g}%)"


def review_lines(review: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """What people who labelled a sample found of the machine's work: name and text; one line that says so where nobody did."""
    if not review:
        return [("Checked by hand", "no; what was missed is not known: leakscope review CASE")]
    agreement = review.get("agreement") or {}
    people = review.get("reviewers") or 1
    said = f"{counted(review['labelled'], 'label')} by {counted(people, 'person', 'people')}"
    if agreement.get("items"):
        kappa = f", kappa {agreement['kappa']:.2f}" if agreement.get("kappa") is not None else ""
        said += f"; they agree on {agreement['agreed']} of {agreement['items']}{kappa}"
    if agreement.get("disputed"):
        said += f"; disputed and left out: {', '.join(agreement['disputed'][:5])}" + (" ..." if len(agreement["disputed"]) > 5 else "")
    lines = [("Checked by hand", said)]
    for name, key in (("Findings right", "precision"), ("Clean but not", "elusion"), ("Recall", "recall")):
        if review.get(key):
            lines.append((name, _share(review[key]) + {"elusion": " of the records called clean hold something", "recall": " of the records with something were found"}.get(key, "")))
    if review.get("corrected_records"):
        lines.append(("Records corrected", f"{interval(review['corrected_records'])} hold something"))
    if review.get("corrected_exposure_records"):
        lines.append(("Records in all", f"{interval(review['corrected_exposure_records'])} of the exposure hold something, corrected by the labels"))
    worst = sorted((row for row in review.get("corrected") or () if row["precision"]["value"] < 0.9), key=lambda row: row["precision"]["value"])[:3]
    if worst:
        lines.append(("Least sure", "; ".join(f"{row['entity']} {_share(row['precision'])}" for row in worst)))
    return lines


def is_read_in_part(assessment: Mapping[str, Any]) -> bool:
    """Whether names and topics were read in a sample only, so that what was read and what is estimated differ."""
    expensive = assessment["coverage"].get("expensive") or {}
    return bool(expensive.get("eligible")) and expensive["read"] < expensive["eligible"]


def source_checked(duty: Mapping[str, Any]) -> str:
    """How far the source of a duty's law was checked, in words."""
    confidence = duty.get("confidence") or {}
    if confidence.get("unverified"):
        return "not checked at its source"
    words = {"verified-primary": "checked in the law's text", "verified-secondary": "checked in a second source", "memory": "from memory"}
    return words.get(str(confidence.get("level")), str(confidence.get("level") or "not known").replace("-", " "))


def sources_read(duty: Mapping[str, Any]) -> list[str]:
    """What was read for a duty's law, each with its address where one is on record."""
    confidence = duty.get("confidence") or {}
    titles, addresses = confidence.get("sources") or (), confidence.get("addresses") or ()
    return [f"{title} ({address})" if address else str(title) for title, address in zip_longest(titles, addresses[: len(titles)])]


def duty_name(duty: Mapping[str, Any]) -> str:
    """Whom to tell: the place and the recipient."""
    kind = RECIPIENT_NAMES.get(duty["recipient_kind"], str(duty["recipient_kind"]).replace("_", " "))
    who = kind if duty["recipient_kind"] == "individuals" or duty["recipient"] == kind else f"{kind} ({duty['recipient']})"
    return f"{duty['jurisdiction_name']}: {who}"


def observed_sentence(people: Mapping[str, Any]) -> str:
    """Distinct people seen, and how well they are known; nobody seen is not nobody affected."""
    seen = people["observed"].get("value")
    if not seen:
        return "nobody, in what was examined"
    return f"{counted(seen, 'distinct person', 'distinct people')}; {number(people['identified'])} identified, {number(people['identifiable_only'])} identifiable"


def window_sentence(assessment: Mapping[str, Any]) -> str:
    """The time span of the records by their own timestamps."""
    window = assessment["timeline"]["data_window"]
    if not window.get("first"):
        return "not known; the records hold no times"
    return f"{instant(window['first'])} to {instant(window.get('last'))}"


def duties_sentence(assessment: Mapping[str, Any]) -> str:
    """How many duties apply and how many may."""
    counts = [sum(1 for duty in assessment["duties"] if duty["status"] in wanted) for wanted in (("applies",), ("may_apply", "unknown"))]
    none = "none can be told before places are stated (where people live, where you are)" if _waiting_for_a_place(assessment) else "none applies on the facts stated"
    head = f"{counts[0]} {'applies' if counts[0] == 1 else 'apply'}" if counts[0] else none
    return head + (f", {counts[1]} may" if counts[1] else "")


def _waiting_for_a_place(decision: Mapping[str, Any]) -> set[str]:
    """Ids of duties that a place nobody stated may bring."""
    return {duty for row in decision.get("what_would_change") or () if str(row["id"]).startswith(PLACE) for duty in row["duties"]}


def no_duty_sentence(decision: Mapping[str, Any]) -> str:
    """What stands where no duty applies or may: a place that nobody stated is said to be the reason, because silence would look like safety."""
    waiting = _waiting_for_a_place(decision)
    if not waiting:
        return "No duty applies or may apply on the facts stated."
    hangs = "1 duty hangs" if len(waiting) == 1 else f"{number(len(waiting))} duties hang"
    return (
        f"No duty can be told yet: where these people live or where you are established is not known, and {hangs} on it. "
        "Clocks may run already, the shortest from awareness; state the places: leakscope facts new FACTS.toml."
    )


def change_sentence(row: Mapping[str, Any]) -> str:
    """A change and its effect in one line."""
    return f"{row['change']}{'' if str(row['change']).endswith('?') else ':'} {row['effect']}"
