"""Credentials stay out of what is shown, logged and sent."""

import re

_USERINFO = re.compile(r"(\w://)\S*@")


def mask(text: str) -> str:
    """A text in which no address holds a user or a password: `rtsp://ann:pw@cam/1` gives `rtsp://cam/1`.

    Everything up to the last `@` of a word goes, since a password may itself hold `@` and `/`.
    """
    return _USERINFO.sub(r"\1", text)
