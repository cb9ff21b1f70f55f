"""The program: `edgebreed` and `python -m edgebreed`."""

from edgebreed.signals import exit_on_signals


def main() -> None:
    """Loads the command line, which takes a moment in which it can be interrupted too, and runs it."""
    exit_on_signals()
    from edgebreed.opencv import load_opencv

    load_opencv()
    from edgebreed import cli

    cli.main()


if __name__ == "__main__":
    main()
