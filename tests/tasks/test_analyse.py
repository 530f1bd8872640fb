"""One real tool of our own, which does to us what files tell it to, asked like any other."""

from __future__ import annotations

import json
import sys
import threading
import time
from dataclasses import replace

import pytest

from tasks.analyse import Look, analyse, identity, version, wanted
from tasks.analysers.contract import Analyser
from tasks.asking import BAD_FILES
from tasks.core.change import IGNORED, ChangedFile, ChangeSet, Kind
from tasks.core.finding import Finding
from tasks.core.plan import Trouble
from tasks.core.report import Gap
from tasks.memory import Memory

TOOL = """
import json, os, signal, sys, time
said = []
with open({log!r}, "a") as log:
    print(len(sys.argv[2:]), file=log)
for path in sys.argv[2:]:
    text = open(path, errors="replace").read()
    for number, line in enumerate(text.split("\\n"), 1):
        word, _, rest = line.partition(" ")
        if word == "find":
            said.append(dict(path=path, line=number, message=rest))
        elif word == "gap":
            said.append(dict(path=path, gap=rest))
        elif word == "say":
            said.append(dict(path=rest, line=1, message="elsewhere"))
        elif word == "signal":
            os.kill(os.getpid(), getattr(signal, rest))
        elif word == "exit":
            print("first", "last words " + path, sep="\\n", file=sys.stderr)
            sys.exit(int(rest))
        elif word == "print":
            print(rest)
        elif word == "flood":
            sys.stdout.write("x" * 70_000_000)
        elif word == "sleep":
            time.sleep(60)
        elif word == "raise":
            said.append(dict(path=path, error=rest))
        elif word == "config":
            said.append(dict(path=path, line=1, message=open("empty.json").read()))
        elif word == "where":
            said.append(dict(path=path, line=1, message=str(sorted(os.listdir()))))
if sys.argv[1] == "-":
    json.dump(said, sys.stdout)
elif said:
    json.dump(said, open(sys.argv[1], "w"))
"""


def parse(output, target):
    for item in json.loads(output):
        if "gap" in item:
            yield Gap(who="fake", path=item["path"], why=item["gap"])
        elif "error" in item:
            target.read(item["error"])
        else:
            yield Finding(
                path=item["path"],
                line=item["line"],
                rule="fake/X",
                severity="error",
                message=item["message"],
            )


class Remembers(Memory):
    """A memory in a dictionary."""

    def __init__(self):
        self.known = {}

    def recall(self, tool, keys):
        return {key: self.known[tool, key] for key in keys if (tool, key) in self.known}

    def keep(self, tool, said):
        self.known |= {(tool, key): findings for key, findings in said.items()}


class Bench:
    """The tool, and changes for it to look at."""

    def __init__(self, root):
        self.root = root
        self.log = root / "log"
        self.program = root / "fake_tool.py"
        self.program.write_text(TOOL.format(log=str(self.log)))
        self.memory = Remembers()

    def analyser(self, **more):
        output = more.get("output", "-")
        head = (sys.executable, "-I", str(self.program), output)
        described = {
            "name": "fake",
            "step": "code_quality",
            "title": "what files tell it",
            "url": "https://example.org",
            "distribution": "ruff",
            "wants": lambda path, first: path.endswith(".fake") or "fake" in first,
            "command": lambda target: [*head, *target.files],
            "parse": parse,
        }
        return Analyser(**(described | more))

    def change(self, files, before=None, left_out=()):
        changed = [self.file(path, text, (before or {}).get(path)) for path, text in files.items()]
        return ChangeSet("t@h", "b", "h", (*changed, *left_out), scratch=str(self.root))

    def file(self, path, text, before):
        def copied(side, content):
            copy = self.root / side / path
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(content)
            return str(copy)

        return ChangedFile(
            path=path,
            kind=Kind.ADDED if before is None else Kind.MODIFIED,
            blob=f"blob of {text}",
            head=copied("head", text),
            first_line=text.split("\n")[0],
            base_path="" if before is None else path,
            base_blob="" if before is None else f"blob of {before}",
            base="" if before is None else copied("base", before),
        )

    def ask(self, tree, /, *, before=None, left_out=(), seconds=20, stop=None, **more):
        change = self.change(tree, before, left_out)
        look = Look(change, time.monotonic() + seconds, memory=self.memory, stop=stop)
        return analyse(self.analyser(**more), look, {"setting": 1})

    @property
    def calls(self):
        """How many files each call so far was about."""
        return [int(line) for line in self.log.read_text().split()] if self.log.exists() else []


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def found(answer):
    return [(finding.path, finding.message) for finding in answer.findings]


