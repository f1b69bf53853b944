"""Who may frame a player, and what its page is told."""

import msgspec
import pytest

from diorama.gateway.embedding import PlayerFacts, facts_of
from diorama.leases.timers import Timers
from diorama.projects.rules import Project, Rules
from diorama.protocol.worker import VideoSpec, WorldSpec

RULES = Rules(resume_window_s=90, connect_timeout_s=30, embed_origins=("https://a.example",))


def project(*, public: bool) -> Project:
    return Project(
        id="prj_1",
        account_id="acc_1",
        name="cove",
        title="",
        description="",
        enabled=True,
        public=public,
        pool="default",
        regions=("local",),
        world=WorldSpec(kind="python", entry="a:B"),
        video=VideoSpec(),
        rules=RULES,
        prompts=(),
        version=1,
    )


def test_the_page_of_a_public_project_knows_how_long_things_are_kept() -> None:
    assert facts_of(project(public=True), Timers(place_kept_s=40)) == PlayerFacts(
        framers=("https://a.example",),
        place_kept_s=40,
        connect_timeout_s=30,
        resume_window_s=90,
    )


def test_the_page_of_another_project_does_not_tell_its_rules() -> None:
    facts = facts_of(project(public=False), Timers())

    assert (facts.connect_timeout_s, facts.resume_window_s) == (None, None)


def test_the_page_of_no_project_lets_nobody_frame_it() -> None:
    assert facts_of(None, Timers()).framers == ()


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "https://app.example",
        "http://10.0.0.1:3000",
        "https://*.example.com",
        "http://localhost:*",
    ],
)
def test_an_origin_may_be_named_as_browsers_name_it(origin: str) -> None:
    assert msgspec.convert({"embed_origins": [origin]}, Rules).embed_origins == (origin,)


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "app.example",
        "https://app.example/",
        "https://app.example/path",
        "https://a b",
        "https://a;script-src *",
        "https://a\n",
        "https://*",
        "javascript:alert(1)",
        "'self'",
        "null",
    ],
)
def test_what_is_no_origin_is_refused_where_it_is_read(origin: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"embed_origins": [origin]}, Rules)
