"""Every rule of a project as data, drawn from the types and docstrings of `rules`. Pure.

A form, the CLI and docs/rules.md are made from it, so none can say another bound than the one that
refuses. Nothing is written here that is not written there.
"""

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, cast

import msgspec
from msgspec import inspect as types
from msgspec.structs import replace

from diorama.projects.rules import Rules
from diorama.protocol.rule_views import RuleCatalogue, RuleType, RuleView

_SECONDS: Final = "_s"
_ATTRIBUTE: Final = re.compile(r"^    (\w+): ")
_NUMBERS: Final[Mapping[type[types.Type], RuleType]] = {
    types.IntType: "integer",
    types.FloatType: "number",
}


@cache
def catalogue() -> RuleCatalogue:
    """Return every rule: those of no group first, then group by group."""
    found = list(_rules(Rules, _Group()))
    return RuleCatalogue(rules=tuple(sorted(found, key=lambda rule: rule.group != "")))


@dataclass(frozen=True, slots=True)
class _Group:
    path: str = ""
    title: str = ""


def _rules(kind: type[msgspec.Struct], group: _Group) -> Iterator[RuleView]:
    said = help_of(kind)
    defaults = cast("dict[str, object]", msgspec.to_builtins(kind()))
    for field in _struct(kind).fields:
        title, bare = _titled(field.type)
        if isinstance(bare, types.StructType):
            yield from _rules(bare.cls, _Group(field.name, title))
            continue
        value = _without_none(bare)
        rule = RuleView(
            path=f"{group.path}.{field.name}".removeprefix("."),
            group=group.path,
            group_title=group.title,
            title=title,
            help=said[field.name],
            type="choice",
            default=defaults[field.name],
            nullable=value is not bare,
            unit="s" if field.name.endswith(_SECONDS) else None,
        )
        yield _shaped(rule, value)


def help_of(kind: type[msgspec.Struct]) -> dict[str, str]:
    """Return what a struct's docstring says of its attributes, as sentences."""
    said: dict[str, str] = {}
    name = ""
    lines = inspect.cleandoc(kind.__doc__ or "").partition("Attributes:\n")[2].splitlines()
    for line in lines:
        if found := _ATTRIBUTE.match(line):
            name = found[1]
            said[name] = line[found.end() :]
        else:
            said[name] += " " + line.strip()
    return {name: text[:1].upper() + text[1:] for name, text in said.items()}


def _struct(kind: type[msgspec.Struct]) -> types.StructType:
    return cast("types.StructType", types.type_info(kind))


def _titled(kind: types.Type) -> tuple[str, types.Type]:
    """Return a type's title, and the type without it."""
    if isinstance(kind, types.Metadata):
        return str((kind.extra_json_schema or {}).get("title", "")), kind.type
    return "", kind


def _without_none(kind: types.Type) -> types.Type:
    if not isinstance(kind, types.UnionType):
        return kind
    return next(one for one in kind.types if not isinstance(one, types.NoneType))


def _shaped(rule: RuleView, kind: types.Type) -> RuleView:
    """Return a rule with what follows from its type alone."""
    match kind:
        case types.BoolType():
            return replace(rule, type="boolean")
        case types.IntType() | types.FloatType():
            return replace(rule, type=_NUMBERS[type(kind)], min=kind.ge, max=kind.le)
        case types.EnumType():
            return replace(rule, choices=tuple(str(one.value) for one in kind.cls))
        case types.VarTupleType(item_type=types.StrType() as item):
            return replace(
                rule,
                type="list",
                max_items=kind.max_length,
                pattern=item.pattern,
                max_length=item.max_length,
            )
        case types.DictType(key_type=types.StrType() as key, value_type=types.IntType() as value):
            return replace(
                rule,
                type="map",
                max_items=kind.max_length,
                min=value.ge,
                max=value.le,
                max_length=key.max_length,
            )
        case _:
            raise AssertionError(f"{rule.path} is of a type that no form has yet: {kind}")
