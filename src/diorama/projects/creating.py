"""What a request to create a project comes to: the project, or a refusal. Pure.

A world is a program on the machines of whoever operates Diorama, so only the operator names one
freely. Everybody else makes projects from worlds that the operator offers: the project takes its
program, pool and regions from there, and may run in some of those regions.
"""

import msgspec

from diorama.kernel.errors import Forbidden, Invalid
from diorama.projects.changing import ruled
from diorama.projects.rules import Project, Rules
from diorama.protocol.project_views import CreateProject, WorldView
from diorama.protocol.worker import VideoSpec, WorldSpec

MAX_OPTIONS = 16_000
"""Characters of a world's options as JSON: what a worker takes."""


def is_offer(project: Project) -> bool:
    """Return whether one of the operator's projects offers its world to other accounts."""
    return project.enabled and (project.public or project.offered)


def world_view(offer: Project) -> WorldView:
    """Return the world that a project offers."""
    return WorldView(
        name=offer.name,
        title=offer.title,
        description=offer.description,
        kind=offer.world.kind,
        pool=offer.pool,
        regions=offer.regions,
        prompts=offer.prompts,
    )


def created(
    ask: CreateProject, offer: Project | None, *, project_id: str, account_id: str, operates: bool
) -> Project:
    """Return the project that a request asks for.

    Args:
        ask: the request.
        offer: the project that offers the world of that name, where there is one.
        project_id: its id.
        account_id: whose it is.
        operates: whether the operator asks.

    Raises:
        Invalid: no world of that name is offered (`world_unknown`), nor in that region
            (`region_not_offered`) or pool (`pool_not_offered`); options are too long (`schema`); a
            rule does not exist or is out of its bounds (`rule_refused`).
        Forbidden: only the operator names a program, or offers one (`permission_missing`).
    """
    if not operates and (ask.kind is not None or ask.options or ask.offered):
        raise Forbidden(
            "only the operator says what program a project runs: leave out kind, options and "
            "offered, and name a world of GET /v1/worlds",
            code="permission_missing",
            detail={"needs": "operate"},
        )
    if ask.kind is not None:
        return _free(ask, project_id, account_id)
    if offer is None:
        raise Invalid(f"no world {ask.world} is offered: see GET /v1/worlds", code="world_unknown")
    _check_place(ask, offer, operates=operates)
    project = _project(ask, offer.world, project_id, account_id)
    return msgspec.structs.replace(
        project,
        pool=ask.pool or offer.pool,
        regions=ask.regions or offer.regions,
        video=ask.video or offer.video,
        prompts=offer.prompts if ask.prompts is None else ask.prompts,
        made_from=offer.name,
    )


def _check_place(ask: CreateProject, offer: Project, *, operates: bool) -> None:
    if operates:
        return
    for region in ask.regions:
        if region not in offer.regions:
            raise Invalid(
                f"world {offer.name} is not offered in region {region}", code="region_not_offered"
            )
    if ask.pool not in {None, offer.pool}:
        raise Invalid(
            f"world {offer.name} is not offered in pool {ask.pool}", code="pool_not_offered"
        )


def _free(ask: CreateProject, project_id: str, account_id: str) -> Project:
    """Return a project whose program the operator names."""
    if ask.kind is None or not ask.regions:
        raise Invalid("a project whose world is not offered names its regions", code="schema")
    options = msgspec.json.encode(ask.options).decode()
    if len(options) > MAX_OPTIONS:
        raise Invalid(f"options: {len(options)} characters; at most {MAX_OPTIONS}", code="schema")
    world = WorldSpec(kind=ask.kind, entry=ask.world, options=options)
    return _project(ask, world, project_id, account_id)


def _project(ask: CreateProject, world: WorldSpec, project_id: str, account_id: str) -> Project:
    return Project(
        id=project_id,
        account_id=account_id,
        name=ask.name,
        title=ask.title,
        description=ask.description,
        enabled=ask.enabled,
        public=ask.public,
        pool=ask.pool or "default",
        regions=tuple(dict.fromkeys(ask.regions)),
        world=world,
        video=ask.video or VideoSpec(),
        rules=ruled(Rules(), ask.rules),
        prompts=ask.prompts or (),
        version=1,
        offered=ask.offered,
    )
