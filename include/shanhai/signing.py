"""The installation's Ed25519 key and what it signs: the head of the ledger, with what the signatory says.

The private key is made once, outside the tree, readable by its account alone; it is never shown and never logged.
"""

import base64
import getpass
import os
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shanhai import ledger, settings
from shanhai.seal import signed_bytes
from shanhai.settings import Role
from shanhai.warehouse.connection import connect, scalar


class SigningKeyError(RuntimeError):
    """The key file cannot be used; the message says why and never what is in it."""


@dataclass(frozen=True)
class SignOff:
    """A signature over the first `entries` entries of the ledger and a statement; key and signature in base64."""

    sign_off_id: int
    entries: int
    head_sha256: str
    statement: str
    public_key: str
    signature: str


def public_key() -> str:
    """The public half of the installation's key, base64 of its 32 bytes; what an auditor is given once, by hand."""
    raw = _key().public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def sign(message: bytes) -> str:
    """The installation's signature over a message, base64; `seal.check_signature` checks it."""
    return base64.b64encode(_key().sign(message)).decode()


def sign_off(statement: str, release_id: int | None = None, role: Role = "auditor") -> SignOff:
    """Verify the ledger, sign its head with the statement, and keep that in `ops.sign_offs`.

    Raises LedgerError when the ledger does not hold: what is altered is not signed.
    """
    verified = ledger.verify(role)
    signature = sign(signed_bytes(verified.entries, verified.head_sha256, statement))
    values = (verified.entries, verified.head_sha256, statement, public_key(), signature)
    with connect(role) as connection:
        sign_off_id = scalar(
            connection,
            """
            insert into ops.sign_offs
                (ledger_entries, head_sha256, statement, public_key, signature, release_id, signed_by)
            values (%s, %s, %s, %s, %s, %s, %s) returning sign_off_id
            """,
            (*values, release_id, getpass.getuser()),
        )
    return SignOff(int(sign_off_id), *values)


def _key() -> Ed25519PrivateKey:
    """The installation's key, made when there is none."""
    file = settings.signing_key_file()
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
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
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except (ValueError, UnsupportedAlgorithm):
        raise SigningKeyError(f"{file} holds no private key") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningKeyError(f"{file} holds no Ed25519 key")
    return key
