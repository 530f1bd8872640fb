"""The token is in no error and in no log, whatever happens."""

from __future__ import annotations

import contextlib
import logging
import pickle

import pytest

from tasks.forge.errors import Ambiguous, ForgeError, Unreachable
from tests.tasks.forge.scripted import Says
from tests.tasks.forge.wire import LOST, READS, TOKEN, UNAVAILABLE, WRITES, good

MISSING = Says(404, {"message": "Not Found"})
LOGGERS = ("github", "github.Requester", "urllib3", "requests", "httpx", "httpcore")


def clean(error):
    """Whether neither the error, nor what is kept of it, nor what lies behind has the token."""
    assert TOKEN not in str(error) + repr(error) + repr(vars(error))
    assert TOKEN.encode() not in pickle.dumps(error)
    behind = error.__context__ or error.__cause__
    # what the libraries raise holds the request, and so its headers
    return behind is None or (isinstance(behind, ForgeError) and clean(behind))


@pytest.mark.parametrize("does", READS + WRITES)
def test_no_error_has_the_token_in_it(script, wire, does):
    script.says(MISSING)

    with pytest.raises(ForgeError) as raised:
        does(wire)
    assert clean(raised.value)


@pytest.mark.parametrize("writes", WRITES)
@pytest.mark.parametrize("lost", LOST)
def test_no_lost_answer_has_the_token_in_it(script, wire, writes, lost):
    script.says(LOST[lost])

    with pytest.raises(Ambiguous) as raised:
        writes(wire)
    assert clean(raised.value)


@pytest.mark.slow
@pytest.mark.parametrize("reads", READS)
@pytest.mark.parametrize("lost", LOST)
def test_nothing_that_was_given_up_has_the_token_in_it(script, wire, reads, lost):
    script.says(*[LOST[lost]] * 9)

    with pytest.raises(Unreachable) as raised:
        reads(wire)
    assert clean(raised.value)


@pytest.mark.parametrize("does", READS + WRITES)
def test_no_log_has_the_token_in_it_also_where_everything_is_logged(script, wire, does, caplog):
    script.says(UNAVAILABLE, good(does))
    for name in LOGGERS:
        caplog.set_level(logging.DEBUG, name)
    caplog.set_level(logging.DEBUG)

    with contextlib.suppress(Ambiguous):
        does(wire)

    assert "api" in caplog.text
    assert TOKEN not in caplog.text
