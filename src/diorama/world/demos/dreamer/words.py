"""What a prompt asks for: a table of words, and a rule how a prompt changes the wish before it.

No model is inside, and nothing is hidden: a word that is not in this table changes nothing. A
prompt that names a place begins a new scene, in which only the hour stays. Any other
replaces what it speaks of (the hour, the tint, the season, the shore, the weather, the things) and
leaves the rest. With "add" or "more" at its start it adds to what is there; "no" or "without"
before a word takes that away; "reset" or "clear" alone starts again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

MOST_OF_A_THING: Final = 12
MOST_WORDS: Final = 800
SOME: Final = 5

HOURS: Final = ("dawn", "day", "sunset", "dusk", "night")
TINTS: Final = ("pink", "golden", "purple", "red", "green", "blue")
SEASONS: Final = ("spring", "summer", "autumn", "winter")
PLACES: Final = ("mountains", "hills", "desert", "forest", "city", "meadow")
SHORES: Final = ("sea", "lake")
WEATHERS: Final = (
    "clear", "cloudy", "fog", "rain", "storm", "snow", "wind", "aurora", "rainbow", "stars"
)  # fmt: skip
THINGS: Final = (
    "balloon", "bird", "boat", "lighthouse", "house", "castle", "lantern", "firefly", "windmill",
    "moon"
)  # fmt: skip

SAME: Final[Mapping[str, str]] = {
    "sunrise": "dawn", "daybreak": "dawn", "morning": "dawn", "dawning": "dawn",
    "noon": "day", "midday": "day", "daylight": "day", "sunny": "day", "sunshine": "day",
    "sundown": "sunset", "golden-hour": "sunset", "afternoon": "sunset",
    "evening": "dusk", "twilight": "dusk", "blue-hour": "dusk",
    "midnight": "night", "nighttime": "night", "dark": "night", "nocturnal": "night",
    "rose": "pink", "rosy": "pink", "magenta": "pink", "gold": "golden", "amber": "golden",
    "orange": "golden", "violet": "purple", "lilac": "purple", "lavender": "purple",
    "crimson": "red", "scarlet": "red", "emerald": "green", "teal": "green", "azure": "blue",
    "fall": "autumn", "autumnal": "autumn", "wintry": "winter", "frozen": "winter",
    "icy": "winter",
    "blossom": "spring", "mountain": "mountains", "alps": "mountains", "peak": "mountains",
    "hill": "hills", "valley": "hills", "countryside": "hills", "dune": "desert",
    "sahara": "desert",
    "ocean": "sea", "coast": "sea", "beach": "sea", "bay": "sea", "harbour": "sea", "harbor": "sea",
    "pond": "lake", "river": "lake", "fjord": "lake", "water": "lake", "wood": "forest",
    "woods": "forest", "tree": "forest", "pine": "forest", "town": "city", "skyline": "city",
    "skyscraper": "city", "field": "meadow", "grass": "meadow", "flower": "meadow",
    "cloud": "cloudy", "overcast": "cloudy", "grey": "cloudy", "gray": "cloudy", "mist": "fog",
    "misty": "fog", "foggy": "fog", "haze": "fog", "hazy": "fog", "rainy": "rain",
    "raining": "rain", "drizzle": "rain", "shower": "rain", "stormy": "storm",
    "thunder": "storm", "thunderstorm": "storm", "lightning": "storm", "tempest": "storm",
    "snowy": "snow", "snowing": "snow", "snowfall": "snow", "blizzard": "snow",
    "snowflake": "snow", "windy": "wind", "breeze": "wind", "gale": "wind",
    "northern-lights": "aurora", "starry": "stars", "star": "stars", "starlight": "stars",
    "ship": "boat", "sail": "boat", "sailboat": "boat", "seagull": "bird", "gull": "bird",
    "geese": "bird", "swallow": "bird", "beacon": "lighthouse", "cabin": "house", "hut": "house",
    "cottage": "house", "village": "house", "home": "house", "fortress": "castle",
    "palace": "castle", "lamp": "lantern", "fireflies": "firefly", "mill": "windmill",
    "crescent": "moon", "moonlit": "moon", "moonlight": "moon",
}  # fmt: skip

NUMBERS: Final[Mapping[str, int]] = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "pair": 2, "couple": 2,
    "few": 3, "some": 4, "several": 5, "many": 9, "flock": 7, "fleet": 4, "dozen": 12,
    "dozens": 12, "hundred": 12,
}  # fmt: skip

CROWDS: Final[Mapping[str, int]] = {"village": 7, "geese": 7}
PAIRS: Final = ("golden hour", "blue hour", "northern lights")
AGAINST: Final = frozenset({"no", "without", "not", "never", "less", "remove", "stop"})
ADDING: Final = frozenset({"add", "more", "and", "also", "plus", "with", "another"})
AFRESH: Final = frozenset({"reset", "restart", "begin", "clear"})
AT_MOST_ONE: Final = frozenset({"lighthouse", "castle", "moon"})


@dataclass(frozen=True, slots=True)
class Wish:
    """What has been asked for so far, in words of the tables above; `things` are counts."""

    hour: str = "dawn"
    tint: str = ""
    season: str = "summer"
    place: str = "mountains"
    shore: str = "lake"
    weather: frozenset[str] = frozenset()
    things: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Understood:
    """The wish after a prompt, and the words that made it so, in order and without repeats."""

    wish: Wish
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """A word of the tables, whether it was asked away, and how many."""

    word: str
    against: bool
    count: int


def is_known(wish: Wish) -> bool:
    """Return whether a wish, read from somewhere, holds words of the tables only."""
    named = (wish.hour in HOURS, wish.tint in {"", *TINTS}, wish.season in SEASONS)
    where = (wish.place in PLACES, wish.shore in {"", *SHORES})
    held = (wish.weather <= set(WEATHERS), set(wish.things) <= set(THINGS))
    counts = all(0 <= count <= MOST_OF_A_THING for count in wish.things.values())
    return all((*named, *where, *held, counts))


def understand(prompt: str, before: Wish) -> Understood:
    """Return what `before` becomes by a prompt of any length and content."""
    tokens = _tokens(prompt)
    if tokens and len(tokens) <= 2 and tokens[0] in AFRESH and set(tokens) <= AFRESH | {"all"}:
        return Understood(Wish(), (tokens[0],))
    said = _listen(tokens)
    wish = before
    named = {one.word for one in said if not one.against}
    adding = bool(tokens) and tokens[0] in ADDING
    if named & set(PLACES) and not adding:
        wish = Wish(hour=before.hour, shore="")
    weather = named & set(WEATHERS)
    if weather and not adding:
        wish = replace(wish, weather=frozenset(weather))
    if named & set(HOURS) and not named & set(TINTS):
        wish = replace(wish, tint="")
    things = [one for one in said if one.word in THINGS and not one.against]
    if things and not adding:
        wish = replace(wish, things={})
    for one in said:
        wish = _apply(wish, one)
    words = tuple(dict.fromkeys(f"no {one.word}" if one.against else one.word for one in said))
    return Understood(wish, words)


def _tokens(prompt: str) -> list[str]:
    text = prompt.lower()
    for pair in PAIRS:
        text = text.replace(pair, pair.replace(" ", "-"))
    return re.findall(r"[a-z][a-z-]*|[0-9]{1,4}", text)[:MOST_WORDS]


def _listen(tokens: list[str]) -> list[_Said]:
    """Return the words of the tables, with what the words just before each make of it."""
    said: list[_Said] = []
    against, count = False, 0
    for token in tokens:
        if token in AGAINST:
            against = True
        elif token in NUMBERS or token.isdigit():
            count = NUMBERS[token] if token in NUMBERS else int(token)
        elif word := _known(token):
            many = CROWDS.get(token, SOME if token.endswith("s") and word in THINGS else 1)
            said.append(
                _Said(
                    word,
                    against,
                    min(max(count, many) if token in CROWDS else count or many, MOST_OF_A_THING),
                )
            )
            against, count = False, 0
    return said


def _known(token: str) -> str:
    """Return the table's word for a token, also for its plural; empty where there is none."""
    for form in (token, token.removesuffix("s"), token.removesuffix("es")):
        word = SAME.get(form, form)
        if word in _ALL:
            return word
    return ""


_ALL: Final = frozenset((*HOURS, *TINTS, *SEASONS, *PLACES, *SHORES, *WEATHERS, *THINGS))


def _apply(wish: Wish, one: _Said) -> Wish:
    word = one.word
    if word in THINGS:
        count = 1 if word in AT_MOST_ONE else one.count
        things = {name: number for name, number in wish.things.items() if name != word}
        return replace(wish, things=things if one.against else {**things, word: count})
    if word in WEATHERS:
        kept = wish.weather - {word}
        return replace(wish, weather=kept if one.against else kept | {word})
    return _leave(wish, word) if one.against else _name(wish, word)


def _leave(wish: Wish, word: str) -> Wish:
    """Take away a tint or a shore; an hour, a season and a place there always is."""
    wish = replace(wish, tint="") if word == wish.tint else wish
    return replace(wish, shore="") if word == wish.shore else wish


def _name(wish: Wish, word: str) -> Wish:
    if word in HOURS:
        return replace(wish, hour=word)
    if word in TINTS:
        return replace(wish, tint=word)
    if word in SEASONS:
        return replace(wish, season=word)
    return replace(wish, place=word) if word in PLACES else replace(wish, shore=word)
