"""Who is not counted as an affected person, and why: bots, test accounts, role mailboxes, organisations, figures."""

from __future__ import annotations

import polars as pl

from leakscope.individuals.vocabulary import shared_mailboxes, words

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


def _login_reason(login: pl.Expr) -> pl.Expr:
    """Bot, service or test account by the words of a login name or of a mailbox's local part; null otherwise."""
    boxes = words()["mailboxes"]
    head = login.str.extract(r"^([a-z][a-z-]*?)[-._]?\d*$")
    service = login.str.contains(r"(^|[-._])(svc|service[-_.]?account|probe|canary|healthcheck|cron|daemon)([-._]|$)")
    robot = login.is_in(boxes["robot"]) | head.is_in(boxes["robot"]) | login.str.contains(r"(^|[-._])(bot|noreply|no-reply)([-._]|$)")
    test = login.is_in(boxes["test"]) | head.is_in(boxes["test"]) | login.str.contains(r"^(test|qa|demo|e2e|dummy|loadtest)[-._+]")
    return (
        pl.when(service).then(pl.lit("service account")).when(robot).then(pl.lit("bot")).when(test).then(pl.lit("test account"))
    )


def _mail_reason(reserved_tells: bool) -> pl.Expr:
    boxes = words()["mailboxes"]
    value, local = pl.col("value"), _local(pl.col("value"))
    service = pl.any_horizontal([value.str.ends_with(ending) for ending in boxes["service_suffixes"]])
    reason = pl.when(service).then(pl.lit("bot")).when(_login_reason(local).is_not_null()).then(_login_reason(local))
    if reserved_tells:
        reason = reason.when(_is_reserved(value)).then(pl.lit("test account"))
    return reason.when(local.is_in(shared_mailboxes())).then(pl.lit("role mailbox"))


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
        .when(name.is_in(values["departments"]))
        .then(pl.lit("organisation"))
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
        .when(pl.col("entity").is_in(["ONLINE_IDENTIFIER", "USERNAME", "ACCOUNT_ID", "SOCIAL_HANDLE"]))
        .then(_login_reason(pl.col("value").str.to_lowercase()))
        .when(pl.col("entity") == "IP_ADDRESS")
        .then(pl.when(pl.col("value").str.contains(_PRIVATE_ADDRESS)).then(pl.lit("address of a private network")))
    )


#: A person rests on findings at least this sure; below it more would be invented than missed. Own choice.
LEAST_CONFIDENCE = 0.75
#: A first and a last name together are seldom anything else.
LEAST_FOR_FULL_NAME = 0.55
#: A single word in a chat that a model takes for a name is as often a thing or a place.
LEAST_FOR_A_WORD = 0.985
DOUBTFUL = "only a doubtful finding"


UNKNOWN_AUTHOR = "author of a conversation that identifies nobody"


def _naming() -> pl.Expr:
    return (pl.col("rank") > 0) | pl.col("entity").is_in(["PERSON", "PHONE_NUMBER", "POSTAL_ADDRESS"])


def unknown_authors(members: pl.DataFrame) -> pl.DataFrame:
    """
    Clusters that are a conversation and nothing else: no user or session id, no name, no address. Somebody wrote it, but
    nobody can be told from it, and two conversations may be one person's.

    Args:
        members: `cluster, entity, rank` of every sighting.

    Returns:
        `cluster, reason`.
    """
    chat = pl.col("entity").str.contains("^(?:CHAT|TOPIC)_")
    told = members.group_by("cluster").agg(named=_naming().any(), chat=chat.any())
    return told.filter(pl.col("chat") & ~pl.col("named")).select("cluster", reason=pl.lit(UNKNOWN_AUTHOR))


def doubtful(members: pl.DataFrame) -> pl.DataFrame:
    """
    Clusters whose every identifying finding is more doubtful than `LEAST_CONFIDENCE`.

    Args:
        members: `cluster, entity, value, rank, confidence, in_turn` of every sighting.

    Returns:
        `cluster, reason, chance`: chance that it is a person after all; none for a single word in a chat, which identifies nobody.
    """
    naming = _naming()
    full_name = (pl.col("entity") == "PERSON") & pl.col("value").str.contains(" ", literal=True)
    word = (pl.col("entity") == "PERSON") & pl.col("in_turn") & ~full_name
    least = pl.when(full_name).then(LEAST_FOR_FULL_NAME).when(word).then(LEAST_FOR_A_WORD).otherwise(LEAST_CONFIDENCE)
    chance = pl.when(word).then(0.0).otherwise("confidence").max()
    sure = members.filter(naming).group_by("cluster").agg(sure=(pl.col("confidence") >= least).any(), chance=chance)
    return sure.filter(~pl.col("sure")).sort("cluster").select("cluster", "chance", reason=pl.lit(DOUBTFUL))


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
    login = (pl.col("entity") != "EMAIL_ADDRESS") & (pl.col("entity") != "IP_ADDRESS") & (pl.col("rank") > 0)
    best = decisive.group_by("cluster").agg(
        mail=pl.col("reason").filter(pl.col("entity") == "EMAIL_ADDRESS").is_not_null().all(),
        has_mail=(pl.col("entity") == "EMAIL_ADDRESS").any(),
        clean_name=((pl.col("entity") == "PERSON") & pl.col("reason").is_null()).any(),
        number=(pl.col("rank") == 5).any(),
        login=(login & pl.col("reason").is_not_null()).any(),
        other=((pl.col("rank") > 0) & (pl.col("entity") != "EMAIL_ADDRESS") & pl.col("reason").is_null()).any(),
        reason=pl.col("reason").sort_by(pl.col("rank"), descending=True).drop_nulls().first(),
    )
    artificial = pl.col("reason").is_in(["test account", "agent", "bot", "service account"])
    excluded = pl.col("reason").is_not_null() & ~pl.col("number")
    by_mail = pl.col("has_mail") & pl.col("mail") & (artificial | ~pl.col("clean_name"))
    by_name = ~pl.col("has_mail") & ~pl.col("clean_name") & (artificial | ~pl.col("other"))
    by_login = ~pl.col("has_mail") & pl.col("login") & artificial & ~pl.col("clean_name")
    return best.filter(excluded & (by_mail | by_name | by_login)).select("cluster", "reason")
