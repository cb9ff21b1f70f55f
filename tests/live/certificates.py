"""Certificates of a server, made for a test."""

from pathlib import Path
from typing import Any

import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)


def certificate(folder: Path, name: str = "localhost", **settings: Any) -> tuple[Path, Path]:
    """PEM files of a certificate and its key; the settings are those of trustme."""
    issued = trustme.CA().issue_cert(name, **settings)
    cert, key = folder / f"{name}.pem", folder / f"{name}.key"
    cert.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(key)
    return cert, key


def encrypted(key: Path) -> Path:
    """The same key under a password, beside it."""
    private = load_pem_private_key(key.read_bytes(), None)
    path = key.with_suffix(".encrypted")
    path.write_bytes(
        private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"password"))
    )
    return path
