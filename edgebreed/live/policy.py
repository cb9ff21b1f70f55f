"""What a browser may load for a page of ours: the page itself, and nothing from elsewhere."""

import base64
import hashlib
import re


def content_policy(html: str) -> str:
    """The Content-Security-Policy of a page: its own inline style and script by their digests.

    Injected text can then neither run nor load or send anything. Rule: Content Security Policy Level 3, W3C.
    """
    allowed = {kind: " ".join(_digests(html, kind)) or "'none'" for kind in ("style", "script")}
    return "; ".join(
        (
            "default-src 'none'",
            "img-src 'self' data:",
            "connect-src 'self'",
            f"style-src {allowed['style']}",
            f"script-src {allowed['script']}",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def _digests(html: str, kind: str) -> list[str]:
    inline = re.findall(f"<{kind}>(.*?)</{kind}>", html, re.DOTALL)
    return [
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in inline
    ]
