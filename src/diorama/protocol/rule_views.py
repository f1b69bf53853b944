"""The catalogue of a project's rules as REST shows it, so that a form can be made from it."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

RuleType = Literal["boolean", "integer", "number", "choice", "list", "map"]

Value = Annotated[object, Meta(extra_json_schema={"description": "what a rule may be, as JSON"})]


class RuleView(msgspec.Struct, frozen=True, kw_only=True):
    """One rule. What it may be is held to by the gateway whatever a form says.

    Attributes:
        path: where it stands in `rules`, such as `queue.max_wait_s`.
        group: the path of what it belongs to; empty is none.
        group_title: what that is called.
        title: what it is called.
        help: what it does, in a sentence or two.
        type: of its value; the items of a `list` are text, a `map` goes from names to integers.
        default: what holds where a project says nothing.
        nullable: whether null may be said, which is no limit.
        unit: of a number.
        min: the least it may be; of a `map`, the least of its values.
        max: the most it may be; of a `map`, the most of its values.
        choices: the values of a `choice`.
        max_items: of a `list` or `map`.
        pattern: what each item of a `list` looks like (ECMA-262).
        max_length: characters of each item of a `list`, or of each name of a `map`.
    """

    path: str
    title: str
    help: str
    type: RuleType
    default: Value
    nullable: bool = False
    group: str = ""
    group_title: str = ""
    unit: Literal["s"] | None = None
    min: float | None = None
    max: float | None = None
    choices: tuple[str, ...] = ()
    max_items: int | None = None
    pattern: str | None = None
    max_length: int | None = None


class RuleCatalogue(msgspec.Struct, frozen=True):
    """Every rule that a project has, in the order in which a form shows them."""

    rules: tuple[RuleView, ...]
