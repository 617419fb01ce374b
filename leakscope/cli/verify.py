"""`leakscope verify`: is the case still what was written?"""

from __future__ import annotations

import click

from leakscope.cli._output import colour, width


@click.command()
@click.argument("case", type=click.Path(exists=True, file_okay=False))
def command(case: str) -> None:
    """Check hashes, the ledger's chain and the counts that must add up."""
    from rich.console import Console
    from rich.table import Table

    from leakscope.assessment.case import open_case
    from leakscope.assessment.verify import require, verify
    from leakscope.safety.escape import plain

    checks = verify(open_case(case))
    table = Table(box=None, pad_edge=False)
    for heading in ("", "what", "found"):
        table.add_column(heading)
    for check in checks:
        table.add_row({True: "holds", False: "FAILS", None: "?"}[check.holds], plain(check.name), check.detail)
    Console(width=width(), no_color=not colour(), highlight=False, markup=False).print(table)
    require(checks)
