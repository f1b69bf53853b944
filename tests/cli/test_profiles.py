"""Which gateway a command asks, and that a key goes nowhere else."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from diorama.cli.profile_commands import is_in_the_open
from diorama.cli.profiles import (
    API_KEY,
    PROFILE,
    SERVER,
    Kept,
    Profile,
    choose,
    folder_profile,
    read_profiles,
    write_profiles,
)
from diorama.client.errors import Invalid
from tests.cli.typing_commands import Typist

HOME = Profile("https://home.example", "dio_home")
WORK = Profile("https://work.example", "dio_work")
HERE = Profile("http://127.0.0.1:8080", "dio_here")
KEPT = Kept("home", {"home": HOME, "work": WORK})


def asked(
    *,
    server: str | None = None,
    profile: str | None = None,
    kept: Kept = KEPT,
    here: Profile | None = HERE,
    environment: Mapping[str, str] | None = None,
) -> tuple[str, str | None]:
    around = environment or {}
    found = choose(server=server, profile=profile, environment=around, kept=kept, here=here)
    return found.profile.server, found.profile.api_key


def test_what_is_nearer_to_the_command_comes_first() -> None:
    assert asked() == (HOME.server, "dio_home")
    assert asked(profile="work") == (WORK.server, "dio_work")
    assert asked(environment={PROFILE: "work"}) == (WORK.server, "dio_work")
    assert asked(environment={SERVER: "https://ci.example", API_KEY: "dio_ci"}) == (
        "https://ci.example",
        "dio_ci",
    )
    assert asked(profile="work", environment={SERVER: "https://ci.example", API_KEY: "dio_ci"}) == (
        WORK.server,
        "dio_work",
    )
    assert asked(kept=Kept()) == (HERE.server, "dio_here")
    assert asked(kept=Kept(), here=None) == ("http://127.0.0.1:8080", None)


def test_a_kept_key_goes_to_no_other_address() -> None:
    assert asked(server="https://elsewhere.example") == ("https://elsewhere.example", None)
    assert asked(server="http://home.example") == ("http://home.example", None)
    assert asked(server="https://elsewhere.example", profile="home")[1] is None
    assert asked(profile="home", server="https://work.example")[1] is None
    assert asked(environment={SERVER: "https://elsewhere.example"})[1] is None


def test_an_address_that_is_known_is_asked_with_its_key() -> None:
    assert asked(server="https://work.example/") == (WORK.server, "dio_work")
    assert asked(server="http://127.0.0.1:8080") == (HERE.server, "dio_here")


def test_a_profile_that_is_not_there_is_refused() -> None:
    with pytest.raises(Invalid, match="there is no profile nowhere"):
        asked(profile="nowhere")


def test_profiles_are_for_their_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "new" / "profiles.json"

    write_profiles(file, KEPT)

    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert read_profiles(file) == KEPT
    assert [one.name for one in file.parent.iterdir()] == ["profiles.json"]


def test_profiles_that_others_may_read_are_not_used(tmp_path: Path) -> None:
    file = tmp_path / "profiles.json"
    write_profiles(file, KEPT)
    file.chmod(0o640)

    with pytest.raises(Invalid, match=f"chmod 600 {file}"):
        read_profiles(file)


def test_what_is_no_profile_is_refused_without_its_text(tmp_path: Path) -> None:
    file = tmp_path / "profiles.json"
    file.touch(mode=0o600)
    file.write_text('{"profiles": {"a": {"server": 1, "api_key": "dio_secret"}}}')

    with pytest.raises(Invalid) as refused:
        read_profiles(file)

    assert "dio_secret" not in str(refused.value)


def test_a_profile_is_shown_without_its_key() -> None:
    assert "dio_" not in repr(KEPT)


def test_the_folder_of_a_diorama_names_its_gateway(tmp_path: Path) -> None:
    secrets = tmp_path / "mine" / "secrets"
    secrets.mkdir(parents=True)
    (secrets / "api.key").write_text("dio_abc\n")
    (tmp_path / "diorama.toml").write_text('data = "mine"\n')
    (tmp_path / "mine" / "address").write_text("http://0.0.0.0:9000")

    assert folder_profile(tmp_path, {}) == Profile("http://127.0.0.1:9000", "dio_abc")
    assert folder_profile(Path("/"), {"DIORAMA_DATA": str(tmp_path / "mine")}) is not None
    assert folder_profile(tmp_path, {"DIORAMA_DATA": str(tmp_path / "none")}) is None


async def test_a_key_file_that_is_not_there_is_named(typist: Typist, tmp_path: Path) -> None:
    file = tmp_path / "no.key"

    said = await typist.types("login", "--server", typist.place.front.url, "--key-file", str(file))

    assert (said.code, said.err) == (
        2,
        f"diorama: --key-file {file}: No such file or directory\n",
    )


async def test_a_login_is_kept_and_used(typist: Typist) -> None:
    nothing = {SERVER: "", API_KEY: ""}
    url, key = typist.place.front.url, typist.place.secrets.api_key

    kept = await typist.types("login", "--server", url, given=f"{key}\n", **nothing)
    listed = await typist.types("projects", "ls", **nothing)
    shown = await typist.types("profiles", "ls", **nothing)

    assert (kept.code, listed.code) == (0, 0)
    assert [row[0] for row in listed.rows] == ["cove", "glade"]
    assert url in shown.out
    assert key not in kept.out + kept.err + shown.out + shown.err
    file = Path(typist.environment["XDG_CONFIG_HOME"]) / "diorama" / "profiles.json"
    assert file.stat().st_mode & 0o777 == 0o600


async def test_a_key_that_opens_nothing_is_not_kept(typist: Typist) -> None:
    said = await typist.types(
        "login", "--server", typist.place.front.url, given="dio_wrong_wrong_wrong\n"
    )

    assert said.code == 1
    assert (await typist.types("profiles", "ls", "--json")).json["profiles"] == []


async def test_a_profile_is_chosen_and_forgotten(typist: Typist) -> None:
    url, key = typist.place.front.url, typist.place.secrets.api_key
    for name in ("one", "two"):
        await typist.types("login", "--server", url, "--profile", name, given=f"{key}\n")

    used = await typist.types("profiles", "use", "two")
    gone = await typist.types("logout", "--profile", "one")
    unknown = await typist.types("profiles", "use", "one")
    left = await typist.types("profiles", "ls", "--json")

    assert (used.code, gone.code, unknown.code) == (0, 0, 1)
    assert left.json["profiles"] == [{"name": "two", "server": url, "default": True}]


@pytest.mark.parametrize(
    ("server", "is_open"),
    [
        ("http://127.0.0.1:8080", False),
        ("http://[::1]:8080", False),
        ("http://localhost", False),
        ("https://play.example", False),
        ("http://play.example", True),
        ("http://192.168.1.4:8080", True),
    ],
)
def test_a_key_that_would_travel_in_the_open_is_told(server: str, *, is_open: bool) -> None:
    assert is_in_the_open(server) is is_open
