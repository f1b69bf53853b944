"""What REST takes and shows of creating projects, and of the worlds they may be made from."""

from typing import Annotated

import msgspec
from msgspec import Meta

from diorama.protocol.worker import Name, VideoSpec, WorldKind

Title = Annotated[str, Meta(max_length=120)]
Description = Annotated[str, Meta(max_length=2_000)]
Prompts = Annotated[tuple[Annotated[str, Meta(max_length=4_000)], ...], Meta(max_length=32)]
Rule = Annotated[object, Meta(extra_json_schema={"description": "a rule, or some of a group"})]
Option = Annotated[object, Meta(extra_json_schema={"description": "what the world makes of it"})]


class CreateProject(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """POST /v1/projects.

    Attributes:
        name: the last part of `/play/{name}`; no two projects of a Diorama have the same.
        world: a name of `GET /v1/worlds`. With `kind`, which only the operator may say, the program
            itself: `module:Class` or `path/file.py:Class` for `python`, else a command line.
        regions: where it may run, the usual one first; empty is where its world is offered.
        pool: of the workers that run it; none is the one its world is offered in.
        public: whether anyone who reaches the gateway may ask for a session.
        rules: those that are not as they are by default, see `GET /v1/rules`.
        offered: whether other accounts may make projects from its world: the operator's to say.
    """

    name: Name
    world: Annotated[str, Meta(min_length=1, max_length=1_000)]
    kind: WorldKind | None = None
    title: Title = ""
    description: Description = ""
    enabled: bool = True
    public: bool = False
    pool: Name | None = None
    regions: Annotated[tuple[Name, ...], Meta(max_length=64)] = ()
    prompts: Prompts | None = None
    options: dict[str, Option] = {}
    video: VideoSpec | None = None
    rules: dict[str, Rule] = {}
    offered: bool = False


class WorldView(msgspec.Struct, frozen=True):
    """A world that projects may be made from: the operator's project of that name offers it."""

    name: str
    title: str
    description: str
    kind: str
    pool: str
    regions: tuple[str, ...]
    prompts: tuple[str, ...] = ()


class Worlds(msgspec.Struct, frozen=True):
    """The worlds that a caller may make projects from, by name."""

    worlds: tuple[WorldView, ...]
