"""What is answered to deliveries, and to what is none."""

from __future__ import annotations

import httpx
import pytest

from tests.deployments.webhook.hooking import PATH, pull_request

ALIVE = {"status": "alive", "reason": "it answers"}


def answer(response):
    assert response.headers["content-type"] == "application/json"
    said = response.json()
    assert set(said) == {"status", "reason"}
    assert "Traceback" not in response.text
    return response.status_code, said["status"], said["reason"]


def test_a_ping_is_ignored_with_its_reason(hook):
    code, status, reason = answer(hook.send({"zen": "Design for failure."}, "ping"))
    assert (code, status) == (202, "ignored")
    assert "pong" in reason


@pytest.mark.parametrize("event", ["push", "star", "an_event_of_tomorrow"])
def test_what_we_do_not_act_on_is_ignored_and_named(hook, event):
    code, status, reason = answer(hook.send({"action": "created"}, event))
    assert (code, status) == (202, "ignored")
    assert event in reason


def test_a_delivery_is_accepted_once(hook):
    first = hook.send(pull_request(101), id_="first-of-all")
    again = hook.send(pull_request(101), id_="first-of-all")
    other = hook.send(pull_request(101), id_="second")

    assert answer(first)[:2] == (202, "accepted")
    assert answer(again)[:2] == (202, "known")
    assert answer(other)[:2] == (202, "accepted")


@pytest.mark.parametrize(
    ("headers", "code", "text"),
    [
        ({"x_hub_signature_256": ""}, 401, "X-Hub-Signature-256 is missing"),
        ({"x_hub_signature_256": "sha256=" + "0" * 64}, 401, "not made with our secret"),
        ({"x_hub_signature_256": "sha1=0"}, 401, "not made with our secret"),
        ({"secret": "another secret"}, 401, "not made with our secret"),
        ({"x_github_event": ""}, 400, "X-GitHub-Event is missing"),
        ({"x_github_delivery": "no id; at all"}, 400, "X-GitHub-Delivery is none"),
        ({"content_type": "application/x-www-form-urlencoded"}, 415, "application/json"),
        ({"content_type": ""}, 415, "application/json"),
        ({"event": "Push!"}, 400, "X-GitHub-Event is none"),
    ],
)
def test_what_is_not_githubs_is_refused_with_what_is_wrong(hook, headers, code, text):
    found = answer(hook.send(pull_request(102), **headers))
    assert found[:2] == (code, "refused")
    assert text in found[2]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"action": "\\ud800"}',
        b'{"action": "opened", "pull_request": ' + b"9" * 5000 + b"}",
        b"payload=%7B%7D",
    ],
)
def test_what_is_signed_but_no_payload_is_malformed(hook, body):
    code, status, reason = answer(hook.send(body))
    assert (code, status) == (400, "refused")
    assert reason


def test_a_large_payload_is_read_and_what_is_larger_than_githubs_largest_is_not(hook):
    large = pull_request(103) | {"more": "x" * 2_000_000}
    assert answer(hook.send(large))[:2] == (202, "accepted")

    code, status, reason = answer(hook.send(b"x" * (25 * 1024 * 1024 + 1), "push"))
    assert (code, status) == (413, "refused")
    assert "26,214,400" in reason


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [("GET", PATH, 405), ("PUT", PATH, 405), ("POST", "/", 404), ("GET", "/docs", 404)],
)
def test_other_ways_in_are_refused(hook, method, path, code):
    response = httpx.request(method, f"{hook.url}{path}")
    assert answer(response)[:2] == (code, "refused")
    assert ("allow" in response.headers) == (code == 405)


def test_it_says_that_it_is_alive(hook):
    assert hook.get("/health").json() == ALIVE


def test_each_delivery_that_goes_no_further_is_one_line_of_the_log(hook):
    hook.send({}, "a_line_in_the_log")
    hook.send({}, "a_line_that_lies", x_hub_signature_256="sha256=x\x1b[31m".strip())
    hook.until(hook.said("a_line_in_the_log: ignored: "))
    hook.until(hook.said("somebody: refused: "))
    assert not any("a_line_that_lies" in line or "\x1b" in line for line in hook.lines)
