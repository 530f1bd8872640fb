"""A baseline says no more than it must, reads what it wrote, and names mistakes by their line."""

from __future__ import annotations

import json

import pytest

from tasks.core.baseline import (
    BaselineError,
    Difference,
    Entry,
    difference,
    entries_of,
    known_before,
    read_baseline,
    write_baseline,
)
from tasks.core.dismissal import Scope
from tasks.core.finding import Finding

A, B, C = "a" * 16, "b" * 16, "c" * 16


def found(fingerprint=A, *, path="a.py", rule="t/X", line="1" * 16):
    return Finding(
        path=path,
        line=3,
        rule=rule,
        severity="error",
        message="what was said",
        suggestion="its source",
        fingerprint=fingerprint,
        line_fingerprint=line,
    )


def text_of(*findings):
    return write_baseline(entries_of(findings))


def test_nothing_is_a_baseline_too():
    assert json.loads(text_of()) == {"version": 1, "entries": []}
    assert read_baseline(text_of()) == ()


def test_it_reads_what_it_wrote_whatever_the_files_are_called():
    findings = [found(A, path="näh/\u202e.py"), found(B, path='"\\\n]}')]
    text = text_of(*findings)
    assert text.isascii()
    assert set(read_baseline(text)) == set(entries_of(findings))


def test_it_has_one_entry_a_line_and_nothing_of_the_source():
    text = text_of(found(B), found(A), found(C, path="A.py"))
    row = '  {{"path": "{}", "rule": "t/X", "fingerprint": "{}", "line_fingerprint": "{}"}}{}'
    line = "1" * 16
    assert text.splitlines()[3:-2] == [
        row.format("A.py", C, line, ","),
        row.format("a.py", A, line, ","),
        row.format("a.py", B, line, ""),
    ]
    assert "what was said" not in text
    assert "source" not in text


def test_the_same_findings_are_the_same_file_in_whatever_order_they_were_said():
    findings = [found(A), found(B, path="b.py"), found(C, rule="t/Y")]
    assert text_of(*findings) == text_of(*reversed(findings), found(A))


ENTRY = {"path": "a.py", "rule": "t/X", "fingerprint": A}


def written(*entries, version=1, indent=1):
    return json.dumps({"version": version, "entries": list(entries)}, indent=indent)


def test_another_layout_of_the_same_values_is_read():
    for indent in (None, 1, 8):
        assert read_baseline(written(ENTRY, indent=indent)) == (Entry(**ENTRY),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "f:1: not JSON: Expecting value"),
        ('{"version": 1,\n"entries": [\n<<<<<<< HEAD', "f:3: not JSON: Expecting value"),
        ("9" * 5000, "f:1: not a baseline, and too large to be read"),
        ("[" * 100_000, "f:1: not a baseline, and too large to be read"),
        ("[]", "f:1: expected `version` and `entries`, and nothing else"),
        ('{"version": 1}', "f:1: expected `version` and `entries`, and nothing else"),
        ('{"version": 1, "entries": [], "x": 1}',
         "f:1: expected `version` and `entries`, and nothing else"),
        (written(version=2), "f:1: version 2 is not known here; write it anew"),
        (written(version=True), "f:1: version true is not known here; write it anew"),
        ('{"version": 1, "entries": {}}', "f:1: expected a list of entries"),
        ('{"version": 1, "entries": [7]}', "f:1: expected an entry"),
        ('{"version": 1,\n"entries":\n[\n\n7]}', "f:5: expected an entry"),
        (written(ENTRY, {**ENTRY, "fingerprint": "zz"}),
         "f:9: fingerprint: expected 16 digits from 0 to f"),
        (written(ENTRY, ENTRY, {**ENTRY, "line_fingerprint": 4}),
         "f:14: line_fingerprint: expected 16 digits from 0 to f"),
        (written({**ENTRY, "path": 4}), "f:4: path: expected text"),
        (written({**ENTRY, "line\n": 4}),
         "f:4: unknown name 'line\\n'; an entry has path, rule, fingerprint, line_fingerprint"),
        (written({"path": "a.py", "rule": "t/X"}), "f:4: an entry without `fingerprint`"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(text, said):
    with pytest.raises(BaselineError) as caught:
        read_baseline(text, "f")
    assert str(caught.value).startswith(said)
    assert str(caught.value).isprintable()


def test_an_entry_is_to_a_verdict_what_nobody_in_particular_dismissed():
    (said,) = known_before(entries_of([found()]))
    assert (said.fingerprint, said.line_fingerprint) == (A, "1" * 16)
    assert (said.rule, said.path, said.by, said.scope) == ("t/X", "a.py", "", Scope.BASELINE)


@pytest.mark.parametrize(
    ("findings", "before", "new", "gone"),
    [
        ([], [], 0, 0),
        ([found()], [], 1, 0),
        ([], [found()], 0, 1),
        ([found(), found()], [found()], 0, 0),
        ([found(), found()], [], 1, 0),
        ([found(B)], [found(A)], 0, 0),  # only the lines beside it are others
        ([found(B, line="2" * 16)], [found(A)], 1, 1),
        ([found(A), found(B)], [found(A), found(C, path="c.py")], 1, 1),
    ],
)
def test_it_is_told_what_came_and_what_went(findings, before, new, gone):
    assert difference(findings, entries_of(before)) == Difference(new, gone)
