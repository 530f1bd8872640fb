"""A body is GitHub's only under a secret of ours; the vector is GitHub's own."""

from __future__ import annotations

import pytest

from tasks.core.inbound.signature import Seal, signature

SECRET, BODY = b"It's a Secret to Everybody", b"Hello, World!"
SAID = b"sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"


def proves(header, *secrets, pieces=(BODY,)):
    seal = Seal(secrets)
    for piece in pieces:
        seal.add(piece)
    return seal.proves(header)


def test_githubs_own_example_is_proven_and_made():
    assert proves(SAID, SECRET)
    assert signature(BODY, SECRET).encode() == SAID


def test_pieces_are_as_good_as_the_whole():
    assert proves(SAID, SECRET, pieces=(b"", b"Hello", b", World", b"!"))


@pytest.mark.parametrize("secrets", [(SECRET, b"older"), (b"newer", SECRET)])
def test_either_of_two_secrets_will_do(secrets):
    assert proves(SAID, *secrets)


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"sha256=",
        SAID[7:],
        SAID.upper(),
        SAID[:-1],
        SAID + b"0",
        SAID.replace(b"sha256", b"sha1"),
        "sha256=ü".encode(),
        b"\xff\xfe\x00",
    ],
)
def test_any_other_header_proves_nothing(header):
    assert not proves(header, SECRET)


def test_another_body_another_secret_or_none_proves_nothing():
    assert not proves(SAID, SECRET, pieces=(BODY, b"\n"))
    assert not proves(SAID, b"another")
    assert not proves(SAID)
