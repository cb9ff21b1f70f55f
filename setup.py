"""README as a package registry can show it, whose pages follow no links into the repository."""

import re
from pathlib import Path

from setuptools import setup

REPOSITORY = "https://github.com/edgebreed/edgebreed"


def absolute(readme: str) -> str:
    """README with its pictures and links to files as addresses."""
    pictures = r'(!\[[^\]]*\]\(|src="|srcset=")(?=docs/)'
    readme = re.sub(pictures, rf"\1{REPOSITORY}/raw/main/", readme)
    return re.sub(
        r"(?<!!)(\[[^\]]*\]\()(?!https?:|#|docs/pictures)(?=[\w.])", rf"\1{REPOSITORY}/blob/main/", readme
    )


setup(
    long_description=absolute((Path(__file__).parent / "README.md").read_text("utf-8")),
    long_description_content_type="text/markdown",
)
