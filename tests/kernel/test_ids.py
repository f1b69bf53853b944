"""Ids sort by the time they were made; secrets are nobody's to guess."""

import random
import re

from diorama.kernel.clock import SystemClock
from diorama.kernel.ids import IdFactory, digest
from tests.clock import SteppedClock


def factory(clock: SteppedClock, seed: int = 1) -> IdFactory:
    return IdFactory(clock, random.Random(seed))


def test_an_id_is_its_kind_and_26_characters() -> None:
    assert re.fullmatch(r"ses_[0-9a-hjkmnp-tv-z]{26}", IdFactory(SystemClock()).new("ses"))


def test_ids_sort_by_the_millisecond_they_were_made_in() -> None:
    clock, made = SteppedClock(), []
    ids = factory(clock)
    for _ in range(1_000):
        made.append(ids.new("ses"))
        clock.step(seconds=0.001)

    assert made == sorted(made)


def test_ids_of_one_millisecond_differ() -> None:
    ids = factory(SteppedClock())

    assert len({ids.new("ses") for _ in range(1_000)}) == 1_000


def test_the_same_seed_makes_the_same_ids_and_another_makes_others() -> None:
    first, again = factory(SteppedClock()), factory(SteppedClock())
    other = factory(SteppedClock(), seed=2)

    assert first.new("ses") == again.new("ses")
    assert first.secret("dio") == again.secret("dio")
    assert first.new("ses") != other.new("ses")


def test_secrets_differ_and_are_long_whoever_makes_them() -> None:
    for ids in (factory(SteppedClock()), IdFactory(SystemClock())):
        made = {ids.secret("dio") for _ in range(100)}

        assert len(made) == 100
        assert all(re.fullmatch(r"dio_[A-Za-z0-9_-]{43,64}", secret) for secret in made)


def test_a_digest_tells_secrets_apart_and_nothing_more() -> None:
    assert digest("dio_a") == digest("dio_a")
    assert digest("dio_a") != digest("dio_b")
    assert "dio" not in digest("dio_a")


def test_any_text_a_stranger_sends_has_a_digest() -> None:
    """Headers may hold bytes that are not UTF-8; they come as lone surrogates."""
    assert digest("dio_\udcff") != digest("dio_?")
