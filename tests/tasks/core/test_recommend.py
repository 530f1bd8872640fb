"""What to do first is what saves most."""

from __future__ import annotations

from tasks.core.finding import Finding, Severity
from tasks.core.recommend import MOST, WIDTH, one_line, recommend
from tasks.core.report import Gap, Report, did_not_look

INFO, WARNING, ERROR, CRITICAL = Severity


def finding(rule: str, severity: Severity = WARNING, line: int = 1, **values) -> Finding:
    default = {"path": "a.py", "line": line, "message": f"{rule} is wrong"}
    return Finding(**{**default, "rule": rule, "severity": severity, **values})


def said(*findings: Finding) -> tuple[str, ...]:
    return recommend([Report(step="code_quality", findings=findings)])


def test_nothing_found_is_nothing_to_do():
    assert recommend([]) == ()
    assert recommend([Report(step="a")]) == ()


def test_what_the_change_does_not_touch_is_not_recommended_unless_asked_for():
    report = Report(step="a", findings=(finding("t/X", on_changed_line=False),))
    assert recommend([report]) == ()
    assert recommend([report], all_lines=True) == ("Mend t/X at a.py:1: t/X is wrong",)


def test_a_few_errors_go_before_many_remarks():
    remarks = [finding("t/REMARK", INFO, n) for n in range(1, 10)]
    assert said(*remarks, finding("t/ERR", ERROR, 3)) == (
        "Mend t/ERR at a.py:3: t/ERR is wrong",
        "Mend t/REMARK 9 times, first at a.py:1: t/REMARK is wrong",
    )


def test_equal_weights_are_told_by_name_whatever_order_they_came_in():
    a, b = finding("t/A"), finding("t/B")
    assert said(a, b) == said(b, a)


def test_fixes_go_before_what_has_to_be_done_by_hand():
    fixes = [
        finding("ruff/F401", INFO, 1, suggestion=""),
        finding("ruff/F401", INFO, 2, suggestion="x"),
    ]
    fixes += [finding("ruff/I001", INFO, 3, suggestion="y")]
    assert said(finding("t/ERR", CRITICAL), *fixes)[0] == (
        "Apply the 3 fixes that ruff offers (2 x F401, 1 x I001): settles 3 of 4 findings"
    )


def test_one_fix_is_one_fix():
    assert said(finding("typos/typo", suggestion="the")) == (
        "Apply the fix that typos offers (1 x typo): settles 1 of 1 findings",
    )


def test_fixes_of_many_rules_name_the_three_most_frequent():
    rules = ["A", "B", "B", "C", "D", "E"]
    fixes = [finding(f"ruff/{rule}", line=n, suggestion="") for n, rule in enumerate(rules, 1)]
    assert "(2 x B, 1 x A, 1 x C and 2 more)" in said(*fixes)[0]


def test_a_secret_goes_before_everything_and_is_never_shown():
    one = finding("gitleaks/aws", WARNING, 7, message="starts with AK", suggestion="")
    first, second = said(finding("t/ERR", CRITICAL), one)
    assert first == "Revoke the secret in a.py:7, then take it out of the change"
    assert second.startswith("Mend t/ERR")


def test_many_secrets_are_one_recommendation():
    secrets = [finding("deepsecrets/token", line=n) for n in range(1, 6)]
    (told,) = said(*secrets)
    where = "a.py:1, a.py:2, a.py:3 and 2 more"
    assert told == f"Revoke the 5 secrets in {where}, then take them out of the change"


def test_a_long_list_is_cut_and_says_so():
    findings = [finding(f"t/R{n}", line=n) for n in range(1, MOST + 3)]
    told = said(*findings)
    assert len(told) == MOST + 1
    assert told[-1] == "Then the other 2 findings of 2 rules"


def test_one_more_is_one():
    findings = [finding(f"t/R{n}", line=n) for n in range(1, MOST + 2)]
    assert said(*findings)[-1] == "Then the other 1 finding of 1 rule"


def test_what_did_not_look_is_named_last_with_its_reason():
    reports = [
        did_not_look("security_scan", "it was killed"),
        Report(
            step="code_quality",
            findings=(finding("t/X"),),
            gaps=(
                Gap(who="ruff", why="too deep", path="b.py"),
                Gap(who="ruff", why="too deep", path="c.py"),
                Gap(who="typos", why="not installed"),
            ),
        ),
    ]
    assert recommend(reports) == (
        "Mend t/X at a.py:1: t/X is wrong",
        "security_scan did not look: it was killed; mend that and review again",
        "ruff (code_quality) did not look at b.py, c.py: too deep; mend that and review again",
        "typos (code_quality) did not look: not installed; mend that and review again",
    )


def test_many_gaps_are_cut_and_counted():
    gaps = tuple(Gap(who=f"tool{n}", why="gone") for n in range(MOST + 2))
    told = recommend([Report(step="a", gaps=gaps)])
    assert len(told) == MOST + 1
    assert told[-1] == "2 more gaps: the report names each"


def test_somebody_elses_text_stays_on_its_line():
    hostile = finding("t/X", path="a\n\x1b[2Jb.py", message="one\r\ntwo\u2028three\u202e")
    (told,) = said(hostile)
    assert told == "Mend t/X at a [2Jb.py:1: one two three"


def test_a_long_text_is_cut():
    assert one_line("x" * 10_000) == "x" * (WIDTH - 1) + "\N{HORIZONTAL ELLIPSIS}"
    assert one_line("x" * WIDTH) == "x" * WIDTH
