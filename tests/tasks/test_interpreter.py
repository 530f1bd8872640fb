from __future__ import annotations

import sys
import venv
from pathlib import Path

import pytest

from tasks.interpreter import NoInterpreterError, described, project_interpreter


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def installation(prefix: Path) -> Path:
    """Make what looks like a Python installation; return its interpreter."""
    (prefix / "lib" / "python3.11").mkdir(parents=True)
    (prefix / "lib" / "python3.11" / "os.py").write_text("")
    return program(prefix / "bin" / "python3.11")


def environment(folder: Path, target: Path) -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text(f"version = 3.11\nhome = {target.parent}\n")
    (folder / "bin" / "python").symlink_to(target)
    return folder / "bin" / "python"


def test_an_interpreter_of_the_system_needs_nothing_shown() -> None:
    found = described(Path("/usr/bin/env"))
    assert (found.folders, found.links) == ((), ())


def test_this_very_interpreter_is_found_with_its_folders() -> None:
    found = described(Path(sys.executable))
    assert found.program == sys.executable
    assert all(
        folder.startswith("/usr") or any(folder.startswith(one) for one in found.folders)
        for folder in (sys.prefix, sys.base_prefix)
    )


def test_an_environment_is_shown_with_the_installation_it_is_made_of(tmp_path: Path) -> None:
    base = installation(tmp_path / "python")
    found = described(environment(tmp_path / "env", base))
    assert found.folders == (str(tmp_path / "env"), str(tmp_path / "python"))
    assert found.links == ()


def test_a_link_on_the_way_is_made_again_and_its_folder_not_shown(tmp_path: Path) -> None:
    installation(tmp_path / "python")
    (tmp_path / "private").mkdir()
    link = tmp_path / "private" / "python3"
    link.symlink_to("../python/bin/python3.11")
    found = described(environment(tmp_path / "env", link))
    assert found.folders == (str(tmp_path / "env"), str(tmp_path / "python"))
    assert found.links == ((str(link), "../python/bin/python3.11"),)


def test_a_home_that_is_a_linked_folder_is_shown_under_both_names(tmp_path: Path) -> None:
    base = installation(tmp_path / "python-3.11.7")
    (tmp_path / "python-3.11").symlink_to("python-3.11.7")
    path = environment(tmp_path / "env", base)
    home = tmp_path / "python-3.11" / "bin"
    (tmp_path / "env" / "pyvenv.cfg").write_text(f"home = {home}\nversion = 3.11\n")
    assert described(path).folders == (
        str(tmp_path / "env"),
        str(tmp_path / "python-3.11.7"),
        str(tmp_path / "python-3.11"),
    )


def test_a_home_that_is_none_is_not_shown(tmp_path: Path) -> None:
    base = installation(tmp_path / "python")
    path = environment(tmp_path / "env", base)
    for home in ("relative/bin", str(tmp_path / "private" / "bin")):
        (tmp_path / "env" / "pyvenv.cfg").write_text(f"home = {home}\n")
        assert described(path).folders == (str(tmp_path / "env"), str(tmp_path / "python"))
    (tmp_path / "env" / "pyvenv.cfg").write_text("nothing\n")
    assert described(path).folders == (str(tmp_path / "env"), str(tmp_path / "python"))


@pytest.mark.parametrize("path", ["python", "/no/such/python", "/usr", "/dev/null"])
def test_what_cannot_be_started_is_refused(path: str) -> None:
    with pytest.raises(NoInterpreterError, match="cannot be started"):
        described(Path(path))


def test_a_script_that_starts_an_interpreter_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoInterpreterError, match="not inside a Python installation"):
        described(program(tmp_path / "shims" / "python"))


def test_a_link_that_leads_in_circles_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(NoInterpreterError, match="cannot be started"):
        described(tmp_path / "a")


def test_a_chain_of_more_links_than_anybody_makes_is_refused(tmp_path: Path) -> None:
    program(tmp_path / "0")
    for number in range(20):
        (tmp_path / f"{number + 1}").symlink_to(f"{number}")
    with pytest.raises(NoInterpreterError, match="leads nowhere"):
        described(tmp_path / "20")


@pytest.mark.parametrize("home", ["", "below"])
def test_an_installation_that_holds_the_users_home_is_not_shown(
    tmp_path: Path, home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "prefix" / home))
    (tmp_path / "prefix" / "below").mkdir(parents=True)
    with pytest.raises(NoInterpreterError, match="would show your home"):
        described(installation(tmp_path / "prefix"))


@pytest.mark.parametrize("place", [".venv", "venv"])
def test_the_projects_own_environment_is_found_in_its_checkout(tmp_path: Path, place: str) -> None:
    venv.create(tmp_path / place, symlinks=True)
    assert project_interpreter("", str(tmp_path)).program == str(tmp_path / place / "bin/python")


def test_the_configured_interpreter_comes_first(tmp_path: Path) -> None:
    venv.create(tmp_path / ".venv", symlinks=True)
    assert project_interpreter(sys.executable, str(tmp_path)).program == sys.executable


@pytest.mark.parametrize("repository", ["", "/"])
def test_without_an_environment_it_says_what_to_do(repository: str) -> None:
    with pytest.raises(NoInterpreterError, match=r"make a \.venv"):
        project_interpreter("", repository)
