"""The certificate of the live page."""

import ssl
from pathlib import Path

from edgebreed.errors import InputError

_EXPORT = "export it with `openssl pkey -in KEY -out NEW`"


def server_context(cert: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """The TLS settings of a server: TLS 1.2 or newer, and a certificate that is proved by a handshake.

    Args:
        cert: PEM file of the certificate, followed by those of intermediate authorities.
        key: PEM file of its private key, without a password.

    Returns:
        None without files.

    Raises:
        InputError: one file is missing, unreadable, encrypted or no PEM, they do not belong together, or the
            certificate is not valid today.
    """
    if cert is None and key is None:
        return None
    if cert is None or key is None:
        raise InputError("--tls-cert and --tls-key belong together: give both or none")
    for option, path in (("--tls-cert", cert), ("--tls-key", key)):
        _refuse_unreadable(option, path)
    context = _loaded(cert, key)
    _prove(context, cert)
    return context


def _refuse_unreadable(option: str, path: Path) -> None:
    try:
        if path.exists() and not path.is_file():  # it is read more than once, which a pipe does not bear
            raise InputError(f"{option} {path} is no regular file: give a PEM file")
        with path.open("rb"):
            pass
    except OSError as error:
        raise InputError(f"cannot read {option} {path}: {error.strerror}: give a PEM file") from error


def _loaded(cert: Path, key: Path) -> ssl.SSLContext:
    def no_password() -> str:  # without it, OpenSSL would ask on the terminal
        raise InputError(f"--tls-key {key} is encrypted: {_EXPORT}")

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(cert, key, no_password)
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None)
        if reason in ("KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH"):
            raise InputError(
                f"--tls-key {key} belongs to another certificate than --tls-cert {cert}: give its own key"
            ) from error
        said = "no PEM certificate and private key" if reason is None else reason.replace("_", " ").lower()
        raise InputError(
            f"cannot use --tls-cert {cert} with --tls-key {key}: {said}: give PEM files"
        ) from error
    return context


def _prove(context: ssl.SSLContext, cert: Path) -> None:
    """Shakes hands with a client that trusts this very certificate, so that only its own faults count."""
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname = False
    trusting.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    trusting.load_verify_locations(cert)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(to_client, to_server)
    server = context.wrap_bio(to_server, to_client, server_side=True)
    try:
        for side in (client, server, client, server):
            _step(side)
    except ssl.SSLCertVerificationError as error:
        raise InputError(
            f"--tls-cert {cert}: {error.verify_message}: renew it, or set this machine's clock"
        ) from error
    except ssl.SSLError as error:
        raise InputError(f"--tls-cert {cert} does not work: {error.reason}: give another one") from error


def _step(side: ssl.SSLObject) -> None:
    try:
        side.do_handshake()
    except ssl.SSLWantReadError:
        return
