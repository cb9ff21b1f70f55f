"""Studies: programs that answer one question each. They run from a checkout and are not installed.

`python -m edgebreed.benchmarks.studies.NAME --help`; README.md lists them.
"""
