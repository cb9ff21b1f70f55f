"""A command that takes arguments of its own and also has sub-commands."""

from typing import Any

from typer.core import TyperGroup

_NAMED = "edgebreed.named"


class CommandWithSubcommands(TyperGroup):
    """Runs its own callback unless the first word names a sub-command.

    So `bench photos --json` measures and `bench compare a b` compares. A folder that bears a sub-command's
    name is meant by `./compare`.
    """

    allow_interspersed_args = True  # a plain group would take no option behind an argument

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Keeps a sub-command's words for `invoke`; else reads its own arguments."""
        if args and args[0] in self.commands:
            ctx.meta[_NAMED] = args
            return super().parse_args(ctx, [])
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Runs the sub-command that was named, or its own callback."""
        if _NAMED not in ctx.meta:
            return super().invoke(ctx)
        name, *words = ctx.meta[_NAMED]
        command = self.commands[name]
        with command.make_context(f"{ctx.info_name} {name}", words, parent=ctx.parent) as inner:
            return command.invoke(inner)
