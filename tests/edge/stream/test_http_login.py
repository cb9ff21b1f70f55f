"""Answers to servers that ask for a login."""

from urllib.request import Request

import pytest

from edgebreed.edge.stream.http_login import authorization

REQUEST = Request("rtsp://cam/live", method="DESCRIBE")
NTLM, BASIC, DIGEST = "NTLM", 'Basic realm="x"', 'Digest realm="x", nonce="n"'


@pytest.mark.parametrize(
    ("challenges", "begin"),
    [
        ([BASIC], "Basic bWU6cEBzcw=="),
        ([NTLM, BASIC], "Basic "),
        ([DIGEST, BASIC], 'Digest username="me", realm="x", nonce="n"'),
        (['digest realm="x", nonce="n", algorithm=SHA-512', BASIC], "Basic "),
    ],
)
def test_the_first_challenge_that_can_be_answered_is(challenges: list[str], begin: str) -> None:
    """The login is decoded."""
    header = authorization("me:p%40ss", challenges, REQUEST)
    assert header is not None
    assert header.startswith(begin)


@pytest.mark.parametrize(
    "challenge",
    [NTLM, "", "Digest", 'Digest realm="x"', "Digest =,", 'Digest realm="x", nonce="n", qop="auth-int"'],
)
def test_other_challenges_have_no_answer(challenge: str) -> None:
    """Nor have damaged ones."""
    assert authorization("me:p", [challenge], REQUEST) is None
