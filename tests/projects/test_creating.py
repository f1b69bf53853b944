"""What a request to create a project comes to, by who asks."""

import msgspec
import pytest

from diorama.kernel.errors import DioramaError, Forbidden, Invalid
from diorama.projects.creating import MAX_OPTIONS, created, is_offer
from diorama.projects.rules import Project
from diorama.protocol.project_views import CreateProject
from diorama.protocol.worker import VideoSpec
from tests.sessions.house import project

OFFER = msgspec.structs.replace(
    project("cove"), pool="big", regions=("here", "there"), prompts=("a hill",)
)


def made(ask: CreateProject, *, offer: Project | None = OFFER, operates: bool = False) -> Project:
    return created(ask, offer, project_id="prj_new", account_id="acc_new", operates=operates)


def test_a_project_takes_its_world_and_where_it_runs_from_the_offer() -> None:
    found = made(CreateProject(name="mine", world="cove", title="Mine"))

    assert (found.world, found.pool, found.regions) == (OFFER.world, "big", ("here", "there"))
    assert (found.account_id, found.name, found.title) == ("acc_new", "mine", "Mine")
    assert (found.prompts, found.made_from, found.version) == (("a hill",), "cove", 1)
    assert found.enabled
    assert not found.public


def test_what_is_said_replaces_what_is_offered() -> None:
    ask = CreateProject(
        name="mine",
        world="cove",
        regions=("there",),
        prompts=(),
        video=VideoSpec(max_fps=30),
        rules={"afk": {"warn_after_s": 60}},
    )

    found = made(ask)

    assert (found.regions, found.prompts, found.video.max_fps) == (("there",), (), 30)
    assert found.rules.afk.warn_after_s == 60


@pytest.mark.parametrize(
    ("ask", "kind", "code"),
    [
        (CreateProject(name="x", world="a:B", kind="python"), Forbidden, "permission_missing"),
        (CreateProject(name="x", world="cove", options={"a": 1}), Forbidden, "permission_missing"),
        (CreateProject(name="x", world="cove", offered=True), Forbidden, "permission_missing"),
        (CreateProject(name="x", world="cove", regions=("far",)), Invalid, "region_not_offered"),
        (CreateProject(name="x", world="cove", pool="small"), Invalid, "pool_not_offered"),
        (CreateProject(name="x", world="cove", rules={"a": 1}), Invalid, "rule_refused"),
    ],
)
def test_who_does_not_operate_keeps_to_what_is_offered(
    ask: CreateProject, kind: type[DioramaError], code: str
) -> None:
    with pytest.raises(kind) as refused:
        made(ask)

    assert refused.value.code == code


def test_a_world_that_nobody_offers_is_unknown() -> None:
    with pytest.raises(Invalid) as refused:
        made(CreateProject(name="x", world="../../etc/passwd:X"), offer=None)

    assert refused.value.code == "world_unknown"


def test_the_operator_names_a_program() -> None:
    ask = CreateProject(
        name="x", world="a:B", kind="python", regions=("r", "r"), options={"a": 1}, offered=True
    )

    found = made(ask, offer=None, operates=True)

    assert (found.world.entry, found.world.options) == ("a:B", '{"a":1}')
    assert (found.regions, found.pool, found.made_from) == (("r",), "default", None)


@pytest.mark.parametrize(
    "ask",
    [
        CreateProject(name="x", world="a:B", kind="python"),
        CreateProject(
            name="x", world="a:B", kind="python", regions=("r",), options={"a": "x" * MAX_OPTIONS}
        ),
    ],
)
def test_a_program_needs_regions_and_options_that_a_worker_takes(ask: CreateProject) -> None:
    with pytest.raises(Invalid) as refused:
        made(ask, operates=True)

    assert refused.value.code == "schema"


@pytest.mark.parametrize(
    ("enabled", "public", "offered", "expected"),
    [
        (True, True, False, True),
        (True, False, True, True),
        (True, False, False, False),
        (False, True, True, False),
    ],
)
def test_a_world_is_offered_by_a_public_project_or_one_that_says_so(
    *, enabled: bool, public: bool, offered: bool, expected: bool
) -> None:
    one = msgspec.structs.replace(OFFER, enabled=enabled, public=public, offered=offered)

    assert is_offer(one) is expected
