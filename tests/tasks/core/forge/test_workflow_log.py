"""Findings become commands of GitHub Actions, and nothing a stranger wrote becomes one."""

from __future__ import annotations

import pytest

from tasks.core.finding import Finding
from tasks.core.forge.workflow_log import (
    CUT,
    MOST,
    SUMMARY_BYTES,
    commands,
    error,
    job_summary,
    notice,
)


def found(**values) -> Finding:
    plain = {"path": "a.py", "line": 3, "rule": "t/R", "severity": "error", "message": "m"}
    return Finding(**{**plain, **values})


def runner_reads(line: str) -> tuple[str, dict[str, str], str]:
    """Read a command as actions/runner does (ActionCommand.cs): the first ``::`` ends it."""
    assert line.lstrip().startswith("::")
    head, _, data = line.lstrip()[2:].partition("::")
    name, _, properties = head.partition(" ")
    pairs = dict(pair.split("=", 1) for pair in properties.split(","))
    return name, {key: _unescaped(value, ":,") for key, value in pairs.items()}, _unescaped(data)


def _unescaped(text: str, also: str = "") -> str:
    for char in ("\r", "\n", *also, "%"):
        text = text.replace(f"%{ord(char):02X}", char)
    return text


def test_nothing_found_is_nothing_said():
    assert commands(()) == ()


@pytest.mark.parametrize(
    ("finding", "line"),
    [
        (found(), "::error file=a.py,line=3,endLine=3,title=error%3A t/R::m"),
        (found(end_line=5), "::error file=a.py,line=3,endLine=5,title=error%3A t/R::m"),
        (found(line=0), "::error file=a.py,title=error%3A t/R::m"),
        (
            found(severity="critical"),
            "::error file=a.py,line=3,endLine=3,title=critical%3A t/R::m",
        ),
        (found(severity="info"), "::notice file=a.py,line=3,endLine=3,title=info%3A t/R::m"),
        (
            found(severity="warning", path="a,b:c%.py", message="50%: a, b"),
            "::warning file=a%2Cb%3Ac%25.py,line=3,endLine=3,title=warning%3A t/R::50%25: a, b",
        ),
    ],
)
def test_a_finding_is_one_command(finding, line):
    assert commands([finding]) == (line,)


HOSTILE = [
    "x\n::set-env name=A::b",
    "x\r\n::add-mask::b",
    "::stop-commands::t",
    "##[error]x",
    "%0A::error::x",
    "a,line=9::b",
    "\u2028::error::x",
    "\x1b[31m\x00",
    "\udcff",
    "x" * 9_999,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_stranger_wrote_starts_no_command_and_adds_no_property(text):
    (line,) = commands([found(path=f"p{text}", rule=f"t/{text}", message=text)])
    assert len(line.splitlines()) == 1
    assert line.encode()
    name, properties, _ = runner_reads(line)
    assert name == "error"
    assert list(properties) == ["file", "line", "endLine", "title"]
    assert properties["line"] == "3"


@pytest.mark.parametrize("text", ["50%", "a, b: c", "%0A", "%25", "a::b", "=", "é"])
def test_the_runner_reads_what_was_meant(text):
    (line,) = commands([found(path=text, message=text)])
    _, properties, message = runner_reads(line)
    assert (properties["file"], message) == (text, text)


def test_of_each_level_the_worst_are_shown_and_the_others_counted():
    many = [found(line=n) for n in range(1, 13)]
    few = [found(severity="info", line=n) for n in range(1, MOST + 1)]
    critical = found(line=99, severity="critical")
    lines = commands([*few, *many, critical])
    errors = [line for line in lines if line.startswith("::error")]
    assert len(errors) == MOST
    assert "line=99," in errors[0]
    assert "line=1," in errors[1]
    assert lines[MOST] == "3 more of the level error are not shown here"
    assert sum(line.startswith("::notice") for line in lines) == MOST
    assert len(lines) == 2 * MOST + 1


def test_the_most_can_be_said():
    lines = commands([found(line=n) for n in (1, 2)], most=1)
    assert [line.startswith("::") for line in lines] == [True, False]


def test_a_job_summary_of_what_stands_on_the_pull_request_too_is_the_verdict_alone():
    assert job_summary("# Passed\n") == "# Passed\n"


@pytest.mark.parametrize(("say", "level"), [(notice, "notice"), (error, "error")])
def test_what_is_said_of_the_whole_is_one_command_whatever_is_in_it(say, level):
    said = say("100 %\n::error::pwned\r##[error]x\x1b[31m")
    assert said.startswith(f"::{level} title=review::100 %25")
    assert "\n" not in said
    assert "\r" not in said
    assert "\x1b" not in said


def test_a_job_summary_begins_with_why_it_stands_there():
    text = job_summary("# Passed\n", "the token may only read: `403` @all")
    assert text.endswith("\n\n# Passed\n")
    assert text.startswith("> **Only here, and not on the pull request:** the token may only read")
    assert "`@all`" in text


@pytest.mark.parametrize("line", ["x" * 100, "é" * 100, "\U0001f600" * 70, "\udcff" * 9])
def test_a_job_summary_stays_within_what_github_takes(line):
    text = job_summary(f"{line}\n" * 30_000, "why")
    assert SUMMARY_BYTES - 1_000 < len(text.encode()) <= SUMMARY_BYTES
    assert text.endswith(CUT)
    shown = line.encode("utf-8", "backslashreplace").decode()
    assert set(text.removesuffix(CUT).split("\n")[2:]) == {shown}


def test_a_job_summary_that_just_fits_is_whole():
    begin = len(job_summary("", "why").encode())
    assert len(job_summary("x" * (SUMMARY_BYTES - begin), "why")) == SUMMARY_BYTES
    assert job_summary("x" * (SUMMARY_BYTES - begin + 1), "why").endswith(CUT)
