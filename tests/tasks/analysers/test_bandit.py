from __future__ import annotations

import re

import pytest

from tasks.analysers.bandit import ANALYSER
from tests.tasks.analysers.recorded import brief, recorded, target

OLD_SSL = "from OpenSSL import SSL\nSSL.Context(method=SSL.SSLv2_METHOD)  # nosec\n"


def test_it_says_what_it_found_and_what_it_could_not_read():
    said = list(ANALYSER.parse(recorded("bandit.json"), target("app.py", "broken.py")))
    assert brief(said) == [
        (
            "/scratch/broken.py",
            "syntax error while parsing AST from file (by the Python that runs bandit)",
        ),
        ("bandit/B502", 4, "warning"),
        ("bandit/B614", 5, "warning"),
        ("bandit/B105", 6, "info"),
    ]
    assert [each.column for each in said[1:]] == [1, 1, 12]


def test_a_message_never_repeats_a_password():
    password = "hun" + "ter22"
    output = recorded("bandit.json").replace("@@PASSWORD@@", password)
    assert password not in str(list(ANALYSER.parse(output, target("app.py"))))


def test_a_file_it_passed_over_is_a_gap():
    said = brief(ANALYSER.parse(recorded("bandit.json"), target("app.py", "other.py")))
    assert ("/scratch/other.py", "it was left out") in said


def test_what_it_is_not_sure_of_is_an_information():
    output = re.sub(r'("issue_confidence"): "\w+"', r'\1: "LOW"', recorded("bandit.json"))
    severities = {each[2] for each in brief(ANALYSER.parse(output, target("app.py")))[1:]}
    assert severities == {"info"}


def test_a_test_may_do_as_it_likes(rules):
    assert rules("bandit", {"tests/test_ssl.py": OLD_SSL}) == []


@pytest.mark.parametrize("path", ["a.py", "x.egg/a.py", "__pycache__/a.py", "a,b/x y.py"])
def test_neither_a_comment_nor_a_folder_hides_a_file(rules, path):
    settings = {".bandit": "[bandit]\nskips: B502\nexclude: /\n", path: OLD_SSL}
    assert rules("bandit", settings) == [("bandit/B502", path, 2)]


def test_a_deep_file_is_a_gap_and_costs_no_other_its_answer(look_at):
    deep = "x = " + "-" * 100_000 + "1\n"
    answer = look_at("bandit", {"deep.py": deep, "a.py": OLD_SSL})
    assert [gap.path for gap in answer.gaps] == ["deep.py"]
    assert [finding.path for finding in answer.findings] == ["a.py"]


@pytest.mark.parametrize(
    ("tests", "found"), [(("B403",), ["bandit/B403"]), ("B403,B502", ["bandit/B403"])]
)
def test_other_checks_can_be_asked_for(rules, tests, found):
    said = rules("bandit", {"a.py": "import pickle\n"}, settings={"tests": tests})
    assert [rule for rule, _, _ in said] == found
