"""What a change of a project by API comes to: the whole next project, or a refusal. Pure.

A change names what it changes and leaves the rest. Its rules are laid over those that are, and the
whole is held to their bounds, so what stands always keeps them; whatever is wrong refuses it all.
"""

from collections.abc import Mapping
from typing import Final, cast

import msgspec
from msgspec import UNSET, UnsetType

from diorama.kernel.errors import Detail, Invalid
from diorama.projects.rules import Project, Rules
from diorama.protocol.project_views import Description, Prompts, Rule, Title
from diorama.protocol.views import ProjectView

_TEXTS: Final = frozenset({"title", "description", "prompts"})


class ChangeProject(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """PATCH /v1/projects/{name}: what is left out stays as it is.

    Attributes:
        public: whether anyone who reaches the gateway may ask for a session.
        offered: whether other accounts may make projects from its world: the operator's to say.
        rules: those that change, by name; those of `queue` and `afk` one by one too, while lists
            and `priorities` are replaced whole.
    """

    enabled: bool | UnsetType = UNSET
    public: bool | UnsetType = UNSET
    offered: bool | UnsetType = UNSET
    title: Title | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    prompts: Prompts | UnsetType = UNSET
    rules: dict[str, Rule] | UnsetType = UNSET


class OwnProject(ProjectView, frozen=True, kw_only=True):
    """A project as its account sees it: `version` is what a change is held to by `If-Match`.

    Attributes:
        made_from: the world of `GET /v1/worlds` that it was made from.
    """

    version: int
    public: bool
    rules: Rules
    pool: str
    offered: bool
    made_from: str | None


def changed(project: Project, change: ChangeProject) -> Project:
    """Return the project as a change leaves it, at the version it was read at.

    Raises:
        Invalid: a rule does not exist or is out of its bounds (`rule_refused`).
    """
    said = {
        field: value
        for field in ("enabled", "public", "offered", "title", "description", "prompts")
        if (value := getattr(change, field)) is not UNSET
    }
    rules = project.rules if change.rules is UNSET else ruled(project.rules, change.rules)
    return msgspec.structs.replace(project, **said, rules=rules)


def said_of(change: ChangeProject) -> dict[str, Detail]:
    """Return what a change says, as facts for a person; of texts only that they changed."""
    said = cast("dict[str, Detail]", msgspec.to_builtins(change))
    return {name: True if name in _TEXTS else value for name, value in said.items()}


def ruled(rules: Rules, change: Mapping[str, object]) -> Rules:
    """Return rules with some replaced.

    Raises:
        Invalid: one does not exist or is out of its bounds (`rule_refused`).
    """
    groups = {
        field.name
        for field in msgspec.structs.fields(Rules)
        if isinstance(getattr(rules, field.name), msgspec.Struct)
    }
    whole = cast("dict[str, object]", msgspec.to_builtins(rules))
    for name, value in change.items():
        known = whole.get(name)
        if name in groups and isinstance(known, dict) and isinstance(value, dict):
            whole[name] = known | value
        else:
            whole[name] = value
    try:
        return msgspec.convert(whole, type=Rules)
    except msgspec.ValidationError as error:
        raise Invalid(f"rules: {error}"[:200], code="rule_refused") from None
