"""Who is not counted as an affected person, and why: bots, test accounts, role mailboxes, organisations, figures."""

from __future__ import annotations

import polars as pl

from leakscope.individuals.vocabulary import words

_PRIVATE_ADDRESS = r"^(10\.|127\.|0\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|22[4-9]\.|23\d\.|255\.|::1$|f[cd][0-9a-f]{2}:|fe80:)"
#: Above this share of addresses at domains reserved for examples the evidence is invented throughout, and the domain tells nothing.
RESERVED_EVERYWHERE = 0.5


def _local(value: pl.Expr) -> pl.Expr:
    return value.str.extract(r"^([^@]+)@").str.replace(r"\+.*$", "")


def _is_reserved(value: pl.Expr) -> pl.Expr:
    domain = value.str.extract(r"@(.+)$")
    boxes = words()["mailboxes"]
    suffix = pl.any_horizontal([domain.str.ends_with(ending) for ending in boxes["reserved_suffixes"]])
    return domain.is_in(boxes["reserved_domains"]) | suffix


def _mail_reason(reserved_tells: bool) -> pl.Expr:
    boxes = words()["mailboxes"]
    value, local = pl.col("value"), _local(pl.col("value"))
    service = pl.any_horizontal([value.str.ends_with(ending) for ending in boxes["service_suffixes"]])
    head = local.str.extract(r"^([a-z-]+?)[-._]?\d*$")
    robot = local.is_in(boxes["robot"]) | service | local.str.contains(r"(^|[-._])(bot|noreply|no-reply|svc|service-account)([-._]|$)")
    test = local.is_in(boxes["test"]) | head.is_in(boxes["test"]) | local.str.contains(r"^(test|qa|demo|e2e|dummy)[-._+]")
    reason = pl.when(robot).then(pl.lit("bot")).when(test).then(pl.lit("test account"))
    if reserved_tells:
        reason = reason.when(_is_reserved(value)).then(pl.lit("test account"))
    return reason.when(local.is_in(boxes["role"])).then(pl.lit("role mailbox"))


def _name_reason() -> pl.Expr:
    values, figures = words()["values"], words()["figures"]
    name = pl.col("value")
    organisation = name.str.split(" ").list.eval(pl.element().is_in(values["organisation_words"])).list.any()
    return (
        pl.when(name.is_in(values["robot_names"]))
        .then(pl.lit("agent"))
        .when(name.is_in(values["test_names"]))
        .then(pl.lit("test account"))
        .when(name.is_in(figures["fictional"]))
        .then(pl.lit("fictional figure"))
        .when(name.is_in(figures["public"]))
        .then(pl.lit("public figure"))
        .when(organisation & (name.str.split(" ").list.len() > 1))
        .then(pl.lit("organisation"))
    )


def reasons(distinct: pl.DataFrame) -> pl.DataFrame:
    """
    Why a value names nobody who is to be counted.

    Args:
        distinct: one row per distinct value, with `entity` and `value`.

    Returns:
        `distinct` with `reason`, null when the value may name a private person.
    """
    mail = distinct.filter(pl.col("entity") == "EMAIL_ADDRESS")
    share = mail.select(_is_reserved(pl.col("value")).fill_null(False).mean()).item() if mail.height else 0.0
    return distinct.with_columns(
        reason=pl.when(pl.col("entity") == "EMAIL_ADDRESS")
        .then(_mail_reason((share or 0.0) <= RESERVED_EVERYWHERE))
        .when(pl.col("entity") == "PERSON")
        .then(_name_reason())
        .when(pl.col("entity") == "IP_ADDRESS")
        .then(pl.when(pl.col("value").str.contains(_PRIVATE_ADDRESS)).then(pl.lit("address of a private network")))
    )


def not_counted(members: pl.DataFrame) -> pl.DataFrame:
    """
    Clusters whose every identifier names nobody to be counted.

    Args:
        members: `cluster, entity, value, rank, side` of every identifier and name.

    Returns:
        `cluster, reason`. A figure is one only where a chat names it: a customer may be called as one.
    """
    told = members.join(reasons(members.select("entity", "value").unique()), on=["entity", "value"], how="left")
    figure = pl.col("reason").is_in(["fictional figure", "public figure"]) & (pl.col("side") != "third_party")
    robots_name = (pl.col("reason") == "agent") & (pl.col("side") == "own")
    told = told.with_columns(reason=pl.when(figure | robots_name).then(None).otherwise("reason"))
    decisive = told.filter((pl.col("rank") >= 3) | (pl.col("entity") == "PERSON") | (pl.col("entity") == "IP_ADDRESS"))
    best = decisive.group_by("cluster").agg(
        mail=pl.col("reason").filter(pl.col("entity") == "EMAIL_ADDRESS").is_not_null().all(),
        has_mail=(pl.col("entity") == "EMAIL_ADDRESS").any(),
        clean_name=((pl.col("entity") == "PERSON") & pl.col("reason").is_null()).any(),
        number=(pl.col("rank") == 5).any(),
        other=((pl.col("rank") > 0) & (pl.col("entity") != "EMAIL_ADDRESS") & pl.col("reason").is_null()).any(),
        reason=pl.col("reason").sort_by(pl.col("rank"), descending=True).drop_nulls().first(),
    )
    suspicious_name = pl.col("reason").is_in(["test account", "agent", "bot"])
    excluded = pl.col("reason").is_not_null() & ~pl.col("number")
    by_mail = pl.col("has_mail") & pl.col("mail") & (suspicious_name | ~pl.col("clean_name"))
    by_name = ~pl.col("has_mail") & ~pl.col("clean_name") & (suspicious_name | ~pl.col("other"))
    return best.filter(excluded & (by_mail | by_name)).select("cluster", "reason")
