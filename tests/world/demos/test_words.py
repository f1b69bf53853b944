"""What the dreamer makes of words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diorama.world.demos.dreamer.prompts import STARTERS
from diorama.world.demos.dreamer.scene import between, counts_of, scene_of
from diorama.world.demos.dreamer.words import (
    HOURS,
    MOST_OF_A_THING,
    PLACES,
    SEASONS,
    THINGS,
    TINTS,
    WEATHERS,
    Wish,
    understand,
)


def wish(*prompts: str) -> Wish:
    said = Wish()
    for prompt in prompts:
        said = understand(prompt, said).wish
    return said


def test_a_prompt_sets_what_it_names() -> None:
    said = wish("A storm at night over the hills by the sea, with a lighthouse and three boats")

    assert said == Wish(
        hour="night",
        place="hills",
        shore="sea",
        weather=frozenset({"storm"}),
        things={"lighthouse": 1, "boat": 3},
    )


def test_a_prompt_leaves_what_it_does_not_name() -> None:
    said = wish("a castle in the forest at dusk", "snow")

    assert (said.place, said.hour, said.things) == ("forest", "dusk", {"castle": 1})
    assert said.weather == {"snow"}


def test_a_prompt_that_names_a_place_begins_a_new_scene() -> None:
    said = wish("winter night, snow, a castle", "a desert")

    assert said == Wish(hour="night", place="desert", shore="")


def test_things_named_take_the_place_of_others_unless_added() -> None:
    assert wish("two balloons", "a boat").things == {"boat": 1}
    assert wish("two balloons", "add a boat").things == {"balloon": 2, "boat": 1}


def test_weather_named_takes_the_place_of_other_weather_unless_added() -> None:
    assert wish("rain", "snow").weather == {"snow"}
    assert wish("fog", "more rain").weather == {"fog", "rain"}


@pytest.mark.parametrize(
    ("prompt", "left"),
    [("no rain", {"fog"}), ("without fog", {"rain"}), ("not snow", {"fog", "rain"})],
)
def test_what_is_refused_goes_away(prompt: str, left: set[str]) -> None:
    assert wish("fog and rain", prompt).weather == left


def test_refused_things_and_shores_go_away() -> None:
    said = wish("a lake, two balloons, a boat", "no balloons, no water")

    assert (said.things, said.shore) == ({"boat": 1}, "")


@pytest.mark.parametrize(
    ("prompt", "count"),
    [
        ("a balloon", 1),
        ("balloon", 1),
        ("balloons", 5),
        ("three balloons", 3),
        ("3 hot balloons", 3),
        ("a dozen balloons", 12),
        ("9999 balloons", MOST_OF_A_THING),
    ],
)
def test_a_number_before_a_thing_counts_it(prompt: str, count: int) -> None:
    assert wish(prompt).things == {"balloon": count}


def test_there_is_one_lighthouse_at_most() -> None:
    assert wish("seven lighthouses").things == {"lighthouse": 1}


def test_a_village_is_several_houses() -> None:
    assert wish("a village").things == {"house": 7}


def test_reset_starts_again() -> None:
    assert wish("a desert at night", "reset") == Wish()


def test_a_tint_goes_with_its_hour() -> None:
    assert wish("pink sunset", "night").tint == ""
    assert wish("pink sunset").tint == "pink"


def test_words_are_told_once_and_in_order() -> None:
    said = understand("Snow, snow, SNOW and a foggy dawn; no rain", Wish())

    assert said.words == ("snow", "fog", "dawn", "no rain")


@pytest.mark.parametrize("prompt", STARTERS)
def test_most_of_each_starter_is_understood(prompt: str) -> None:
    assert len(understand(prompt, Wish()).words) >= 3


@given(st.lists(st.text(max_size=4_000), max_size=4))
def test_any_prompt_leaves_a_wish_that_can_be_drawn(prompts: list[str]) -> None:
    said = wish(*prompts)

    assert all(-3.0 < value < 3.0 for value in scene_of(said))
    assert all(0 <= count <= MOST_OF_A_THING for count in counts_of(said))


@pytest.mark.parametrize(
    "words", [HOURS, TINTS, SEASONS, PLACES, WEATHERS], ids=lambda words: f"{words[0]}..."
)
def test_each_word_of_a_group_has_a_scene_of_its_own(words: tuple[str, ...]) -> None:
    scenes = {scene_of(wish(word)) for word in words}

    assert len(scenes) == len(words)


@pytest.mark.parametrize("thing", THINGS)
def test_each_thing_is_counted(thing: str) -> None:
    assert sum(counts_of(wish(thing))) == 1.0


def test_halfway_between_two_scenes_lies_their_middle() -> None:
    assert between((0.0, 2.0), (1.0, 4.0), 0.0) == (0.0, 2.0)
    assert between((0.0, 2.0), (1.0, 4.0), 0.5) == (0.5, 3.0)
    assert between((0.0, 2.0), (1.0, 4.0), 1.0) == (1.0, 4.0)
