from __future__ import annotations

import json

import pytest

from tasks.probes.source import NotPythonError, answer, files, pairs, text_of, tree_of, why


def test_only_what_stands_behind_the_dashes_is_a_file():
    assert files(["probe", "-x", "--", "a", "--", "-b"]) == ["a", "--", "-b"]
    assert pairs(["probe", "--", "a", "b", "c", ""]) == [("a", "b"), ("c", "")]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x = 1\r\n", "x = 1\n"),
        ("\ufeffx = 'é'\n".encode(), "x = 'é'\n"),
        ("# coding: latin-1\nx = 'é'\n".encode("latin-1"), "# coding: latin-1\nx = 'é'\n"),
    ],
)
def test_a_file_is_read_as_python_reads_it(tmp_path, data, text):
    file = tmp_path / "a.py"
    file.write_bytes(data)
    assert text_of(str(file)) == text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"x = '\xe9'\n", "it is not text in the encoding it declares"),
        (b"# coding: nonsense\n", "it is not text in the encoding it declares"),
        (b"x = " + b"-" * 50_000 + b"1\n", "it is nested too deep"),
        (b"class A[T]: ...\n", "cannot parse it (line 1"),
    ],
)
def test_a_file_that_cannot_be_looked_at_is_a_gap(tmp_path, capsys, data, said):
    bad, good = tmp_path / "bad.py", tmp_path / "good.py"
    bad.write_bytes(data)
    good.write_bytes(b"x = 1\n")
    answer([str(bad), str(good)], lambda path: [{"lines": len(tree_of(path).body)}])
    first, second = json.loads(capsys.readouterr().out)
    assert said in first["gap"]
    assert str(tmp_path) not in first["gap"]
    assert second == {"path": str(good), "lines": 1}


def test_what_no_python_reads_is_left_to_ruff(tmp_path, capsys):
    bad = tmp_path / "bad.py"
    bad.write_bytes(b"def f(:\n")
    with pytest.raises(NotPythonError):
        tree_of(str(bad))
    answer([str(bad)], lambda path: [{"tree": tree_of(path)}])
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FileNotFoundError(2, "No such file"), "it cannot be read (No such file)"),
        (ValueError("anything"), "it cannot be read (ValueError)"),
        (MemoryError(), "it is nested too deep"),
    ],
)
def test_every_reason_is_one_line(error, said):
    assert why(error) == said
