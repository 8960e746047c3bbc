"""Checks an audit pack with Python and `cryptography` alone: `python verify_pack.py PACK.zip [--key PUBLIC_KEY]`.

The signature covers the manifest; the manifest names every file by its SHA-256 and the Merkle root of the ledger. So
the verifier can name what was touched: the signature, a file, or the one entry of the ledger that was altered, dropped,
moved or dated back — also when somebody has computed the whole chain anew behind it.
"""

import argparse
import base64
import binascii
import hashlib
import json
import sys
import zipfile
from collections.abc import Iterator

ENTRY = ("position", "happened_at", "actor", "event", "content", "previous_sha256")
MANIFEST, SIGNATURE, LEDGER, LEAVES = "manifest.json", "signature.json", "ledger/ledger.jsonl", "ledger/leaves.txt"


class PackError(RuntimeError):
    """The pack was altered; the message names the part."""


def merkle_root(leaves: list[str]) -> str:
    """Root over hexadecimal leaves in order, after RFC 6962: leaves and nodes are hashed under different prefixes."""
    level = [hashlib.sha256(b"\x00" + bytes.fromhex(leaf)).digest() for leaf in leaves]
    if not level:
        return hashlib.sha256(b"").hexdigest()
    while len(level) > 1:
        paired = [hashlib.sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
        level = paired + ([level[-1]] if len(level) % 2 else [])
    return level[0].hex()


def verify(pack: zipfile.ZipFile, key: str | None = None) -> dict[str, object]:
    """The manifest of a pack that holds; raises PackError naming the part that does not."""
    names = pack.namelist()
    if len(set(names)) != len(names):
        raise PackError("a file stands in the pack twice")
    missing = {MANIFEST, SIGNATURE, LEDGER, LEAVES} - set(names)
    if missing:
        raise PackError(f"{sorted(missing)[0]} is missing")
    # The ledger comes first: where it was altered, its entry says more than the name of its file.
    leaves = pack.read(LEAVES).decode().split()
    _check_ledger(pack, leaves)
    manifest_bytes = pack.read(MANIFEST)
    _check_signature(manifest_bytes, json.loads(pack.read(SIGNATURE)), key)
    manifest: dict[str, object] = json.loads(manifest_bytes)
    files = manifest["files"]
    if not isinstance(files, dict):
        raise PackError("the manifest names no files")
    for name, digest in files.items():
        if name not in names:
            raise PackError(f"{name} is missing")
        if hashlib.sha256(pack.read(name)).hexdigest() != digest:
            raise PackError(f"{name} was altered")
    added = set(names) - set(files) - {MANIFEST, SIGNATURE}
    if added:
        raise PackError(f"{sorted(added)[0]} was added")
    if manifest["merkle_root"] != merkle_root(leaves) or manifest["ledger_entries"] != len(leaves):
        raise PackError("the ledger is not the one that was signed")
    return manifest


def _check_signature(manifest: bytes, signature: dict[str, str], key: str | None) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if key not in (None, signature["public_key"]):
        raise PackError("the pack was signed with another key than the one given")
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(signature["public_key"], validate=True))
        public.verify(base64.b64decode(signature["signature"], validate=True), manifest)
    except (InvalidSignature, ValueError, binascii.Error):
        raise PackError("the manifest is not what was signed") from None


def _check_ledger(pack: zipfile.ZipFile, leaves: list[str]) -> None:
    previous, moment, count = "0" * 64, "", 0
    for number, entry in enumerate(_entries(pack), 1):
        count = number
        parts = "\n".join(str(entry[name]) for name in ENTRY)
        seal = hashlib.sha256(parts.encode()).hexdigest()
        if entry["position"] != number:
            raise PackError(f"ledger entry {number} is missing; {entry['position']} stands in its place")
        if entry["entry_sha256"] != seal:
            raise PackError(f"ledger entry {number} ({entry['event']}) was altered")
        if number > len(leaves) or leaves[number - 1] != seal:
            raise PackError(f"ledger entry {number} ({entry['event']}) is not the one that was signed")
        if entry["previous_sha256"] != previous:
            raise PackError(f"ledger entry {number} does not follow the entry before it")
        if str(entry["happened_at"]) < moment:
            raise PackError(f"ledger entry {number} is dated before the entry before it")
        previous, moment = seal, str(entry["happened_at"])
    if count != len(leaves):
        raise PackError(f"ledger entry {count + 1} is missing; {len(leaves)} were signed")


def _entries(pack: zipfile.ZipFile) -> Iterator[dict[str, object]]:
    for number, line in enumerate(pack.read(LEDGER).decode().splitlines(), 1):
        try:
            yield json.loads(line)
        except ValueError:
            raise PackError(f"ledger line {number} is no entry") from None


def main() -> None:
    """Check the pack named on the command line; exits with a message that names what does not hold."""
    parser = argparse.ArgumentParser(description="Check an audit pack · 校验审计包")
    parser.add_argument("pack")
    parser.add_argument("--key", help="public key as it was handed over, base64 · 另行交付的公钥")
    asked = parser.parse_args()
    try:
        with zipfile.ZipFile(asked.pack) as pack:
            manifest = verify(pack, asked.key)
    except (PackError, zipfile.BadZipFile) as error:
        sys.exit(f"ALTERED · 已被改动: {error}")
    # The manifest is JSON whose seal has just held, so that its files are a mapping.
    print(f"{manifest['quarter']}: {len(manifest['files'])} files and {manifest['ledger_entries']} entries hold"  # type: ignore[arg-type]
          f" · 文件与条目完好  {manifest['merkle_root']}")  # fmt: skip


if __name__ == "__main__":
    main()
