from __future__ import annotations

import inspect
import sys

import pytest

from tasks.analysers import ANALYSERS
from tasks.analysers.contract import Target
from tests.tasks.analysers.seeds import CONFIGURATIONS, ELSEWHERE, NAMES, OBEYS, SEEDS

pytestmark = pytest.mark.slow

EVERY = pytest.mark.parametrize("analyser", ANALYSERS.values(), ids=lambda analyser: analyser.name)
SEEDED = pytest.mark.parametrize("name", SEEDS)

STEPS = {"code_quality", "security_scan", "config_validation", "performance_review"}
SILENT_WHEN_CLEAN = {"typos", "zizmor"}
"""Tools that print nothing at all when they find nothing."""


def module_of(analyser):
    return sys.modules[analyser.parse.__module__]


def settings_of(name):
    return SEEDS[name].settings if name in SEEDS else {}


def test_every_analyser_has_a_seed_or_says_where_it_is_tested():
    assert set(ANALYSERS) == set(SEEDS) | set(ELSEWHERE)


@EVERY
def test_it_is_listed_under_its_own_name(analyser):
    assert ANALYSERS[analyser.name] is analyser


@EVERY
def test_it_belongs_to_a_step_that_there_is(analyser):
    assert analyser.step in STEPS


@EVERY
def test_it_says_what_it_is_and_where_to_read_on(analyser):
    first = inspect.getdoc(module_of(analyser)).splitlines()[0]
    assert first.endswith((".", ","))
    assert analyser.title
    assert "\n" not in analyser.title
    assert not analyser.title.endswith(".")
    assert analyser.url.startswith("https://")


@EVERY
def test_it_leaves_alone_what_is_not_its_own(analyser):
    if not analyser.any_text:
        assert not analyser.wants("picture.png", "")
        assert not analyser.wants("notes.unknown", "nothing to see")


@EVERY
def test_its_command_is_the_same_without_files(analyser):
    assert analyser.command(Target((), settings=settings_of(analyser.name)))


@EVERY
@pytest.mark.parametrize("output", ["it crashed", "[{]", "\x00", '[{"x": 1}]', "3", '{"x": '])
def test_an_answer_it_cannot_read_is_never_clean(analyser, output):
    target = Target(("/scratch/a",), settings=settings_of(analyser.name))
    with pytest.raises((ValueError, KeyError, TypeError, AttributeError, IndexError)):
        list(analyser.parse(output, target))


@pytest.mark.parametrize(
    "analyser",
    [one for one in ANALYSERS.values() if one.name not in SILENT_WHEN_CLEAN],
    ids=lambda analyser: analyser.name,
)
def test_no_answer_is_never_clean(analyser):
    target = Target(("/scratch/a",), settings=settings_of(analyser.name))
    with pytest.raises((ValueError, KeyError, TypeError, AttributeError, IndexError)):
        list(analyser.parse("", target))


def found_in(answer, rule):
    return {finding.path for finding in answer.findings if finding.rule.startswith(rule)}


@SEEDED
def test_no_file_name_is_an_option_or_a_way_out(look_at, name):
    seed = SEEDS[name]
    # nothing may be told apart by content: each is its own problem
    paths = [seed.name.format(stem) for stem in NAMES]
    before = dict.fromkeys(paths, seed.before) if seed.before else None
    answer = look_at(name, dict.fromkeys(paths, seed.content), before, settings=seed.settings)
    assert answer.gaps == ()
    assert found_in(answer, seed.rule) == set(paths)


@SEEDED
def test_no_configuration_beside_the_file_changes_its_answer(look_at, tmp_path, name):
    seed = SEEDS[name]
    path = seed.name.format("a")
    before = {path: seed.before} if seed.before else None
    for file, text in CONFIGURATIONS.items():
        for folder in ("head", "head/.github", "head/.github/workflows"):
            place = tmp_path / folder / file
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
    answer = look_at(name, {path: seed.content}, before, settings=seed.settings)
    assert answer.gaps == ()
    assert found_in(answer, seed.rule) == {path}


@pytest.mark.parametrize("name", [name for name, seed in SEEDS.items() if seed.silenced])
def test_no_comment_keeps_it_from_telling(look_at, name):
    seed = SEEDS[name]
    path = seed.name.format("a")
    answer = look_at(name, {path: seed.silenced}, settings=seed.settings)
    assert answer.gaps == ()
    assert found_in(answer, seed.rule) == {path}


@pytest.mark.parametrize("name", sorted(OBEYS))
def test_what_cannot_be_told_to_disregard_comments_says_so(name):
    assert "silencers lists those" in inspect.getdoc(module_of(ANALYSERS[name]))
