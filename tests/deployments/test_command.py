"""``review`` as a user runs it: what it prints where, and how it exits."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

SCHEMA = json.loads(Path("docs/verdict.schema.json").read_text())

CLEAN = '''"""A module."""


def double(number: int) -> int:
    """Return twice the number."""
    return 2 * number
'''
BROKEN = f"{CLEAN}\n\nanswer = halve(21)\n"
QUICK = ("--skip", "test_coverage")


@pytest.fixture
def broken(project):
    project.commit({"README": "A project.\n"})
    project.git("checkout", "--quiet", "-b", "topic")
    project.commit({"a.py": BROKEN})
    return project


@pytest.fixture
def clean(project):
    project.commit({"README": "A project.\n"})
    project.git("checkout", "--quiet", "-b", "topic")
    project.commit({"a.py": CLEAN})
    return project


def test_a_clean_branch_passes(clean, review):
    done = review("pr", *QUICK)

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().splitlines()[-1].startswith("Passed: no findings")
    assert done.stderr.startswith("Reviewing project@")
    assert "code_quality" in done.stderr
    assert "\x1b[" not in done.stdout + done.stderr


def test_an_error_fails_and_is_shown_with_its_source(broken, review):
    done = review("pr", *QUICK)

    assert done.returncode == 1
    assert "ruff/F821" in done.stdout
    assert "answer = halve(21)" in done.stdout


def test_fail_on_moves_the_threshold(broken, review):
    assert review("pr", *QUICK, "--fail-on", "critical").returncode == 0
    assert review("pr", *QUICK, "--fail-on", "never").returncode == 0
    assert review("pr", *QUICK, "--fail-on", "info").returncode == 1


def test_json_is_what_its_schema_says(broken, review):
    done = review("pr", *QUICK, "--format", "json")
    answer = json.loads(done.stdout)

    Draft202012Validator(SCHEMA).validate(answer)
    assert done.returncode == 1
    assert answer["verdict"] == "failed"
    assert answer["base"] == broken.git("rev-parse", "main")
    assert answer["head"] == broken.git("rev-parse", "topic")
    (finding,) = [f for f in answer["findings"] if f["rule"] == "ruff/F821"]
    assert (finding["path"], finding["line"], finding["on_changed_line"]) == ("a.py", 9, True)


@pytest.mark.parametrize("format_", ["markdown", "sarif", "html"])
def test_other_formats_go_to_a_file_too(broken, review, tmp_path, format_):
    report = tmp_path / "report"
    done = review("pr", *QUICK, "--format", format_, "--output", str(report))

    assert done.returncode == 1
    assert done.stdout == ""
    assert "F821" in report.read_text()


def test_quiet_says_the_verdict_only(broken, review):
    done = review("pr", *QUICK, "--quiet")

    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
    assert done.stdout.startswith("failed: 1 error")


def test_the_second_review_of_the_same_change_is_answered_from_the_cache(broken, review):
    review("pr", *QUICK, "--quiet")
    again = json.loads(review("pr", *QUICK, "--format", "json").stdout)
    anew = json.loads(review("pr", *QUICK, "--format", "json", "--no-cache").stdout)

    cached = {step["name"]: step["cached"] for step in again["steps"]}
    assert cached["code_quality"]
    assert cached["security_scan"]
    assert not any(step["cached"] for step in anew["steps"])
    assert anew["findings"] == again["findings"]


def test_only_and_skip_choose_steps_and_what_is_left_out_is_said(broken, review):
    only = json.loads(review("pr", "--only", "security_scan", "--format", "json").stdout)

    assert [step["name"] for step in only["steps"]] == ["security_scan", "final_review"]
    assert only["verdict"] == "passed"
    assert {"name": "code_quality", "reason": "only security_scan was asked for"} in only[
        "left_out"
    ]


def test_uncommitted_work_is_reviewed_and_left_as_it_is(clean, review):
    clean.write({"a.py": BROKEN, "new.py": "import os\n"})
    done = review("pr", *QUICK, "--head", "WORKTREE", "--format", "json")

    assert {f["path"] for f in json.loads(done.stdout)["findings"]} == {"a.py", "new.py"}
    assert clean.git("status", "--porcelain") == "M a.py\n?? new.py"


def test_a_first_commit_is_reviewed_against_nothing(project, review):
    project.commit({"a.py": BROKEN})

    assert review("pr", *QUICK).returncode == 1


def test_a_required_step_that_did_not_look_is_exit_code_3(project, review):
    project.commit({})
    project.git("checkout", "--quiet", "-b", "topic")
    project.commit({"deep.py": "x = " + "(" * 12_000 + ")" * 12_000 + "\n"})
    done = review("pr", *QUICK, "--fail-on", "never")

    assert done.returncode == 3
    assert "did not look and is required" in done.stdout.splitlines()[-1]


def test_tests_that_cannot_run_are_said_and_do_not_fail_the_command(clean, review):
    done = review("pr", "--format", "json")
    steps = {step["name"]: step for step in json.loads(done.stdout)["steps"]}

    assert done.returncode == 0
    assert steps["test_coverage"]["status"] == "did_not_look"
    assert "environment" in steps["test_coverage"]["reason"]


def test_the_policy_is_read_from_the_base_and_not_from_the_head(project, review):
    project.commit({".review.yaml": "fail_on: never\n"})
    project.git("checkout", "--quiet", "-b", "topic")
    project.commit({"a.py": BROKEN, ".review.yaml": "fail_on: info\n"})

    assert review("pr", *QUICK).returncode == 0


def test_a_head_cannot_bring_its_own_policy(broken, review):
    broken.commit({".review.yaml": "fail_on: never\n"})

    assert review("pr", *QUICK).returncode == 1


def test_a_policy_file_of_the_operator_wins(broken, review, tmp_path):
    (tmp_path / "policy.yaml").write_text("fail_on: never\n")

    assert review("pr", *QUICK, "--policy", str(tmp_path / "policy.yaml")).returncode == 0


WRONG = {
    "no repository": (["pr", "--repo", "/"], "not in a git repository"),
    "no folder": (["pr", "--repo", "/nowhere"], "not a folder"),
    "unknown base": (["pr", "--base", "nope"], "unknown revision 'nope'"),
    "unknown head": (["pr", "--head", "--output=x"], "expected one argument"),
    "an option for a revision": (["pr", "--head=--all"], "unknown revision '--all'"),
    "unknown step": (["pr", "--only", "code_qualty"], "'code_quality'"),
    "unknown format": (["pr", "--format", "pdf"], "invalid choice: 'pdf'"),
    "unknown option": (["pr", "--frobnicate"], "unrecognized arguments"),
    "no place for the report": (["pr", "--output", "/nowhere/report"], "does not exist"),
    "a folder for the report": (["pr", "--output", "."], "is a folder"),
    "no policy": (["pr", "--policy", "nowhere.yaml"], "nowhere.yaml"),
    "nothing": ([], "say what to do"),
    "no such command": (["review"], "invalid choice"),
}


@pytest.mark.parametrize(("arguments", "words"), WRONG.values(), ids=WRONG)
def test_a_wrong_question_is_one_line_and_exit_code_2(clean, review, arguments, words):
    done = review(*arguments)
    errors = [line for line in done.stderr.splitlines() if not line.startswith("Reviewing ")]

    assert done.returncode == 2
    assert len(errors) == 1
    assert words in errors[0]
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_bad_policy_says_file_line_and_the_nearest_name(clean, review, tmp_path):
    (tmp_path / "policy.yaml").write_text("required: [code_quality]\nfail_onn: error\n")
    done = review("pr", "--policy", str(tmp_path / "policy.yaml"))

    assert done.returncode == 2
    assert "policy.yaml:2:" in done.stderr
    assert "did you mean 'fail_on'" in done.stderr


def test_a_shallow_clone_says_what_is_missing(broken, review, tmp_path):
    subprocess.run(
        [
            "git",
            "clone",
            "-q",
            "--depth=1",
            "--no-single-branch",
            f"file://{broken.folder}",
            "shallow",
        ],
        cwd=tmp_path,
        check=True,
    )
    done = review("pr", cwd=tmp_path / "shallow")

    assert done.returncode == 2
    assert "git fetch --unshallow" in done.stderr


def test_a_server_that_was_given_is_used_and_its_absence_is_said(clean, review):
    done = review("pr", PREFECT_API_URL="http://127.0.0.1:9/api")

    assert done.returncode == 2
    assert "PREFECT_API_URL=http://127.0.0.1:9/api" in done.stderr


def test_the_server_can_be_started_looked_at_and_stopped(review):
    assert review("server", "start").returncode == 0
    status = review("server", "status")
    assert status.returncode == 0
    assert "running at http://127.0.0.1:" in status.stdout
    assert review("server", "stop").stdout == "stopped\n"
    assert review("server", "status").returncode == 1
    assert review("server", "stop").stdout == "it was not running\n"


def test_help_does_not_import_what_a_review_needs():
    code = (
        "import sys; from deployments.command import main\n"
        "try: main(['pr', '--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'prefect', 'pydantic', 'httpx', 'rich', 'jinja2'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_before_the_first_commit_the_uncommitted_work_is_reviewed_whole(project, review):
    project.write({"a.py": BROKEN})
    done = review("pr", *QUICK, "--head", "WORKTREE", "--format", "json")

    assert done.returncode == 1, done.stderr
    assert "ruff/F821" in {f["rule"] for f in json.loads(done.stdout)["findings"]}


def test_answers_are_kept_in_the_storage_block_that_prefect_is_told(broken, review, data, tmp_path):
    review("server", "start")
    url = json.loads((data / "server.json").read_text())["port"]
    code = (
        "from prefect.filesystems import LocalFileSystem\n"
        f"LocalFileSystem(basepath={str(tmp_path / 'elsewhere')!r}).save('elsewhere')\n"
    )
    subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PREFECT_API_URL": f"http://127.0.0.1:{url}/api"},
        check=True,
    )
    block = {"PREFECT_DEFAULT_RESULT_STORAGE_BLOCK": "local-file-system/elsewhere"}
    first = review("pr", *QUICK, "--format", "json", **block)
    again = review("pr", *QUICK, "--format", "json", **block)

    assert not any(step["cached"] for step in json.loads(first.stdout)["steps"])
    assert any(step["cached"] for step in json.loads(again.stdout)["steps"])
    assert list((tmp_path / "elsewhere").iterdir())


def test_an_interrupted_review_ends_at_once_and_leaves_nothing_behind(broken, data, tmp_path):
    broken.commit({f"m{n}.py": BROKEN * 20 for n in range(60)})
    scratch = tmp_path / "scratch-place"
    scratch.mkdir()
    with subprocess.Popen(
        [Path(sys.executable).parent / "review", "pr", "--no-cache", *QUICK],
        cwd=broken.folder,
        env={**os.environ, "REVIEW_HOME": str(data), "TMPDIR": str(scratch)},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        while "files changed" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()

    assert process.returncode == 130
    assert rest.splitlines()[-1] == "review: interrupted; nothing goes on"
    assert "Traceback" not in rest
    assert not list(scratch.glob("review-*"))
    assert not [one for one in commands() if str(scratch) in one]


def commands():
    """Return the command lines of all processes."""
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            yield entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")


def test_on_a_terminal_it_shows_what_runs_in_colour_and_gives_the_cursor_back(broken, on_terminal):
    status, said = on_terminal("pr", "--no-cache", *QUICK, cwd=broken.folder)

    assert status == 1
    assert b"0/4  code_quality" in said
    assert b"\x1b[31m" in said
    assert said.rindex(b"\x1b[?25h") > said.rindex(b"\x1b[?25l")


def test_a_data_folder_that_cannot_be_written_is_said(clean, review, tmp_path):
    (tmp_path / "file").write_text("")
    done = review("pr", REVIEW_HOME=str(tmp_path / "file" / "home"))

    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("review: the data folder")
    assert "REVIEW_HOME" in done.stderr
    assert "Traceback" not in done.stderr


def test_who_stops_reading_gets_no_complaint(broken, data):
    done = subprocess.run(  # noqa: S602 - a pipe is what this is about
        f"{Path(sys.executable).parent / 'review'} pr {' '.join(QUICK)} | true",
        shell=True,
        cwd=broken.folder,
        env={**os.environ, "REVIEW_HOME": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "BrokenPipe" not in done.stderr
    assert "Traceback" not in done.stderr
    assert "final_review" in done.stderr


def test_a_report_that_cannot_be_written_is_no_verdict(broken, data):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [Path(sys.executable).parent / "review", "pr", *QUICK],
            cwd=broken.folder,
            env={**os.environ, "REVIEW_HOME": str(data)},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert done.returncode == 2
    assert "cannot be written" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_terminal_that_knows_no_accents_gets_the_report_all_the_same(project, review):
    project.commit({})
    project.git("checkout", "--quiet", "-b", "topic")
    project.commit({"é.py": BROKEN})
    done = review("pr", *QUICK, PYTHONIOENCODING="ascii")

    assert done.returncode == 1, done.stderr
    assert "\\xe9.py" in done.stdout
