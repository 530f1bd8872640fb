"""What a pull request is called, and what is refused as its name."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tasks.core.context import PRContext

SHA = "abcdef1234" * 4


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({}, "owner/name"),
        ({"pr_number": 7}, "owner/name#7"),
        ({"head_sha": SHA}, "owner/name@abcdef1"),
        ({"head_sha": SHA, "pr_number": 7}, "owner/name@abcdef1"),
    ],
)
def test_a_review_is_called_by_its_repository_and_head(values, shown):
    assert str(PRContext(repository="owner/name", **values)) == shown


@pytest.mark.parametrize(
    "name", ["a/b", "Some-Team/some.project_1", "team_corp/.github", "o/" + "n" * 100]
)
def test_a_repository_is_an_owner_and_a_name(name):
    assert PRContext(repository=name).repository == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "name",
        "/name",
        "owner/",
        "owner/a/b",
        "owner/..",
        "owner/.",
        "-o/name",
        "owner/na me",
        "owner/name\n",
        "owner/\x1b[31m",
        "öwner/name",
        "o/" + "n" * 101,
    ],
)
def test_anything_else_is_refused_as_a_repository(name):
    with pytest.raises(ValidationError, match="expected owner/name"):
        PRContext(repository=name)


@pytest.mark.parametrize("field", ["base_branch", "author"])
@pytest.mark.parametrize("text", ["a\nb", "\x1b[2J", "a\x7f", "a\u2028b", "a\x85b", "\ud800"])
def test_control_characters_are_refused(field, text):
    with pytest.raises(ValidationError):
        PRContext(repository="o/n", **{field: text})


def test_a_base_that_looks_like_an_option_is_refused():
    with pytest.raises(ValidationError, match="looks like an option"):
        PRContext(repository="o/n", base_branch="--upload-pack=x")


def test_a_base_may_have_any_other_name():
    context = PRContext(repository="o/n", base_branch="release/größer-№1", author="renovate[bot]")
    assert context.base_branch == "release/größer-№1"


@pytest.mark.parametrize(
    "name", ["größer-№1", "a\u2028b", "a\u2029b", "a\x85b", "a\x7fb", "\x1b[31m", "--option"]
)
def test_a_head_may_have_any_name_and_nothing_of_it_is_in_what_the_review_is_called(name):
    context = PRContext(repository="o/n", pr_number=7, head_branch=name)
    assert PRContext.model_validate_json(context.model_dump_json()).head_branch == name
    assert str(context) == "o/n#7"


@pytest.mark.parametrize("field", ["base_sha", "head_sha"])
@pytest.mark.parametrize("length", [40, 64])
def test_a_commit_is_a_full_id(field, length):
    assert getattr(PRContext(repository="o/n", **{field: "a" * length}), field) == "a" * length


@pytest.mark.parametrize("field", ["base_sha", "head_sha"])
@pytest.mark.parametrize("sha", ["main", "a" * 39, "a" * 41, "A" * 40, "g" * 40, "a" * 40 + "\n"])
def test_anything_else_is_refused_as_a_commit(field, sha):
    with pytest.raises(ValidationError, match=field):
        PRContext(repository="o/n", **{field: sha})


@pytest.mark.parametrize("number", [0, -1, "x"])
def test_a_pull_request_is_numbered_from_one(number):
    with pytest.raises(ValidationError, match="pr_number"):
        PRContext(repository="o/n", pr_number=number)


def test_a_file_may_have_any_name():
    files = ("a\nb.py", "--option", "\x1b[31m.py")
    assert PRContext(repository="o/n", changed_files=files).changed_files == files