def test_a_tool_that_wants_nothing_is_not_asked(bench):
    answer = bench.ask({"a.txt": "find x"})
    assert (answer.findings, answer.gaps, answer.used, bench.calls) == ((), (), None, [])


def test_all_files_are_looked_at_in_one_call(bench):
    answer = bench.ask({"a.fake": "find one", "b.fake": "", "c": "# fake\nfind two", "d": "x"})
    assert found(answer) == [("a.fake", "one"), ("c", "two")]
    assert {finding.step for finding in answer.findings} == {"code_quality"}
    assert (answer.gaps, answer.troubles, bench.calls) == ((), frozenset(), [3])
    assert (answer.used.calls, answer.used.files, answer.used.cached_files) == (1, 3, 0)


def test_one_call_a_file_where_the_tool_cannot_take_more(bench):
    answer = bench.ask({"a.fake": "find a", "b.fake": "exit 9"}, singly=True)
    assert found(answer) == [("a.fake", "a")]
    assert [gap.path for gap in answer.gaps] == ["b.fake"]
    assert bench.calls == [1, 1]


def test_long_lists_are_split(bench):
    files = {f"{n:04}{'x' * 190}.fake": "" for n in range(900)}
    answer = bench.ask(files)
    assert not answer.gaps
    assert sum(bench.calls) == 900
    assert 2 <= len(bench.calls) <= 5


def test_a_list_that_cannot_be_split_and_is_too_long_is_a_gap(bench):
    answer = bench.ask(
        {"a.fake": "", "b.fake": ""},
        whole=True,
        command=lambda target: [sys.executable, *target.files, "x" * 3_000_000],
    )
    assert answer.troubles == {Trouble.BROKEN}
    assert "it cannot be started: Argument list too long" in answer.gaps[0].why


@pytest.mark.parametrize(
    ("bad", "why", "trouble"),
    [
        ("signal SIGABRT", "it crashed (SIGABRT)", Trouble.BROKEN),
        ("signal SIGSEGV", "it crashed (SIGSEGV)", Trouble.BROKEN),
        ("exit 2", "it exited 2: last words head/bad.fake", Trouble.BROKEN),
        ("print not JSON", "its answer cannot be read (JSONDecodeError", Trouble.UNREADABLE),
        ("flood", "it said more than we read", Trouble.UNREADABLE),
        ("raise /etc/passwd", "which it was not given", Trouble.UNREADABLE),
    ],
)
def test_the_one_file_a_tool_fails_over_is_named_and_the_others_are_looked_at(
    bench, bad, why, trouble
):
    files = {f"{n}.fake": f"find {n}" for n in range(7)} | {"bad.fake": bad}
    answer = bench.ask(files)
    assert sorted(found(answer)) == [(f"{n}.fake", str(n)) for n in range(7)]
    (gap,) = answer.gaps
    assert gap.path == "bad.fake"
    assert why in gap.why
    assert answer.troubles == {trouble}


@pytest.mark.parametrize(
    ("bad", "why", "trouble"),
    [
        ("signal SIGKILL", "it was killed (SIGKILL)", Trouble.KILLED),
        ("signal SIGTERM", "it was killed (SIGTERM)", Trouble.KILLED),
        ("exit 75", "last words head/bad.fake", Trouble.NETWORK),
    ],
)
def test_what_may_pass_is_not_asked_again_at_once(bench, bad, why, trouble):
    answer = bench.ask({"a.fake": "find a", "bad.fake": bad})
    assert (found(answer), bench.calls, answer.troubles) == ([], [2], {trouble})
    assert [gap.why for gap in answer.gaps] == [f"{why} (2 files)"]


def test_a_tool_that_fails_over_everything_is_given_up(bench):
    answer = bench.ask({f"{n:03}.fake": "exit 2" for n in range(128)})
    assert BAD_FILES <= len(answer.gaps) < 2 * BAD_FILES
    assert len(bench.calls) < 40
    assert answer.findings == ()


def test_an_answer_nested_without_end_is_no_answer(bench):
    files = {"a.fake": "find a", "deep.fake": "print " + "[" * 12_000}
    answer = bench.ask(files, parse=_only_a)
    assert found(answer) == [("a.fake", "a")]
    assert [gap.path for gap in answer.gaps] == ["deep.fake"]


