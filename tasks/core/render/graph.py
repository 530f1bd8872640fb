"""The plan as a picture: mermaid for Markdown, SVG for pages, both with what was said."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence

from tasks.core.plan import TaskDefinition, WorkflowConfig
from tasks.core.render.escape import for_html, for_mermaid, visible
from tasks.core.render.words import STATUSES, duration, outcome
from tasks.core.report import Report, Status

WIDTH, HEIGHT, ACROSS, DOWN, EDGE = 176, 46, 56, 16, 2
"""Of a node, of the room between layers and between nodes, and of the rim: SVG units."""

NAME = 20
"""How many characters of a name fit into a node."""

CLASSES = """\
    classDef clean fill:#dafbe1,stroke:#1a7f37,color:#116329
    classDef findings fill:#fff8c5,stroke:#9a6700,color:#7d4e00
    classDef did_not_look fill:#ffebe9,stroke:#cf222e,color:#a40e26
    classDef decides fill:#ddf4ff,stroke:#0969da,color:#0550ae
    classDef left_out fill:#f6f8fa,stroke:#8c959f,color:#59636e,stroke-dasharray:4"""


def mermaid(plan: WorkflowConfig, reports: Sequence[Report]) -> str:
    """Return the plan as a mermaid flowchart, each step with its answer."""
    said = {report.step: report for report in reports}
    # Nodes are numbered: a step may be called "end", which mermaid reads as a keyword.
    ids = {task.name: f"s{number}" for number, task in enumerate(plan.tasks)}
    lines = ["flowchart LR"]
    for task in plan.tasks:
        label = f"{for_mermaid(task.name)}<br/>{for_mermaid(_answer(task, said.get(task.name)))}"
        lines.append(f'    {ids[task.name]}["{label}"]:::{_class(task, said.get(task.name))}')
    lines += [
        f"    {ids[needed]} --> {ids[task.name]}"
        for task in plan.tasks
        for needed in task.dependencies
    ]
    return "\n".join([*lines, CLASSES])


def svg(plan: WorkflowConfig, reports: Sequence[Report]) -> str:
    """Return the plan as a layered graph, for a page whose style knows the classes."""
    said = {report.step: report for report in reports}
    places = _places(plan)
    width = max(left for left, _ in places.values()) + WIDTH + EDGE
    height = max(top for _, top in places.values()) + HEIGHT + EDGE
    steps = ", ".join(f"{task.name}: {_answer(task, said.get(task.name))}" for task in plan.tasks)
    start = (
        f'<svg class="plan" xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="{for_html(steps)}">'
    )
    nodes = [_node(task, said.get(task.name), *places[task.name]) for task in plan.tasks]
    return "\n".join([start, *_edges(plan, places), *nodes, "</svg>"])


STYLE = """\
<style>
rect{fill:#f6f8fa;stroke:#8c959f;stroke-width:1.5}.edge{stroke:#8c959f;stroke-width:1.5}
.name{fill:#1f2328;font:600 13px monospace}.says{fill:#59636e;font:11.5px sans-serif}
.clean rect{fill:#dafbe1;stroke:#1a7f37}.findings rect{fill:#fff8c5;stroke:#9a6700}
.did_not_look rect{fill:#ffebe9;stroke:#cf222e}.decides rect{fill:#ddf4ff;stroke:#0969da}
.left_out rect{stroke-dasharray:4}
</style>"""


def image(plan: WorkflowConfig, reports: Sequence[Report]) -> str:
    """Return the plan as an image for Markdown that shows neither mermaid nor SVG: a data URL."""
    head, rest = svg(plan, reports).split("\n", 1)
    data = base64.b64encode(f"{head}\n{STYLE}\n{rest}".encode()).decode()
    return f"![the plan](data:image/svg+xml;base64,{data})"


def _places(plan: WorkflowConfig) -> dict[str, tuple[int, int]]:
    """Return the upper left corner of every step: layers from left to right.

    Each step stands beside the middle of what it needs, so that its lines are short, or
    below its neighbour where that place is taken.
    """
    needs = {task.name: task.dependencies for task in plan.tasks}
    places: dict[str, tuple[int, int]] = {}
    for column, layer in enumerate(plan.layers()):
        wished = {
            step: sum(places[n][1] for n in needs[step]) // len(needs[step]) if column else EDGE
            for step in layer
        }
        free = EDGE
        for step in sorted(layer, key=wished.__getitem__):
            top = max(free, wished[step])
            places[step] = (EDGE + column * (WIDTH + ACROSS), top)
            free = top + HEIGHT + DOWN
    return places


def _edges(plan: WorkflowConfig, places: dict[str, tuple[int, int]]) -> Iterator[str]:
    """Yield the lines: straight on in a step's own row, and a bend before the step they end at."""
    for task in plan.tasks:
        for needed in task.dependencies:
            (left, top), (right, bottom) = places[needed], places[task.name]
            y1, y2 = top + HEIGHT // 2, bottom + HEIGHT // 2
            bend, half = right - ACROSS, ACROSS // 2
            yield (
                f'<path class="edge" fill="none" stroke="currentColor" d="M{left + WIDTH} {y1}'
                f'H{bend}C{bend + half} {y1} {right - half} {y2} {right} {y2}"/>'
            )


def _node(task: TaskDefinition, report: Report | None, x: int, y: int) -> str:
    shown = visible(task.name)
    label = shown if len(shown) <= NAME else f"{shown[: NAME - 1]}…"
    middle = x + WIDTH // 2
    return (
        f'<g class="node {_class(task, report)}"><title>{for_html(task.name)}</title>'
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="8" fill="none" '
        f'stroke="currentColor"/>'
        f'<text class="name" x="{middle}" y="{y + 19}" text-anchor="middle">'
        f"{for_html(label)}</text>"
        f'<text class="says" x="{middle}" y="{y + 35}" text-anchor="middle">'
        f"{for_html(_answer(task, report))}</text></g>"
    )


def _answer(task: TaskDefinition, report: Report | None) -> str:
    if report is None:
        # The step that decides runs over the others' reports and has none of its own.
        return "the verdict" if task.always else "no answer"
    # Shorter than outcome(): it has to fit into a box.
    says = outcome(report) if report.status is Status.FINDINGS else STATUSES[report.status]
    return f"{says} · {duration(report.seconds)}"


def _class(task: TaskDefinition, report: Report | None) -> str:
    if report is None:
        return "decides" if task.always else "left_out"
    return report.status.value
