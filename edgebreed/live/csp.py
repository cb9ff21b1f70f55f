"""Content-Security-Policy: what a browser may load for a page of edgebreed."""

import base64
import hashlib
import re


def content_security_policy(html: str) -> str:
    """The policy of a self-contained page: its own inline style and script by their digests, nothing else.

    Injected text can then run, load and send nothing (W3C Content Security Policy Level 3).
    """
    sources = {tag: " ".join(_digests(html, tag)) or "'none'" for tag in ("style", "script")}
    return "; ".join(
        (
            "default-src 'none'",
            "img-src 'self' data:",
            "connect-src 'self'",
            f"style-src {sources['style']}",
            f"script-src {sources['script']}",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def _digests(html: str, tag: str) -> list[str]:
    inline = re.findall(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
    return [
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in inline
    ]