def _only_a(output, target):
    if "[[[" in output:
        raise RecursionError
    yield from parse(output, target)


def test_at_the_deadline_it_did_not_look(bench):
    started = time.monotonic()
    answer = bench.ask({"a.fake": "sleep", "b.fake": "find b"}, seconds=0.6)
    assert time.monotonic() - started < 3
    assert answer.troubles == {Trouble.TIMED_OUT}
    assert "at its deadline" in answer.gaps[0].why


def test_without_time_it_is_not_even_asked(bench):
    answer = bench.ask({"a.fake": "find a"}, seconds=0)
    assert ([gap.why for gap in answer.gaps], bench.calls) == (["no time was left"], [])


def test_when_the_review_is_stopped_it_did_not_look(bench):
    stop = threading.Event()
    stop.set()
    answer = bench.ask({"a.fake": "find a"}, stop=stop)
    assert (found(answer), [gap.why for gap in answer.gaps]) == ([], ["the review was stopped"])


@pytest.mark.parametrize(
    "more",
    [{"distribution": "no-such-thing"}, {"distribution": "", "command": lambda _: ["no-such"]}],
)
def test_a_tool_that_is_not_there_did_not_look(bench, more):
    assert version(bench.analyser(**more)) is None
    answer = bench.ask({"a.fake": "find a"}, **more)
    assert (answer.troubles, bench.calls) == ({Trouble.MISSING}, [])
    assert answer.gaps[0].why == "it is not installed"


def test_a_tool_whose_program_has_gone_did_not_look(bench):
    answer = bench.ask({"a.fake": "find a"}, command=lambda _: ["no-such-program"])
    assert answer.troubles == {Trouble.MISSING}


def test_a_program_of_the_system_has_a_version_that_changes_with_it(bench):
    seen = version(bench.analyser(distribution="", command=lambda _: ["sh"]))
    assert seen
    assert seen == version(bench.analyser(distribution="", command=lambda _: ["sh", "-c"]))


def test_it_works_in_an_empty_folder_with_its_own_files(bench):
    answer = bench.ask({"a.fake": "config\nwhere"}, files={"empty.json": "{}"})
    assert found(answer) == [("a.fake", "{}"), ("a.fake", "['empty.json']")]


def test_an_answer_in_a_file_is_read(bench):
    answer = bench.ask({"a.fake": "find a"}, output="answer.json")
    assert found(answer) == [("a.fake", "a")]


def test_no_answer_in_a_file_is_not_a_clean_one(bench):
    answer = bench.ask({"a.fake": ""}, output="answer.json")
    assert [gap.why for gap in answer.gaps] == ["it left no answer"]


def test_an_answer_in_a_file_that_is_too_large_is_not_read(bench):
    def command(_):
        return ["truncate", "-s", "100M", "answer.json"]

    answer = bench.ask({"a.fake": ""}, output="answer.json", command=command)
    assert [gap.why for gap in answer.gaps] == ["it said more than we read"]


def test_what_is_said_of_other_files_is_not_about_the_change(bench):
    before = {"a.fake": "find old"}
    answer = bench.ask({"a.fake": f"say {bench.root}/base/a.fake\nsay /etc/passwd"}, before=before)
    assert (answer.findings, answer.gaps) == ((), ())


def test_two_files_that_read_the_same_keep_their_own_findings(bench):
    one, two = bench.file("one.fake", "find evil", None), bench.file("two.fake", "", None)
    change = ChangeSet("t", "b", "h", (one, replace(two, path="one.fake")), scratch=str(bench.root))
    look = Look(change, time.monotonic() + 20, memory=bench.memory)
    analyse(bench.analyser(), look, {})
    again = analyse(bench.analyser(), replace(look, change=replace(change, files=(one,))), {})
    assert found(again) == [("one.fake", "evil")]


def test_a_file_that_is_not_copied_is_named_by_who_wanted_it(bench):
    left_out = (
        ChangedFile("link.fake", Kind.ADDED, left_out="a symbolic link"),
        ChangedFile("link.txt", Kind.ADDED, left_out="a symbolic link"),
        ChangedFile("mine.fake", Kind.ADDED, left_out=IGNORED),
    )
    answer = bench.ask({}, left_out=left_out)
    assert [(gap.path, gap.why) for gap in answer.gaps] == [("link.fake", "a symbolic link")]
    assert bench.ask({}, left_out=left_out, any_text=True).gaps == ()


