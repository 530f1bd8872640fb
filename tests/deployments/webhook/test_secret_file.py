"""At most two secrets count, the newest first, and nobody else can read them."""

from __future__ import annotations

import stat

import pytest

from deployments.webhook.secret_file import VARIABLE, SecretFile, given, made
from tasks.errors import CannotReview


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    return SecretFile(tmp_path / "webhook" / "secrets")


def test_without_a_file_none_is_known_and_none_forgotten(kept):
    assert kept.known() == ()
    assert not kept.forget_old()


def test_the_one_before_goes_on_counting_until_it_is_forgotten(kept):
    assert not kept.add(b"first")
    assert kept.known() == (b"first",)
    assert kept.add(b"second")
    assert kept.known() == (b"second", b"first")
    assert kept.add(b"third")
    assert kept.known() == (b"third", b"second")

    assert kept.forget_old()
    assert kept.known() == (b"third",)
    assert not kept.forget_old()


def test_the_same_secret_again_changes_nothing(kept):
    assert not kept.add(b"first")
    assert not kept.add(b"first")
    assert kept.known() == (b"first",)


def test_who_has_read_it_sees_what_another_writes(kept):
    other = SecretFile(kept.path)
    assert other.known() == ()
    kept.add(b"first")
    assert other.known() == (b"first",)
    kept.add(b"second")
    assert other.known() == (b"second", b"first")
    kept.path.unlink()
    assert other.known() == ()


def test_nobody_else_can_read_it(kept):
    kept.add(made())
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    assert [path.name for path in kept.path.parent.iterdir()] == ["secrets"]


def test_the_environment_comes_first_with_one_or_two(kept, monkeypatch):
    kept.add(b"kept")
    monkeypatch.setenv(VARIABLE, " one  two three")
    assert kept.known() == (b"one", b"two")
    monkeypatch.setenv(VARIABLE, " ")
    assert kept.known() == (b"kept",)


def test_each_one_that_is_made_is_another():
    assert len({made() for _ in range(20)}) == 20
    assert len(made()) == 43


def test_a_secret_of_somebodys_own_is_taken_as_it_is():
    assert given(" It's a Secret to Everybody\n") == b"It's a Secret to Everybody"


@pytest.mark.parametrize(
    "text", ["", "short", "two lines\nof a secret", "tab\tin the secret", "x" * 1001]
)
def test_what_is_no_secret_is_refused_without_being_repeated(text):
    with pytest.raises(CannotReview) as error:
        given(text)
    assert not text or text not in str(error.value)
