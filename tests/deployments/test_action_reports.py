"""Several reports of one review, each in the format of its file's ending."""

from __future__ import annotations

import pytest

from deployments.command import FORMATS
from deployments.command.reports import ENDINGS, check_reports
from tasks.errors import CannotReview


def test_no_report_is_no_trouble():
    check_reports(())


def test_every_format_has_an_ending():
    assert sorted(ENDINGS.values()) == sorted(FORMATS)


def test_a_file_that_can_be_written_is_taken(tmp_path):
    check_reports(str(tmp_path / f"report{ending}") for ending in ENDINGS)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("report", "its ending says no format; end it with .txt, .json, .md, .sarif, .html"),
        ("report.pdf", "--report {}: its ending says no format"),
        ("nowhere/report.html", "--report {}: its folder does not exist"),
        (".html", "its ending says no format"),
    ],
)
def test_a_file_that_can_not_is_refused_before_the_review(tmp_path, file, words):
    path = tmp_path / file
    with pytest.raises(CannotReview) as refused:
        check_reports([str(path)])
    assert words.format(path) in str(refused.value)
