"""A hostile repository as a whole: prepared, planned and looked at by every analyser there is."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from tasks.analyse import version
from tasks.analysers import ANALYSERS
from tasks.copies import reader
from tasks.core.marking import marked
from tasks.core.plan import TaskDefinition
from tasks.core.policy import ReviewPolicy
from tasks.core.report import Status, findings_of
from tasks.core.template import PR_REVIEW
from tasks.git import EMPTY_TREE
from tasks.look import look, looking
from tasks.steps import StepRun, StepTroubleError

pytestmark = pytest.mark.slow

EVIL = "import os\n\n\ndef run(text):\n    return eval(text)\n"
"""One that nobody may hide: ruff says F401 on line 1, ruff's S307 is on line 5."""

POLICY = ReviewPolicy(osv="off")


def review(change, *, steps=("code_quality", "security_scan", "config_validation"), seconds=90):
    """Let every step's analysers look, as the flow does; return the reports by step."""
    reports = {}
    for name, analysers in looking(change, POLICY).items():
        if name not in steps or not analysers:
            continue
        step = PR_REVIEW.task(name).but(analysers=analysers)
        run = StepRun(step, change, POLICY, until=time.monotonic() + seconds, python="3.11")
        try:
            report = look(run)
        except StepTroubleError as error:
            report = error.report
        reports[name] = marked(report, change, POLICY, reader(change))
    return reports


def rules(reports, path=None):
    return {(f.rule, f.line) for f in findings_of(list(reports.values())) if path in {None, f.path}}


def seen_evil(reports, path):
    """Assert that the one thing nobody may hide was found, on the right path and a changed line."""
    found = [f for f in reports["code_quality"].findings if f.path == path]
    assert ("ruff/F401", 1) in {(f.rule, f.line) for f in found}, reports["code_quality"].reason
    assert all(f.on_changed_line for f in found)


@pytest.fixture
def evil(repo):
    """Return what puts the evil file under a name into a tree, and reviews it."""

    def put(name, **others):
        content = {name: EVIL} | {key.encode(): text for key, text in others.items()}
        return repo.change(repo.empty, repo.files(content))

    return put


def test_an_empty_change_is_looked_at_by_nobody(repo):
    assert not any(looking(repo.change(repo.empty, repo.empty), POLICY).values())


@pytest.mark.parametrize(
    "name",
    [
        b"plain.py", b"--fix.py", b"--config=x.py", b"-.py", b"a\nb.py", b"it's \"q\".py",
        b"\x1b[2J.py", b"\xff.py", b"a\\b.py", "\u202egpj.py".encode(), b"$(id).py", b"*.py",
        b"[a].py", b"{a}.py", b"~.py", b"@x.py", b" .py", b"a:1.py", b"%41.py", b"a;b.py",
    ],
)  # fmt: skip
def test_no_name_hides_a_file(evil, name):
    change = evil(name)
    seen_evil(review(change, steps=("code_quality",)), name.decode("utf-8", "backslashreplace"))


@pytest.mark.parametrize(
    "folder",
    ["node_modules", ".venv", "dist", "vendor", "site-packages", ".hidden", "build", ".tox"],
)
def test_no_folder_hides_a_file(repo, folder):
    repo.commit({f"{folder}/x.py": EVIL})
    change = repo.change(EMPTY_TREE, "HEAD")
    seen_evil(review(change, steps=("code_quality",)), f"{folder}/x.py")


SETTINGS = {
    "ruff.toml": "extend = '/etc/passwd'\nexclude = ['*']\nfix = true\n",
    ".ruff.toml": "exclude = ['*']\n",
    "pyproject.toml": (
        "[tool.ruff]\nexclude = ['*']\n[tool.bandit]\nexclude_dirs = ['.']\n"
        "[tool.typos.default]\nextend-ignore-re = ['.*']\n[tool.vulture]\nexclude = ['*']\n"
    ),
    ".bandit": "[bandit]\nskips = B307\n",
    "setup.cfg": "[flake8]\nexclude = .\n[bandit]\nexclude = /\n",
    ".yamllint": "rules: {}\n",
    "_typos.toml": "[default]\nextend-ignore-re = ['.*']\n",
    ".gitleaks.toml": "[allowlist]\npaths = ['.*']\n",
    ".gitleaksignore": "a.py:1\n",
    "zizmor.yml": "rules: {}\n",
    ".jscpd.json": '{"ignore": ["**"]}\n',
    "oxlint.json": '{"ignorePatterns": ["**"]}\n',
    ".gitignore": "*\n",
    ".ignore": "*\n",
    ".gitattributes": "* -diff export-ignore working-tree-encoding=UTF-16 filter=x\n",
}

RUNS = "import pathlib\npathlib.Path({trace!r}).write_text('run')\n"


def test_nothing_of_the_tree_switches_a_tool_off_or_runs(repo, tmp_path, canary, monkeypatch):
    trace = tmp_path / "trace"
    code = RUNS.format(trace=str(trace))
    modules = ("re", "json", "conftest", "sitecustomize", "usercustomize", "setup", "ast", "yaml")
    own = {f"{name}.py": code for name in modules} | {"site.pth": f"import os; {code!r}\n"}
    repo.git("config", "filter.x.clean", canary)
    repo.git("config", "filter.x.smudge", canary)
    tree = {**SETTINGS, **own, "evil.py": EVIL, "package/evil.py": EVIL}
    head = repo.files({name.encode(): text for name, text in tree.items() if "/" not in name})
    repo.write({name: text for name, text in tree.items() if name != ".gitattributes"})
    monkeypatch.chdir(repo.folder)
    reports = review(repo.change(repo.empty, head))
    seen_evil(reports, "evil.py")
    assert not trace.exists(), "the author's code was run"
    if "ruff_security" in ANALYSERS:
        assert any(rule.endswith("S307") for rule, _ in rules(reports, "evil.py"))


