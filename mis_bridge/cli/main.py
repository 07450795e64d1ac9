"""The `mis-bridge` command: finds the verb's module only when the verb is used."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from mis_bridge.cli.frame import translate_frame
from mis_bridge.cli.verbs import VERBS
from mis_bridge.cli.words import UNUSABLE, CommandFailed, both, tell
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words


class Verbs(click.Group):
    """A group that imports a verb's module when the verb is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every verb, in the order of the alphabet."""
        return sorted({*VERBS, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the verb's command, or None for an unknown verb."""
        if cmd_name not in VERBS:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = VERBS[cmd_name].target.partition(":")
        command = getattr(import_module(module), attribute)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs from their table, so that `--help` imports none of them."""
        del ctx
        with formatter.section(both("Verbs", "Berfau")):
            formatter.write_dl(
                [(name, both(verb.help.en, verb.help.cy)) for name, verb in sorted(VERBS.items())]
            )


@click.group(
    cls=Verbs,
    help=both(
        "Carries Welsh additional learning needs law inside a school's MIS.\n\n"
        "Example: mis-bridge explain cases.json",
        "Yn rhoi cyfraith anghenion dysgu ychwanegol Cymru ar waith ym MIS yr ysgol.\n\n"
        "Enghraifft: mis-bridge explain achosion.json",
    ),
)
@click.option(
    "--config",
    type=click.Path(dir_okay=False),
    envvar="MIS_BRIDGE_CONFIG",
    help=both("Settings file (TOML).", "Ffeil gosodiadau (TOML)."),
)
@click.option(
    "--debug",
    is_flag=True,
    help=both("Show the traceback of a failure.", "Dangos olrhain gwall."),
)
@click.pass_context
def cli(ctx: click.Context, config: str | None, *, debug: bool) -> None:
    """Hold what every verb shares."""
    ctx.obj = {"config": config, "debug": debug}


def _one_line(problem: click.ClickException) -> Words:
    """Say what was wrong with the words of a command, and where its help is, in one line."""
    context = problem.ctx if isinstance(problem, click.UsageError) else None
    path = context.command_path if context else "mis-bridge"
    what = " ".join(problem.format_message().split())
    return Words(f"{what} See: {path} --help", f"{what} Gweler: {path} --help")


def main() -> None:
    """Run the command; a person never meets a traceback unless `--debug` asks for it."""
    translate_frame()
    debug = "--debug" in sys.argv
    try:
        code = cli.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as problem:
        tell(_one_line(problem))
        sys.exit(UNUSABLE)
    except click.Abort:
        sys.exit(130)
    except CommandFailed as problem:
        if debug:
            raise
        tell(problem.words)
        sys.exit(problem.exit_code)
    except Problem as problem:
        if debug:
            raise
        tell(problem.words)
        sys.exit(UNUSABLE)
    except Exception as fault:  # the last door: a traceback could show a pupil
        if debug:
            raise
        tell(
            Words(
                f"mis-bridge stopped on a fault of its own ({type(fault).__name__}); "
                "run again with --debug for the details, which may show pupils' data",
                f"stopiodd mis-bridge oherwydd nam mewnol ({type(fault).__name__}); "
                "rhedwch eto gyda --debug am y manylion, a all ddangos data disgyblion",
            )
        )
        sys.exit(UNUSABLE)
