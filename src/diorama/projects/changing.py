"""What a change of a project by API comes to: the whole next project, or a refusal. Pure.

A change names what it changes and leaves the rest. Its rules are laid over those that are, and the
whole is held to their bounds, so what stands always keeps them; whatever is wrong refuses it all.
"""

from collections.abc import Mapping
from typing import Annotated, cast

import msgspec
from msgspec import UNSET, Meta, UnsetType

from diorama.kernel.errors import Invalid
from diorama.projects.rules import Project, Rules
from diorama.protocol.views import ProjectView

Rule = Annotated[object, Meta(extra_json_schema={"description": "a rule, or some of a group"})]


class ChangeProject(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """PATCH /v1/projects/{name}: what is left out stays as it is.

    Attributes:
        rules: those that change, by name; those of `queue` and `afk` one by one too, while lists
            and `priorities` are replaced whole.
    """

    enabled: bool | UnsetType = UNSET
    title: Annotated[str, Meta(max_length=120)] | UnsetType = UNSET
    description: Annotated[str, Meta(max_length=2_000)] | UnsetType = UNSET
    rules: dict[str, Rule] | UnsetType = UNSET


class OwnProject(ProjectView, frozen=True, kw_only=True):
    """A project as its account sees it: `version` is what a change is held to by `If-Match`."""

    version: int
    public: bool
    rules: Rules


def changed(project: Project, change: ChangeProject) -> Project:
    """Return the project as a change leaves it, at the version it was read at.

    Raises:
        Invalid: a rule does not exist or is out of its bounds (`rule_refused`).
    """
    rules = project.rules if change.rules is UNSET else ruled(project.rules, change.rules)
    return msgspec.structs.replace(
        project,
        enabled=project.enabled if change.enabled is UNSET else change.enabled,
        title=project.title if change.title is UNSET else change.title,
        description=project.description if change.description is UNSET else change.description,
        rules=rules,
    )


def ruled(rules: Rules, change: Mapping[str, object]) -> Rules:
    """Return rules with some replaced.

    Raises:
        Invalid: one does not exist or is out of its bounds (`rule_refused`).
    """
    groups = {
        field.name
        for field in msgspec.structs.fields(Rules)
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct)
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
