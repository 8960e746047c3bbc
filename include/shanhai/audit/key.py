"""The auditor's Ed25519 key: made once, kept outside the tree, readable by its account alone, never shown."""

import base64
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shanhai import settings


class SigningKeyError(RuntimeError):
    """The key file cannot be used; the message says why and never what is in it."""


@dataclass(frozen=True)
class Signature:
    """A signature and the public half of its key, both in base64."""

    public_key: str
    signature: str


def sign(message: bytes) -> Signature:
    """Sign bytes; the same bytes always give the same signature."""
    key = _key()
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return Signature(base64.b64encode(raw).decode(), base64.b64encode(key.sign(message)).decode())


def _file() -> Path:
    return Path(os.environ.get("SHANHAI_SIGNING_KEY") or settings.home() / "keys" / "signing.pem")


def _key() -> Ed25519PrivateKey:
    file = _file()
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return _key()
        with os.fdopen(handle, "wb") as written:
            written.write(made)
    if file.stat().st_mode & 0o077:
        raise SigningKeyError(f"{file} can be read by others than its account; give it mode 600")
    key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningKeyError(f"{file} holds no Ed25519 key")
    return key
