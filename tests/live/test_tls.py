"""The certificate of the page."""

import os
import ssl
from datetime import datetime, timezone
from pathlib import Path

import pytest
import trustme

from edgebreed.errors import InputError
from edgebreed.live.tls import server_context

from .certificates import certificate, encrypted


def test_a_certificate_and_its_key_serve_tls_1_2_and_newer(tmp_path: Path) -> None:
    """Without either there is no TLS."""
    context = server_context(*certificate(tmp_path))
    assert context is not None
    assert ssl.TLSVersion.TLSv1_2 == context.minimum_version
    assert server_context(None, None) is None


@pytest.mark.parametrize("given", [("--tls-cert", 0), ("--tls-key", 1)])
def test_one_without_the_other_is_refused(given: tuple[str, int]) -> None:
    """The message names both."""
    files: list[Path | None] = [None, None]
    files[given[1]] = Path("a.pem")
    with pytest.raises(InputError, match="--tls-cert and --tls-key belong together: give both or none"):
        server_context(*files)


@pytest.mark.parametrize(
    ("cert", "key", "message"),
    [
        ("gone.pem", "localhost.key", "cannot read --tls-cert .*gone.pem: No such file .*: give PEM files"),
        ("localhost.pem", "", "--tls-key .* is no regular file: give PEM files"),
        ("localhost.pem", "pipe", "--tls-key .*pipe is no regular file: give PEM files"),
        (
            "empty",
            "localhost.key",
            "cannot use --tls-cert .*empty with --tls-key .*: one of them is no PEM",
        ),
        ("localhost.pem", "empty", "cannot use --tls-cert .*: one of them is no PEM: give PEM files"),
        ("localhost.key", "localhost.pem", "cannot use --tls-cert .*: .*: give PEM files"),
        ("localhost.pem", "other.key", "--tls-key .*other.key belongs to another certificate"),
        ("localhost.pem", "localhost.encrypted", "--tls-key .* is encrypted: .* `openssl pkey -in KEY -out"),
        ("localhost.pem", "rsa.key", "--tls-key .*rsa.key belongs to another certificate"),
        (
            "new.pem",
            "new.key",
            "new.pem: certificate is not yet valid( or .*)?: renew it, or set this machine's",
        ),
        ("old.pem", "old.key", "old.pem: certificate has expired: renew it, or set this machine's clock"),
    ],
)
def test_files_that_cannot_serve_are_refused(tmp_path: Path, cert: str, key: str, message: str) -> None:
    """In one line, with what to do; nothing is asked on the terminal."""
    encrypted(certificate(tmp_path)[1])
    certificate(tmp_path, "other")
    certificate(tmp_path, "rsa", key_type=trustme.KeyType.RSA)
    certificate(tmp_path, "old", not_after=datetime(2020, 1, 1, tzinfo=timezone.utc))
    certificate(tmp_path, "new", not_before=datetime(2100, 1, 1, tzinfo=timezone.utc))
    (tmp_path / "empty").touch()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match=message) as error:
        server_context(tmp_path / cert, tmp_path / key)
    assert "\n" not in str(error.value)
