from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET

import pytest

from tasks.core.plan import TaskDefinition, WorkflowConfig
from tasks.core.render.graph import HEIGHT, WIDTH, mermaid, svg
from tasks.core.report import Report


def plan_of(**needs: tuple[str, ...]) -> WorkflowConfig:
    tasks = tuple(TaskDefinition(name=name, dependencies=deps) for name, deps in needs.items())
    return WorkflowConfig(name="plan", tasks=tasks)


def test_mermaid_shows_every_step_its_answer_and_what_it_needs(plan, verdict):
    lines = mermaid(plan, verdict.reports).splitlines()
    assert lines[0] == "flowchart LR"
    assert '    s0["code_quality<br/>3 findings · 1.50 s"]:::findings' in lines
    assert '    s1["security_scan<br/>did not look · 1 min 15 s"]:::did_not_look' in lines
    assert '    s2["config_validation<br/>clean · 0.25 s"]:::clean' in lines
    assert '    s3["test_coverage<br/>no answer"]:::left_out' in lines
    assert '    s4["final_review<br/>the verdict"]:::decides' in lines
    assert [line.strip() for line in lines if "-->" in line] == [
        "s0 --> s3", "s0 --> s4", "s1 --> s4", "s2 --> s4", "s3 --> s4",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["end", "graph", "subgraph", "class", "click", "default"])
def test_a_step_may_have_the_name_of_a_keyword(name):
    drawn = mermaid(plan_of(**{name: ()}), ())
    assert f'    s0["{name}<br/>no answer"]:::left_out' in drawn.splitlines()


def boxes(drawn: str) -> list[tuple[int, int]]:
    root = ET.fromstring(drawn)  # noqa: S314 - our own output
    spaced = "{http://www.w3.org/2000/svg}rect"
    return [(int(rect.get("x")), int(rect.get("y"))) for rect in root.iter(spaced)]


@pytest.mark.parametrize(
    "needs",
    [
        {"a": ()},
        {"a": (), "b": ("a",)},
        {"a": (), "b": (), "c": ("a", "b"), "d": ("a",), "e": ("b",), "f": ("c", "d", "e")},
        {**{f"s{n}": () for n in range(9)}, "z": tuple(f"s{n}" for n in range(9))},
        {"a": (), **{f"s{n}": ("a",) for n in range(9)}},
    ],
)
def test_no_box_lies_on_another_or_outside_of_the_picture(needs):
    drawn = svg(plan_of(**needs), ())
    places = boxes(drawn)
    assert len(places) == len(needs)
    for (x1, y1), (x2, y2) in itertools.combinations(places, 2):
        assert abs(x1 - x2) >= WIDTH or abs(y1 - y2) >= HEIGHT
    width, height = map(int, re.search(r'viewBox="0 0 (\d+) (\d+)"', drawn).groups())
    assert all(0 <= x <= width - WIDTH and 0 <= y <= height - HEIGHT for x, y in places)
    assert drawn.count('class="edge"') == sum(map(len, needs.values()))


def test_a_step_stands_to_the_right_of_what_it_needs():
    (a, _), (b, _), (c, _) = boxes(svg(plan_of(a=(), b=("a",), c=("b", "a")), ()))
    assert a < b < c


def test_the_picture_says_the_same_in_words(plan, verdict):
    drawn = svg(plan, verdict.reports)
    assert 'aria-label="code_quality: 3 findings · 1.50 s, security_scan: did not look' in drawn
    assert 'class="node did_not_look"' in drawn


def test_a_long_name_is_cut_in_its_box_and_whole_in_its_title():
    name = "a" * 40
    drawn = svg(plan_of(**{name: ()}), (Report(step=name),))
    assert f"<title>{name}</title>" in drawn
    assert f">{'a' * 19}…</text>" in drawn


def test_a_thousand_steps_in_a_row_are_drawn():
    needs = {"s0": (), **{f"s{n}": (f"s{n - 1}",) for n in range(1, 1_000)}}
    assert svg(plan_of(**needs), ()).count("<rect") == 1_000
