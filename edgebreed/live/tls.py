"""The certificate of the live page."""

import ssl
from pathlib import Path

from edgebreed.errors import InputError

_GIVE_PEM = "give PEM files"
_GIVE_OTHER = "give one that was made for a server"
_EXPORT = "export it with `openssl pkey -in KEY -out NEW`"
_MISMATCH = ("KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH", "NO_CERTIFICATE_ASSIGNED")
_NOT_TODAY = (9, 10)  # X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED


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
        if path.exists() and not path.is_file():  # a pipe cannot be read twice, as it is here
            raise InputError(f"{option} {path} is no regular file: {_GIVE_PEM}")
        path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {option} {path}: {error.strerror}: {_GIVE_PEM}") from error


def _loaded(cert: Path, key: Path) -> ssl.SSLContext:
    def no_password() -> str:  # without it, OpenSSL would ask on the terminal
        raise InputError(f"--tls-key {key} is encrypted: {_EXPORT}")

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(cert, key, no_password)
    except ssl.SSLError as error:
        raise InputError(_refusal(cert, key, error.reason)) from error
    return context


def _refusal(cert: Path, key: Path, reason: str | None) -> str:
    """What OpenSSL's reason means, which it leaves out where a file is no PEM."""
    if reason in _MISMATCH:
        return f"--tls-key {key} belongs to another certificate than --tls-cert {cert}: give its own key"
    pair = f"cannot use --tls-cert {cert} with --tls-key {key}"
    if reason is None or reason.startswith(("PEM", "NO_START_LINE")):
        return f"{pair}: one of them is no PEM: {_GIVE_PEM}"
    return f"{pair}: {reason.replace('_', ' ').lower()}: make another pair"


def _prove(context: ssl.SSLContext, cert: Path) -> None:
    """Shakes hands with a client that trusts this very certificate, so that only its own faults count."""
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname = False
    trusting.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        trusting.load_verify_locations(cert)
        client = trusting.wrap_bio(to_client, to_server)
        server = context.wrap_bio(to_server, to_client, server_side=True)
        for side in (client, server, client, server):
            _step(side)
    except ssl.SSLCertVerificationError as error:
        timely = "renew it, or set this machine's clock" if error.verify_code in _NOT_TODAY else _GIVE_OTHER
        raise InputError(f"--tls-cert {cert}: {error.verify_message}: {timely}") from error
    except ssl.SSLError as error:
        raise InputError(f"--tls-cert {cert} does not work: {error.reason}: {_GIVE_OTHER}") from error


def _step(side: ssl.SSLObject) -> None:
    try:
        side.do_handshake()
    except ssl.SSLWantReadError:
        return
