"""Answers to servers that ask for a login."""

from urllib.request import Request

import pytest

from edgebreed.edge.stream.http_login import authorization, unsupported_login

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


@pytest.mark.parametrize(
    ("challenges", "unsupported"),
    [
        (['Digest realm="x", nonce="n", algorithm=SHA-256', "NTLM"], "SHA-256"),
        (['Digest algorithm = "sha-512-256"'], "SHA-512-256"),
        ([NTLM], "NTLM"),
        (['Digest realm="x", algorithm=SHA-256', BASIC], ""),
        ([DIGEST], ""),
        (['Digest realm="x", nonce="n", algorithm=MD5-sess'], ""),
        (["\x1b[31m x"], ""),
        ([], ""),
    ],
)
def test_a_login_that_ffmpeg_lacks_is_named(challenges: list[str], unsupported: str) -> None:
    """Unless there is another one among the challenges."""
    assert unsupported == unsupported_login(challenges)
