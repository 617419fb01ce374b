"""The command line: one module per command, each with a click command called `command`; no logic here."""

from __future__ import annotations

import difflib
import importlib
import os
import pkgutil
import sys

import click
from rich.console import Console

from leakscope import __version__
from leakscope.errors import LeakScopeError

#: In the order a responder needs them; the rest follow by name.
_ORDER = ("demo", "identify", "assess", "secrets", "people", "decide", "report", "explain", "scan", "redact")


def module_names() -> list[str]:
    """Names of all commands, the usual way through them first."""
    found = {module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")}
    return [name for name in _ORDER if name in found] + sorted(found - set(_ORDER))


class _Commands(click.Group):
    """Imports a command's module only when that command is asked for, so that `--help` stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return module_names()

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in module_names():
            return None
        found: click.Command = importlib.import_module(f"{__name__}.{cmd_name}").command
        return found

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        near = difflib.get_close_matches(args[0], module_names(), 1) if args and args[0] not in module_names() else []
        if near:
            ctx.fail(f"There is no command {args[0]!a}. Did you mean {near[0]}?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, command.get_short_help_str(120)) for name in module_names() if (command := self.get_command(ctx, name))]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="leakscope")
def cli() -> None:
    """
    From a sample of exposed records to the impact summary and the breach-notification decisions.

    Reads evidence on this machine only; nothing is sent anywhere. Start with: leakscope demo
    """


def main() -> None:
    """
    Run the command line and exit with the code that the contract gives each outcome.

    Errors of ours print their message and hint, the system's what it refused; anything else prints its type only, because its text
    may quote evidence.
    """
    try:
        code = cli.main(standalone_mode=False, prog_name="leakscope")
        sys.stdout.flush()
    except LeakScopeError as error:
        _complain(str(error))
        sys.exit(error.exit_code)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _complain("Interrupted; nothing that was finished is lost. An assessment is taken up by the same command with the same --case.")
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        _complain(f"{_refusal(error)}\nHint: see that there is room and that you may read and write there; what was begun is taken up by the same command.")
        sys.exit(2)
    except Exception as error:
        place = _place(error)
        _complain(f"A defect in LeakScope: {type(error).__name__} in {place}.\nHint: the error's text is not shown, because it may quote the evidence.")
        sys.exit(5)
    sys.exit(code if isinstance(code, int) else 0)


def _refusal(error: OSError) -> str:
    """What the system refused, in its own words; the name of the file is not shown, because it may be data."""
    return f"The system refused: {os.strerror(error.errno) if error.errno else type(error).__name__} (in {_place(error)})."


def _place(error: BaseException) -> str:
    trace, place = error.__traceback__, "an unknown place"
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "")
        if module.startswith("leakscope"):
            place = f"{module}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _complain(text: str) -> None:
    Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(text, style="bold red" if "defect" in text else None)
