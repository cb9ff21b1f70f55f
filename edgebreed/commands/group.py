"""A command with its own arguments and with sub-commands."""

from typing import Any

from typer.core import TyperGroup

_SUBCOMMAND = "edgebreed.subcommand"


class CommandWithSubcommands(TyperGroup):
    """Runs its own callback unless the first word is the name of a sub-command.

    So `bench images --json` measures and `bench compare a b` compares. A folder that has the name of a
    sub-command must be written as `./compare`.
    """

    allow_interspersed_args = True  # a plain group accepts no options after arguments

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Stores the words of a sub-command for `invoke`; else parses its own arguments."""
        if args and args[0] in self.commands:
            ctx.meta[_SUBCOMMAND] = args
            return super().parse_args(ctx, [])
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Runs the sub-command, or its own callback."""
        if _SUBCOMMAND not in ctx.meta:
            return super().invoke(ctx)
        name, *words = ctx.meta[_SUBCOMMAND]
        command = self.commands[name]
        with command.make_context(f"{ctx.info_name} {name}", words, parent=ctx.parent) as inner:
            return command.invoke(inner)
