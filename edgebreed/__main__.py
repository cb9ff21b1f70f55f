"""`python -m edgebreed`, and the command `edgebreed`."""

from edgebreed.opencv import load_opencv


def main() -> None:
    """Starts the command line, also where OpenCV does not load."""
    load_opencv()
    from edgebreed.cli import main as run_command_line  # imports OpenCV

    run_command_line()


if __name__ == "__main__":
    main()