def test_the_second_look_asks_nothing(bench):
    files = {"a.fake": "find a", "b.fake": ""}
    first, second = bench.ask(files), bench.ask(files)
    assert bench.calls == [2]
    assert found(first) == found(second) == [("a.fake", "a")]
    assert (second.used.calls, second.used.cached_files) == (0, 2)


def test_one_changed_file_asks_about_that_one_only(bench):
    bench.ask({"a.fake": "find a", "b.fake": "", "c.fake": ""})
    answer = bench.ask({"a.fake": "find a", "b.fake": "find b", "c.fake": ""})
    assert bench.calls == [3, 1]
    assert found(answer) == [("a.fake", "a"), ("b.fake", "b")]


def test_one_changed_file_asks_about_all_where_they_depend_on_each_other(bench):
    bench.ask({"a.fake": "", "b.fake": ""}, whole=True)
    bench.ask({"a.fake": "", "b.fake": ""}, whole=True)
    bench.ask({"a.fake": "", "b.fake": "find b"}, whole=True)
    assert bench.calls == [2, 2]


@pytest.mark.parametrize(("compares", "calls"), [(False, [1]), (True, [1, 1])])
def test_the_base_matters_only_to_who_compares(bench, compares, calls):
    bench.ask({"a.fake": ""}, before={"a.fake": "old"}, compares=compares)
    bench.ask({"a.fake": ""}, before={"a.fake": "older"}, compares=compares)
    assert bench.calls == calls


def test_an_answer_without_the_base_is_not_taken_for_one_with_it(bench):
    file = bench.file("a.fake", "", "old")
    change = ChangeSet("t", "b", "h", (replace(file, base=""),), scratch=str(bench.root))
    look = Look(change, time.monotonic() + 20, memory=bench.memory)
    analyse(bench.analyser(compares=True), look, {})
    with_base = replace(look, change=replace(change, files=(file,)))
    analyse(bench.analyser(compares=True), with_base, {})
    assert bench.calls == [1, 1]


@pytest.mark.parametrize("bad", ["exit 2", "signal SIGKILL", "gap too deep"])
def test_a_partial_answer_is_never_remembered(bench, bad):
    first = bench.ask({"bad.fake": f"find x\n{bad}"})
    second = bench.ask({"bad.fake": f"find x\n{bad}"})
    assert bench.calls == [1, 1]
    assert first.gaps
    assert second.gaps


def test_beside_a_gap_the_others_are_remembered(bench):
    files = {"a.fake": "find a", "bad.fake": "gap too deep"}
    bench.ask(files)
    answer = bench.ask(files)
    assert bench.calls == [2, 1]
    assert found(answer) == [("a.fake", "a")]
    assert [(gap.path, gap.why) for gap in answer.gaps] == [("bad.fake", "too deep")]


def test_a_gap_of_no_known_file_makes_all_of_them_partial(bench):
    def of_nothing(output, target):
        assert output
        yield Gap(who="fake", why=f"something in {target.files[0]}")

    answer = bench.ask({"a.fake": "", "b.fake": ""}, parse=of_nothing)
    assert [str(gap) for gap in answer.gaps] == ["fake: something in head/a.fake"]
    assert bench.memory.known == {}


def test_who_a_tool_is_depends_on_all_that_changes_its_answer(bench):
    base = identity(bench.analyser(), "3.11", {"a": 1})
    assert base == identity(bench.analyser(), "3.11", {"a": 1})
    others = [
        identity(bench.analyser(revision=2), "3.11", {"a": 1}),
        identity(bench.analyser(distribution="typos"), "3.11", {"a": 1}),
        identity(bench.analyser(), "3.11", {"a": 2}),
        identity(bench.analyser(name="other"), "3.11", {"a": 1}),
        identity(bench.analyser(output="x"), "3.11", {"a": 1}),
        identity(bench.analyser(command=lambda t: ["x", t.python]), "3.12", {"a": 1}),
    ]
    assert len({base, *others}) == len(others) + 1


def test_a_tool_chooses_by_path_and_first_line(bench):
    files = bench.change({"a.fake": "", "b": "# fake", "c": ""}).files
    assert [file.path for file in wanted(bench.analyser(), files)] == ["a.fake", "b"]
