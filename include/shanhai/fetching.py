"""Fetches a publication over http(s), politely and within bounds; nothing is kept of an answer that is not whole."""

import email.utils
import ipaddress
import socket
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx

# What servers call the carriers; publishers' servers often call everything a stream of bytes.
_ANYTHING = frozenset({"application/octet-stream", "binary/octet-stream"})
MEDIA_TYPES = {
    "csv": _ANYTHING | {"text/csv", "text/plain", "application/csv", "application/vnd.ms-excel"},
    "xlsx": _ANYTHING | {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/zip"},
    "html": _ANYTHING | {"text/html", "application/xhtml+xml", "application/vnd.ms-excel"},
    "text": _ANYTHING | {"text/plain"},
}
_WORTH_ANOTHER_TRY = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEADERS = {"User-Agent": "shanhai (statistics warehouse)", "Accept-Encoding": "identity"}
_last_request: dict[str, float] = {}


class FetchError(OSError):
    """An address that does not give a publication; names the address and why."""


class _PassingError(Exception):
    """A failure that another try may mend."""

    def __init__(self, problem: str, wait: float | None = None) -> None:
        super().__init__(problem)
        self.wait = wait


@dataclass(frozen=True)
class FetchPolicy:
    """Bounds of a fetch; no media types means any."""

    media_types: frozenset[str] = field(default_factory=frozenset)
    max_bytes: int = 256 * 2**20
    attempts: int = 4
    first_wait: float = 1.0  # seconds, doubled for each further try
    longest_wait: float = 60.0
    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    deadline: float = 300.0  # seconds for one try, however steadily the bytes drip
    redirects: int = 5
    pause_per_host: float = 1.0
    allow_private: bool = False


@dataclass(frozen=True)
class Validators:
    """What the server said of the bytes that are known already."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True)
class Fetched:
    """A whole answer; `is_modified` is false when the server says that the known bytes still hold."""

    url: str
    content: bytes
    media_type: str
    validators: Validators
    is_modified: bool = True


def fetch(url: str, policy: FetchPolicy | None = None, known: Validators | None = None) -> Fetched:
    """The publication at `url`; raises FetchError when it cannot be had whole within the policy."""
    policy = policy or FetchPolicy()
    wait = policy.first_wait
    for attempt in range(1, policy.attempts + 1):
        try:
            return _follow(url, policy, known or Validators())
        except (_PassingError, httpx.TransportError) as error:
            problem = str(error) or type(error).__name__
            asked = error.wait if isinstance(error, _PassingError) else None
            if attempt == policy.attempts:
                raise FetchError(f"{url}: {problem}, {attempt} times") from error
        time.sleep(min(max(asked or 0, wait), policy.longest_wait))
        wait *= 2
    raise FetchError(f"{url}: no attempt was allowed")


def _follow(url: str, policy: FetchPolicy, known: Validators) -> Fetched:
    """The answer at the end of the redirects."""
    timeout = httpx.Timeout(policy.read_timeout, connect=policy.connect_timeout)
    # Not trusting the environment keeps a proxy from connecting where the address check says no.
    with httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False, headers=_HEADERS) as client:
        here = url
        for _ in range(policy.redirects + 1):
            answer = _request(client, here, policy, known)
            if isinstance(answer, Fetched):
                return answer
            here = answer
    raise FetchError(f"{url}: more than {policy.redirects} redirects, the last to {here}")


def _request(client: httpx.Client, url: str, policy: FetchPolicy, known: Validators) -> Fetched | str:
    """One answer, or the address it points at."""
    target = _parsed(url)
    address = _resolved(target, policy.allow_private)
    _be_polite(target.host, policy.pause_per_host)
    # The checked address is the one connected to: a name that resolves otherwise a moment later changes nothing.
    request = client.build_request(
        "GET",
        target.copy_with(host=address),
        headers={"Host": target.netloc.decode("ascii"), **_conditions(known)},
        extensions={"sni_hostname": target.host},
    )
    response = client.send(request, stream=True)
    try:
        return _answer(response, url, policy, known)
    finally:
        response.close()


def _answer(response: httpx.Response, url: str, policy: FetchPolicy, known: Validators) -> Fetched | str:
    status = response.status_code
    if status in _REDIRECTS and "location" in response.headers:
        return str(httpx.URL(url).join(response.headers["location"]))
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    validators = Validators(response.headers.get("etag"), response.headers.get("last-modified"))
    if status == httpx.codes.NOT_MODIFIED and _conditions(known):
        return Fetched(url, b"", media_type, known, is_modified=False)
    if status in _WORTH_ANOTHER_TRY:
        raise _PassingError(f"the server answers {status}", _retry_after(response.headers.get("retry-after")))
    if status != httpx.codes.OK:
        raise FetchError(f"{url}: the server answers {status}")
    if policy.media_types and media_type not in policy.media_types:
        raise FetchError(f"{url}: is {media_type or 'of no type'}, not one of {', '.join(sorted(policy.media_types))}")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise FetchError(f"{url}: is sent packed, though plain bytes were asked for")
    return Fetched(url, _content(response, url, policy), media_type, validators)


def _content(response: httpx.Response, url: str, policy: FetchPolicy) -> bytes:
    announced = response.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > policy.max_bytes:
        raise FetchError(f"{url}: announces {announced} bytes, more than {policy.max_bytes}")
    content, end = bytearray(), time.monotonic() + policy.deadline
    for chunk in response.iter_raw():
        content += chunk
        if len(content) > policy.max_bytes:
            raise FetchError(f"{url}: is longer than {policy.max_bytes} bytes")
        if time.monotonic() > end:
            raise _PassingError(f"is not there after {policy.deadline:g} seconds")
    if announced.isdigit() and len(content) != int(announced):
        raise _PassingError(f"ends after {len(content)} of {announced} bytes")
    return bytes(content)


def _parsed(url: str) -> httpx.URL:
    try:
        target = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise FetchError(f"{url}: {error}") from error
    if target.scheme not in ("http", "https") or not target.host:
        raise FetchError(f"{url}: is no http(s) address")
    if target.userinfo:
        raise FetchError(f"{target.host}: an address with a password in it is not fetched")
    return target


def _resolved(target: httpx.URL, allow_private: bool) -> str:
    """An address of the host; raises FetchError when any of its addresses is not public and that is not allowed."""
    port = target.port or (443 if target.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(target.host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _PassingError(f"{target.host} does not resolve ({error})") from error
    addresses = [str(entry[4][0]) for entry in found]
    private = [each for each in addresses if not _is_public(each)]
    if private and not allow_private:
        raise FetchError(f"{target}: {target.host} is {private[0]}, an address of this network, not a public one")
    return addresses[0]


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None) or getattr(parsed, "sixtofour", None)
    return parsed.is_global and not parsed.is_multicast and (mapped is None or mapped.is_global)


def _be_polite(host: str, pause: float) -> None:
    """Leave a pause between two requests to one host."""
    earliest = _last_request.get(host, float("-inf")) + pause
    time.sleep(max(0.0, earliest - time.monotonic()))
    _last_request[host] = time.monotonic()


def _conditions(known: Validators) -> dict[str, str]:
    conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in conditions.items() if value}


def _retry_after(value: str | None) -> float | None:
    """Seconds that a server asks to wait, told as a number or as a date."""
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        return (email.utils.parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return None