def test_links_out_of_the_tree_and_to_itself_are_not_read(repo):
    secret = repo.folder.parent / "secret.py"
    secret.write_text("import os  # not for reviewers\n")
    for name, target in {"out.py": str(secret), "here": ".", "up.yml": "../.."}.items():
        (repo.folder / name).symlink_to(target)
    repo.commit({"evil.py": EVIL})
    change = repo.change(EMPTY_TREE, "HEAD")
    reports = review(change)
    seen_evil(reports, "evil.py")
    assert not rules(reports, "out.py")
    assert reports["code_quality"].reason == ""  # what it leads to is looked at where it changed
    assert {file.path for file in change.left_out} == {"out.py", "here", "up.yml"}


def test_a_file_with_a_syntax_error_says_so_and_hides_no_other(evil):
    reports = review(evil(b"evil.py", **{"broken.py": "x = (\n"}), steps=("code_quality",))
    seen_evil(reports, "evil.py")
    (broken,) = [f for f in reports["code_quality"].findings if f.rule == "ruff/syntax"]
    assert (broken.path, broken.line, broken.on_changed_line) == ("broken.py", 1, True)


def test_a_bracket_left_open_in_an_old_file_is_the_changes(repo):
    lines = [f"x{n} = {n}" for n in range(40)]
    repo.commit({"a.py": "\n".join(lines) + "\n"})
    lines[4] = "x4 = ("
    repo.commit({"a.py": "\n".join(lines) + "\n"})
    reports = review(repo.change(), steps=("code_quality",))
    broken = [f for f in reports["code_quality"].findings if f.rule == "ruff/syntax"]
    assert [f.on_changed_line for f in broken] == [True]


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_no_line_end_moves_a_finding_off_the_changed_lines(repo, end):
    text = EVIL.replace("\n", end).encode()
    change = repo.change(repo.empty, repo.files({b"evil.py": text}))
    seen_evil(review(change, steps=("code_quality",)), "evil.py")


DEEP = "x = " + "(" * 12_000 + "1" + ")" * 12_000 + "\n"
BOMB = "a0: &a0 [x, x]\n" + "".join(
    f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 40)
)
WORKFLOW = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo\n"

TRAPS = {
    "deep.py": DEEP,
    "deep.json": "[" * 12_000 + "]" * 12_000,
    "deep.yaml": "[" * 12_000 + "]" * 12_000,
    "deep.toml": "x = " + "[" * 12_000 + "]" * 12_000,
    "bomb.yaml": BOMB,
    "binary.py": b"import os\n\0",
    "empty.py": "",
    "latin.py": b"# \xe9\nimport os\n",
    "nul.json": b"{\0}",
    "one-line.py": "x = [" + "1, " * 300_000 + "]\n",
}


@pytest.mark.parametrize("trap", TRAPS)
def test_a_file_that_ends_tools_costs_no_other_its_look(repo, trap):
    head = repo.files({b"evil.py": EVIL, b"good.yml": "a: 1\na: 2\n", trap.encode(): TRAPS[trap]})
    started = time.monotonic()
    reports = review(repo.change(repo.empty, head), seconds=60)
    assert time.monotonic() - started < 60
    seen_evil(reports, "evil.py")
    for report in reports.values():
        blamed = {gap.path for gap in report.gaps}
        assert blamed <= {trap}, report.reason
    assert any(rule == "ruff/F401" for rule, _ in rules(reports, "evil.py"))


def test_a_workflow_that_is_not_utf8_hides_no_other(repo):
    flows = repo.files({b"bad.yml": WORKFLOW.encode() + b"# \xff\n", b"good.yml": WORKFLOW})
    github = repo.tree((0o40000, b"workflows", flows))
    reports = review(repo.change(repo.empty, repo.tree((0o40000, b".github", github))))
    bad = ".github/workflows/bad.yml"
    for report in reports.values():
        assert {gap.path for gap in report.gaps} <= {bad}, report.reason
    if "zizmor" in ANALYSERS and version(ANALYSERS["zizmor"]):
        assert rules(reports, ".github/workflows/good.yml")


def test_what_is_left_out_is_never_clean(repo):
    head = repo.files({b"large.py": "x = 1\n" * 200_000, b"nul.py": b"\0"})
    reports = review(repo.change(repo.empty, head), steps=("code_quality",))
    assert reports["code_quality"].status is Status.DID_NOT_LOOK
    assert {gap.path for gap in reports["code_quality"].gaps} == {"large.py", "nul.py"}


def test_every_analyser_is_named_by_its_step(repo):
    repo.commit({"a.py": EVIL})
    names = [
        name
        for found in looking(repo.change(EMPTY_TREE, "HEAD"), POLICY).values()
        for name in found
    ]
    assert "ruff" in names
    assert all(ANALYSERS[name].wants("a.py", "") for name in names)


def test_a_step_that_was_stopped_did_not_look(repo):
    repo.commit({"a.py": EVIL})
    change = repo.change(EMPTY_TREE, "HEAD")
    run = StepRun(
        TaskDefinition(name="code_quality", description="d", analysers=("ruff",)),
        change, POLICY, until=time.monotonic(),
    )  # fmt: skip
    assert look(run).status is Status.DID_NOT_LOOK
    assert look(replace(run, until=time.monotonic() + 30)).status is Status.FINDINGS


def test_nothing_lies_about_when_it_is_over(repo):
    repo.commit({"a.py": EVIL})
    change = repo.change(EMPTY_TREE, "HEAD")
    before = sorted(Path(change.scratch).iterdir())
    review(change)
    assert sorted(Path(change.scratch).iterdir()) == before
