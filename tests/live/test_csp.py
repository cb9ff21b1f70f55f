"""The Content-Security-Policy of the pages."""

import base64
import hashlib

import pytest

from edgebreed.live.csp import content_security_policy
from edgebreed.page_templates import render_page


def test_inline_parts_are_allowed_by_their_digests() -> None:
    """And nothing else."""
    digest = base64.b64encode(hashlib.sha256(b"let a;").digest()).decode()
    policy = content_security_policy("<script>let a;</script>").split("; ")
    assert f"script-src 'sha256-{digest}'" in policy
    assert "style-src 'none'" in policy
    assert "default-src 'none'" == policy[0]
    assert "unsafe" not in "".join(policy)


@pytest.mark.parametrize("name", ["live.html", "token.html"])
def test_pages_load_nothing_from_elsewhere(name: str) -> None:
    """No URL but the SVG namespace, no handler or style in an attribute."""
    text = render_page(name)
    assert not text.replace("http://www.w3.org/2000/svg", "").count("//www")
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert " style=" not in text
    assert " onclick=" not in text
