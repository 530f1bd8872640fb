"""Every payload that GitHub gives as an example is answered, and none with a mistake of ours."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.fake_github import descriptions


@pytest.fixture(scope="module")
def examples():
    try:
        known = descriptions.examples()
    except descriptions.UnobtainableError as missing:
        descriptions.demand_in_ci(missing)
        pytest.skip(str(missing))
    return [(one["name"], payload) for one in known for payload in one["examples"]]


def test_no_example_of_githubs_is_refused_or_a_mistake(hook, examples):
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda one: hook.send(one[1], one[0]), examples))

    wrong = [
        (event, answer.status_code, answer.text)
        for (event, _), answer in zip(examples, answers, strict=True)
        if answer.status_code != 202
    ]
    assert not wrong
    assert {answer.json()["status"] for answer in answers} == {"accepted", "ignored"}
