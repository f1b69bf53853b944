"""`diorama projects`: what can be streamed, and the rules it is streamed by."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Final, Literal, cast

import typer

from diorama.cli.asking import Asking, asks, complete_project
from diorama.cli.saying import refuse

if TYPE_CHECKING:
    from diorama.client import Project
    from diorama.client.questions import NewProject, ProjectChange
    from diorama.protocol.project_views import WorldView
    from diorama.protocol.rule_views import RuleView
    from diorama.protocol.views import LaneView, ProjectView

projects: Final = typer.Typer(help="What can be streamed, and its rules.", no_args_is_help=True)
Name = Annotated[
    str, typer.Argument(metavar="PROJECT", autocompletion=complete_project, help="Its name.")
]

WorldKind = Literal["python", "pixel_streaming", "window"]
Rules = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="RULE=VALUE...", help="Such as max_runtime_s=600 or afk.warn_after_s=60."
    ),
]


@projects.command("ls")
@asks
def ls(asking: Asking) -> None:
    """List the projects."""

    def row(project: "ProjectView") -> tuple[object, ...]:
        return project.name, project.title, project.enabled, project.regions, project.world

    titles = ("NAME", "TITLE", "ENABLED", "REGIONS", "WORLD")
    asking.show_all(asking.diorama.projects(), titles, row)


@projects.command("show")
@asks
def show(asking: Asking, name: Name) -> None:
    """Show one project with every rule."""
    asking.show(asking.diorama.project(name), facts)


@projects.command("create")
@asks
def create(  # noqa: PLR0913 - each is an option
    asking: Asking,
    name: Annotated[str, typer.Argument(help="The last part of its address, /play/NAME.")],
    rules: Rules = None,
    *,
    world: Annotated[str, typer.Option(help="Which of `diorama projects worlds`.")],
    title: Annotated[str | None, typer.Option(help="What people read.")] = None,
    description: Annotated[str | None, typer.Option(help="A sentence or two.")] = None,
    public: Annotated[
        bool, typer.Option("--public/--private", help="Whether anybody may play it.")
    ] = False,
    pool: Annotated[str | None, typer.Option(help="Of the workers that run it.")] = None,
    region: Annotated[
        list[str] | None, typer.Option(help="Where it may run; several times.")
    ] = None,
    kind: Annotated[
        WorldKind | None,
        typer.Option(help="For the operator: --world is a program of this kind."),
    ] = None,
) -> None:
    """Make a project from a world that the operator offers."""
    given: dict[str, object] = {
        "title": title,
        "description": description,
        "pool": pool,
        "regions": region,
        "kind": kind,
        "rules": parsed(rules or ()),
        "public": public,
    }
    more = cast("NewProject", {name: value for name, value in given.items() if value})
    made = asking.diorama.create_project(name, world=world, **more)
    asking.show(made, facts)


@projects.command("delete")
@asks
def delete(
    asking: Asking,
    name: Name,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")] = False,
) -> None:
    """Take a project away that has no live sessions; what was used of it is kept."""
    if not yes:
        typer.confirm(f"Delete {name}?", abort=True, err=True)
    asking.diorama.delete_project(name)
    asking.say(f"{name} is deleted")


@projects.command("worlds")
@asks
def worlds(asking: Asking) -> None:
    """List the worlds that projects may be made from."""

    def row(world: "WorldView") -> tuple[object, ...]:
        return world.name, world.title, world.kind, world.pool, world.regions

    asking.show_all(asking.diorama.worlds(), ("NAME", "TITLE", "KIND", "POOL", "REGIONS"), row)


@projects.command("rules")
@asks
def rules_(
    asking: Asking,
    path: Annotated[str, typer.Argument(help="Only those that begin so, such as queue.")] = "",
) -> None:
    """List every rule: its default, what it may be, and what it does."""
    found = [rule for rule in asking.diorama.rules() if rule.path.startswith(path)]
    asking.show_all(
        found,
        ("RULE", "DEFAULT", "MAY BE", "WHAT IT DOES"),
        lambda rule: (rule.path, json.dumps(rule.default), bounds(rule), rule.help),
    )


@projects.command("set")
@asks
def set_(  # noqa: PLR0913 - each is an option
    asking: Asking,
    name: Name,
    rules: Rules = None,
    *,
    title: Annotated[str | None, typer.Option(help="What people read.")] = None,
    description: Annotated[str | None, typer.Option(help="A sentence or two.")] = None,
    if_version: Annotated[
        int | None, typer.Option(min=1, help="Only if it is still at this version.")
    ] = None,
) -> None:
    """Change rules of a project; what is left out stays, and what changes acts at once."""
    change: ProjectChange = {}
    if rules:
        change["rules"] = parsed(rules)
    if title is not None:
        change["title"] = title
    if description is not None:
        change["description"] = description
    if not change:
        refuse("say what changes: RULE=VALUE, --title or --description")
    asking.show(asking.diorama.change_project(name, if_version=if_version, **change), facts)


@projects.command("enable")
@asks
def enable(asking: Asking, name: Name) -> None:
    """Let a project be played."""
    asking.show(asking.diorama.change_project(name, enabled=True), facts)


@projects.command("disable")
@asks
def disable(asking: Asking, name: Name) -> None:
    """Let nobody play a project; its sessions, queued and live, end at once with 4000."""
    asking.show(asking.diorama.change_project(name, enabled=False), facts)


@projects.command("queue")
@asks
def queue(asking: Asking, name: Name) -> None:
    """Show who waits for a project in each region, and how long."""
    from diorama.cli import tables

    def wait(wait_s: float | None) -> str:
        return "unknown" if wait_s is None else tables.duration(wait_s)

    def row(lane: "LaneView") -> tuple[object, ...]:
        return (
            lane.region,
            lane.length,
            wait(lane.eta_p50_s),
            wait(lane.eta_p90_s),
            wait(lane.session_p50_s),
        )

    titles = ("REGION", "WAITING", "HALF WAIT UNDER", "NINE TENTHS UNDER", "HALF STAY UNDER")
    asking.show_all(asking.diorama.queue(name), titles, row)


def parsed(rules: Sequence[str]) -> dict[str, object]:
    """Return rules written as `name=value` or `group.name=value`, as a change takes them.

    A value is JSON where it is any, else a word.
    """
    found: dict[str, object] = {}
    for rule in rules:
        path, sign, text = rule.partition("=")
        group, dot, name = path.strip().partition(".")
        if not sign or not group or (dot and not name):
            refuse(f"{rule}: write it as RULE=VALUE, such as max_runtime_s=600")
        if not dot:
            found[group] = value(text)
            continue
        inner = found.setdefault(group, {})
        if not isinstance(inner, dict):
            refuse(f"{rule}: {group} is given as a whole already")
        inner[name] = value(text)
    return found


def value(text: str) -> object:
    """Return what a person wrote: 600, true, null, ["a"], or a word as it stands."""
    try:
        return json.loads(text)
    except ValueError:
        return text.strip()


def bounds(rule: "RuleView") -> str:
    """Return in few words what a rule may be."""
    if rule.choices:
        return ", ".join(rule.choices)
    said: str = rule.type
    if rule.min is not None or rule.max is not None:
        least, most = ("" if end is None else f"{end:g}" for end in (rule.min, rule.max))
        said = f"{least} to {most}" + (f" {rule.unit}" if rule.unit else "")
    return said + (" or null" if rule.nullable else "")


def ruled(rule: object) -> str:
    """Return a rule's value as it may be written after `RULE=`, a word without its quotes."""
    if isinstance(rule, str):
        return rule
    return f"{rule:g}" if isinstance(rule, float) else json.dumps(rule)


def facts(project: "Project") -> Iterator[tuple[str, object]]:
    """Yield what is known of a project, by name, each rule by its path."""
    for name in ("name", "id", "title", "description", "enabled", "public", "regions", "world"):
        yield name, getattr(project, name)
    yield "version", project.version
    for name, rule in sorted((project.rules or {}).items()):
        if isinstance(rule, Mapping):
            for inner, one in sorted(rule.items()):
                yield f"{name}.{inner}", ruled(one)
        else:
            yield name, ruled(rule)
