"""Who does not speak HTTP as GitHub does is answered or left, and others do not notice."""

from __future__ import annotations

import contextlib
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from tasks.core.inbound.signature import signature
from tests.deployments.webhook.hooking import SECRET

BODY = b'{"zen": "Speak like a human."}'
SIGNED = signature(BODY, SECRET.encode()).encode()


def head(*more, method=b"POST", signed=SIGNED):
    lines = [
        method + b" /github/webhook HTTP/1.1",
        b"Host: h",
        b"Content-Type: application/json",
        b"X-GitHub-Event: ping",
        b"X-GitHub-Delivery: 1",
        b"X-Hub-Signature-256: " + signed,
        *more,
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def length(size):
    return b"Content-Length: %d" % size


CLOSE = b"Connection: close"
CHUNKED = b"Transfer-Encoding: chunked"


@pytest.fixture(autouse=True)
def _answers_others(hook):
    yield
    assert hook.get("/health").status_code == 200
    assert not any("Traceback" in line for line in hook.lines)


def status(said):
    return said.split(b" ", 2)[1] if said else b""


def test_pieces_and_chunks_are_as_good_as_the_whole(hook):
    assert status(hook.raw(head(length(len(BODY)), CLOSE) + BODY)) == b"202"
    single = [b"1\r\n%c\r\n" % byte for byte in BODY]
    assert status(hook.raw(head(CHUNKED, CLOSE), *single, b"0\r\n\r\n")) == b"202"


@pytest.mark.parametrize("signed", [b"sha256=\xe4\xf6\xfc", b"\xff" * 71, b"sha256=" + b"a" * 9000])
def test_a_signature_of_any_bytes_is_wrong_and_no_more(hook, signed):
    assert status(hook.raw(head(length(len(BODY)), CLOSE, signed=signed) + BODY)) == b"401"


def test_two_signatures_are_none(hook):
    twice = head(length(len(BODY)), CLOSE, b"X-Hub-Signature-256: " + SIGNED)
    assert status(hook.raw(twice + BODY)) == b"401"


def test_a_length_that_is_too_large_is_refused_before_its_body(hook):
    assert status(hook.raw(head(length(25 * 1024 * 1024 + 1)))) == b"413"
    assert status(hook.raw(head(length(10**30)))) in {b"413", b"400"}


def test_a_body_without_a_length_is_refused_when_it_is_too_large(hook):
    chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    assert status(hook.raw(head(CHUNKED), *[chunk] * 26)) == b"413"


def test_a_body_that_is_shorter_than_it_says_is_refused(hook):
    said = hook.raw(head(length(len(BODY) + 1)) + BODY, end=True)
    assert status(said) in {b"", b"400"}


def test_a_body_that_is_longer_than_it_says_is_cut_there(hook):
    said = hook.raw(head(length(len(BODY))) + BODY + b"more of it\r\n\r\n")
    assert said.count(b"HTTP/1.1") == 2
    assert status(said) == b"202"
    assert b"HTTP/1.1 400" in said


@pytest.mark.parametrize(
    "said",
    [
        b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"POST /github/webhook HTTP/9.9\r\n\r\n",
        head(b"Content-Length: -1"),
        head(b"Content-Length: 1", b"Content-Length: 2"),
        head(b"Content-Length: 5", CHUNKED),
        head(CHUNKED) + b"zz\r\n",
        head(b"X-Bad\x00Name: 1"),
        b"POST /\xff HTTP/1.1\r\nHost: h\r\n\r\n",
        head(b"Upgrade: websocket", b"Connection: upgrade", length(0), CLOSE),
    ],
)
def test_what_is_no_http_is_refused_or_left(hook, said):
    answered = hook.raw(said, end=True)
    assert status(answered) in {b"", b"400", b"401", b"404"}
    assert b"Traceback" not in answered


def test_a_bomb_of_headers_is_refused(hook):
    many = [b"X-%d: %s" % (number, b"x" * 1000) for number in range(5000)]
    assert status(hook.raw(head(*many))) in {b"", b"400"}
    assert status(hook.raw(head(b"X-Long: " + b"x" * 10_000_000))) in {b"", b"400"}


def test_who_sends_nothing_or_half_is_left_after_a_while_and_holds_up_nobody(hook):
    host, _, port = hook.url.removeprefix("http://").partition(":")
    halves = [b"", b"POST /github/web", head(length(100)) + b"{", head(length(5), signed=b"x")]
    with contextlib.ExitStack() as stack:
        lines = [
            stack.enter_context(socket.create_connection((host, int(port)), timeout=60))
            for _ in range(40)
        ]
        for number, line in enumerate(lines):
            line.sendall(halves[number % len(halves)])

        assert hook.get("/health").status_code == 200
        assert status(hook.raw(head(length(len(BODY)), CLOSE) + BODY)) == b"202"
        ends = [status(_rest(line)) for line in lines]

    assert set(ends[0::4]) == set(ends[1::4]) == {b""}
    assert set(ends[2::4]) == {b"408"}


def _rest(line):
    said = b""
    with contextlib.suppress(ConnectionResetError):
        while read := line.recv(65536):
            said += read
    return said


def test_a_crowd_is_answered(hook):
    def one(_):
        return status(hook.raw(head(length(len(BODY)), CLOSE) + BODY))

    with ThreadPoolExecutor(40) as threads:
        assert set(threads.map(one, range(400))) == {b"202"}
