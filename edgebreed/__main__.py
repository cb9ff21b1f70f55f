"""`python -m edgebreed`."""

from edgebreed.cli import main

main()
