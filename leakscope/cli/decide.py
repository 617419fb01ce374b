"""`leakscope decide`: who must be told, by when, and why."""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, date, datetime

import click
import orjson

from leakscope.cli._output import colour, width


@click.command()
@click.argument("case", type=click.Path(exists=True, file_okay=False))
@click.option("--facts", "facts_file", type=click.Path(dir_okay=False), help="What is known about the incident (incident.toml); the case's own facts otherwise.")
@click.option("--on", "day", metavar="DATE", help="Day whose law counts, YYYY-MM-DD; today otherwise.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How to print.")
@click.option("--proposed", multiple=True, metavar="ID", help="Count this jurisdiction's proposed or pending law as if it were in force, for example EU-GDPR.")
@click.option("--scheme", metavar="NAME|FILE", help="Severity scheme that leads; the case's own otherwise.")
@click.option("--override", "targets", multiple=True, metavar="TARGET=VALUE", help="Set a duty, factor or weight yourself, as in severity.EI=0.5 or duty-UK-regulator=does_not_apply; needs --why.")
@click.option("--why", metavar="TEXT", help="The reason of every --override; kept with the case.")
@click.option("--who", metavar="NAME", help="Who decided.  [default: the user of this machine]")
@click.option("--save", is_flag=True, help="Put this decision into the case, so that its reports show it.")
def command(
    case: str, facts_file: str | None, day: str | None, form: str, proposed: tuple[str, ...], scheme: str | None, targets: tuple[str, ...], why: str | None, who: str | None, save: bool
) -> None:
    """Notification duties of a case: applies, may apply, does not; with deadlines, reasons and what would change them. Not legal advice."""
    from leakscope.assessment.case import open_case
    from leakscope.assessment.redecide import override_from, redecide
    from leakscope.reports.duties import render_duties

    now = datetime.now(UTC)
    overrides = [override_from(target, why=why, who=who or getpass.getuser(), now=now) for target in targets]
    opened = open_case(case)
    assessed_on = (opened.assessment().get("case") or {}).get("on")
    decision = redecide(opened, facts_file=facts_file, on=_day(day) or now.date(), save=save, proposed=proposed, scheme=scheme, overrides=overrides)
    if form == "json":
        sys.stdout.buffer.write(orjson.dumps(decision.to_dict(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    else:
        click.echo(render_duties(decision.to_dict(), now=now, assessed_on=assessed_on, width=width(), color=colour()), nl=False)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise click.BadParameter("a day is written YYYY-MM-DD", param_hint="--on") from None
