"""Fetching from a real server on loopback that misbehaves: bounded, polite, whole or not at all."""

import functools
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from shanhai import fetching
from shanhai.fetching import MEDIA_TYPES, FetchError, FetchPolicy, Validators, fetch

BODY = "县,人口\n云和县,112635\n".encode()
QUICK: dict[str, Any] = {
    "media_types": MEDIA_TYPES["csv"], "attempts": 3, "first_wait": 0.01, "longest_wait": 0.05, "read_timeout": 0.3,
    "deadline": 0.5, "pause_per_host": 0.0, "allow_private": True, "max_bytes": 10_000,
}  # fmt: skip


class Misbehaving(BaseHTTPRequestHandler):
    """Answers by path; `seen` holds every request's path, time and headers."""

    seen: list[tuple[str, float, dict[str, str]]]

    def do_GET(self) -> None:
        self.seen.append((self.path, time.monotonic(), dict(self.headers)))
        count = sum(1 for path, _, _ in self.seen if path == self.path)
        getattr(self, self.path.strip("/").partition("/")[0])(count)

    def answer(self, status: int = 200, body: bytes = BODY, **headers: str) -> None:
        self.send_response(status)
        told = {"Content-Type": "text/csv; charset=utf-8", "Content-Length": str(len(body))}
        for name, value in (told | {k.replace("_", "-"): v for k, v in headers.items()}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def good(self, count: int) -> None:
        self.answer(ETag='"1"', Last_Modified="Mon, 01 Mar 2021 00:00:00 GMT")

    def conditional(self, count: int) -> None:
        known = self.headers.get("If-None-Match") == '"1"'
        self.answer(304, b"") if known else self.answer(ETag='"1"')

    def recovers(self, count: int) -> None:
        self.answer(500, b"") if count == 1 else self.answer()

    def busy(self, count: int) -> None:
        self.answer(503, b"", Retry_After="0") if count == 1 else self.answer()

    def down(self, count: int) -> None:
        self.answer(500, b"")

    def gone(self, count: int) -> None:
        self.answer(404, b"")

    def loop(self, count: int) -> None:
        self.answer(302, b"", Location="/loop")

    def moved(self, count: int) -> None:
        self.answer(301, b"", Location="/good/t.csv")

    def elsewhere(self, count: int) -> None:
        self.answer(302, b"", Location="file:///etc/hostname")

    def announced(self, count: int) -> None:
        self.answer(Content_Length="99999999")

    def endless(self, count: int) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/csv")
        self.end_headers()
        try:
            for _ in range(1000):
                self.wfile.write(b"x" * 1000)
        except OSError:
            pass

    def wrong(self, count: int) -> None:
        self.answer(Content_Type="image/jpeg")

    def packed(self, count: int) -> None:
        self.answer(Content_Encoding="gzip")

    def truncated(self, count: int) -> None:
        self.answer(Content_Length=str(len(BODY) + 10))

    def silent(self, count: int) -> None:
        time.sleep(0.8)

    def dripping(self, count: int) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/csv")
        self.end_headers()
        try:
            for _ in range(30):
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            pass

    def log_message(self, *arguments: object) -> None:
        """Nothing is written to the test's output."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    Misbehaving.seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Misbehaving)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def get(server: ThreadingHTTPServer, path: str, known: Validators | None = None, **changes: Any) -> fetching.Fetched:
    return fetch(f"http://127.0.0.1:{server.server_port}/{path}", FetchPolicy(**{**QUICK, **changes}), known)


def test_a_publication_is_fetched_whole(server: ThreadingHTTPServer) -> None:
    fetched = get(server, "good")
    assert (fetched.content, fetched.media_type) == (BODY, "text/csv")
    assert fetched.validators == Validators('"1"', "Mon, 01 Mar 2021 00:00:00 GMT")
    headers = Misbehaving.seen[0][2]
    assert headers["Host"] == f"127.0.0.1:{server.server_port}"
    assert headers["Accept-Encoding"] == "identity"


def test_known_bytes_are_not_fetched_again(server: ThreadingHTTPServer) -> None:
    first = get(server, "conditional")
    again = get(server, "conditional", first.validators)
    assert first.is_modified
    assert (again.is_modified, again.content, again.validators) == (False, b"", first.validators)


@pytest.mark.parametrize("path", ["recovers", "busy"])
def test_a_passing_failure_is_tried_again(server: ThreadingHTTPServer, path: str) -> None:
    assert get(server, path).content == BODY
    assert len(Misbehaving.seen) == 2


def test_waits_grow(server: ThreadingHTTPServer) -> None:
    with pytest.raises(FetchError, match="the server answers 500, 3 times"):
        get(server, "down", first_wait=0.1, longest_wait=1)
    first, second, third = (moment for _, moment, _ in Misbehaving.seen)
    assert second - first >= 0.1
    assert third - second >= 0.2


def test_redirects_are_followed_to_the_publication(server: ThreadingHTTPServer) -> None:
    fetched = get(server, "moved")
    assert fetched.content == BODY
    assert fetched.url.endswith("/good/t.csv")


@pytest.mark.parametrize(
    ("path", "expected", "requests"),
    [
        ("gone", "the server answers 404", 1),
        ("loop", "more than 5 redirects", 6),
        ("elsewhere", "is no http\\(s\\) address", 1),
        ("announced", "announces 99999999 bytes, more than 10000", 1),
        ("endless", "is longer than 10000 bytes", 1),
        ("wrong", "is image/jpeg, not one of .*text/csv", 1),
        ("packed", "is sent packed", 1),
        ("truncated", "3 times", 3),
        ("silent", "3 times", 3),
        ("dripping", "is not there after 0.5 seconds, 3 times", 3),
    ],
)
def test_what_is_not_a_whole_publication_is_refused(
    server: ThreadingHTTPServer, path: str, expected: str, requests: int
) -> None:
    with pytest.raises(FetchError, match=expected):
        get(server, path)
    assert len(Misbehaving.seen) == requests


def test_requests_to_one_host_keep_a_pause(server: ThreadingHTTPServer) -> None:
    get(server, "good", pause_per_host=0.2)
    get(server, "good", pause_per_host=0.2)
    (_, first, _), (_, second, _) = Misbehaving.seen
    assert second - first >= 0.19


def test_this_network_is_refused_unless_allowed(server: ThreadingHTTPServer) -> None:
    with pytest.raises(FetchError, match=r"127\.0\.0\.1, an address of this network"):
        get(server, "good", allow_private=False)
    assert Misbehaving.seen == []


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "192.168.1.1", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "100.64.0.1", "224.0.0.1"],  # noqa: S104
)
def test_private_addresses_are_refused_before_anything_is_sent(address: str) -> None:
    with pytest.raises(FetchError, match="an address of this network"):
        fetch(f"http://{address}/t.csv", FetchPolicy(attempts=1))


def test_a_name_is_judged_by_every_address_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(2, 1, 6, "", (address, 80)) for address in ("8.8.8.8", "127.0.0.1")]
    monkeypatch.setattr(fetching.socket, "getaddrinfo", lambda *a, **k: found)
    with pytest.raises(FetchError, match=r"bureau\.example is 127\.0\.0\.1"):
        fetch("http://bureau.example/t.csv", FetchPolicy(attempts=1))


def certificate(name: str, folder: Path) -> Path:
    """A self-signed certificate of a host with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "host.pem"
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(key.private_bytes(*plain) + signed.public_bytes(serialization.Encoding.PEM))
    return file


def test_the_certificate_is_checked_against_the_name_not_the_address(
    server: ThreadingHTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = certificate("bureau.example", tmp_path)
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(file)
    server.socket = own.wrap_socket(server.socket, server_side=True)
    trusting = ssl.create_default_context(cafile=str(file))
    monkeypatch.setattr(fetching.httpx, "Client", functools.partial(httpx.Client, verify=trusting))
    monkeypatch.setattr(
        fetching.socket, "getaddrinfo", lambda host, port, *a, **k: [(2, 1, 6, "", ("127.0.0.1", port))]
    )
    policy = FetchPolicy(**{**QUICK, "attempts": 1, "read_timeout": 5.0})
    assert fetch(f"https://bureau.example:{server.server_port}/good", policy).content == BODY
    with pytest.raises(FetchError, match="CERTIFICATE_VERIFY_FAILED"):
        fetch(f"https://other.example:{server.server_port}/good", policy)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("ftp://bureau.example/t.csv", "is no http"),
        ("http://user:word@bureau.example/", "an address with a password"),
        ("http://bureau.example:port/", "port"),
    ],
)
def test_other_addresses_are_refused(url: str, expected: str) -> None:
    with pytest.raises(FetchError, match=expected):
        fetch(url, FetchPolicy(attempts=1))


def test_a_name_that_does_not_resolve_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*arguments: object, **options: object) -> None:
        raise OSError("unknown name")

    monkeypatch.setattr(fetching.socket, "getaddrinfo", unknown)
    with pytest.raises(FetchError, match=r"bureau\.example does not resolve"):
        fetch("http://bureau.example/t.csv", FetchPolicy(attempts=1))
