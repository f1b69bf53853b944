"""Which gateway a command asks, and with which key: profiles, the environment, this folder.

What is said on the command line comes before the environment, that before a kept profile, that
before the Diorama of the folder one stands in. A key goes only to the address that it was kept for:
another address, however it was named, gets none of it. Kept are `profiles.json` in the user's
configuration folder (XDG Base Directory Specification), which only its owner may read.
"""

import contextlib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from diorama.client.address import origin_of
from diorama.client.errors import Invalid

SERVER: Final = "DIORAMA_CLIENT_SERVER"
API_KEY: Final = "DIORAMA_CLIENT_API_KEY"
PROFILE: Final = "DIORAMA_CLIENT_PROFILE"
LOCAL: Final = "http://127.0.0.1:8080"
_ONLY_OWNER: Final = 0o600
_OTHERS: Final = 0o077
_FOLDER: Final = 0o700
_EVERYWHERE: Final = {"//0.0.0.0:": "//127.0.0.1:", "//[::]:": "//[::1]:"}


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A gateway and the key that opens an account there."""

    server: str
    api_key: str | None = None

    def __repr__(self) -> str:
        """Show it without its key."""
        return f"Profile({self.server!r})"


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `profiles.json` holds: profiles by name, and which is used where none is named."""

    default: str | None = None
    profiles: dict[str, Profile] = {}


@dataclass(frozen=True, slots=True)
class Target:
    """The gateway to ask. `source` says in words where that was found."""

    profile: Profile
    source: str


def choose(
    *,
    server: str | None,
    profile: str | None,
    environment: Mapping[str, str],
    kept: Kept,
    here: Profile | None,
) -> Target:
    """Return the gateway to ask.

    Args:
        server: the address on the command line.
        profile: the name of a profile on the command line.
        environment: this process's.
        kept: the profiles.
        here: the Diorama of the current folder.

    Raises:
        Invalid: there is no profile of this name, or the address is none.
    """
    name = profile or environment.get(PROFILE) or None
    named = None if name is None else _named(kept, name)
    address = server or (None if profile else environment.get(SERVER)) or None
    if address is not None:
        origin = origin_of(address)
        known = [named] if named is not None else [*_default(kept), *kept.profiles.values(), here]
        kept_key = next((one.api_key for one in known if one and one.server == origin), None)
        key = None if profile else environment.get(API_KEY)
        return Target(Profile(origin, key or kept_key), "the command line" if server else SERVER)
    key = None if profile else environment.get(API_KEY)
    if named is not None:
        return Target(Profile(named.server, key or named.api_key), f"profile {name}")
    for default in _default(kept):
        return Target(Profile(default.server, key or default.api_key), f"profile {kept.default}")
    if here is not None:
        return Target(Profile(here.server, key or here.api_key), "this folder")
    return Target(Profile(LOCAL, key), "the default")


def folder_profile(folder: Path, environment: Mapping[str, str]) -> Profile | None:
    """Return the Diorama that runs, or ran last, in a folder; None where there is none."""
    file = Path(environment.get("DIORAMA_CONFIG", folder / "diorama.toml"))
    said: object = None
    with contextlib.suppress(OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        said = tomllib.loads(file.read_text()).get("data")
    named = environment.get("DIORAMA_DATA") or said
    data = folder / (Path(named).expanduser() if isinstance(named, str) else ".diorama")
    try:
        key = (data / "secrets" / "api.key").read_text().strip()
        return Profile(_reachable((data / "address").read_text().strip()), key)
    except (OSError, UnicodeDecodeError, Invalid):
        return None


def profiles_file(environment: Mapping[str, str]) -> Path:
    """Return where this user's profiles are kept."""
    home = environment.get("XDG_CONFIG_HOME")
    folder = Path(home) if home else Path.home() / ".config"
    return folder / "diorama" / "profiles.json"


def read_profiles(file: Path) -> Kept:
    """Return the profiles; none where there is no file.

    Raises:
        Invalid: it cannot be read, others may read it, or it is none of ours.
    """
    try:
        if file.stat().st_mode & _OTHERS:
            raise Invalid(f"others may read the keys in {file}: chmod 600 {file}", code="profiles")
        return msgspec.json.decode(file.read_bytes(), type=Kept)
    except FileNotFoundError:
        return Kept()
    except OSError as error:
        raise Invalid(f"{file}: {error.strerror}", code="profiles") from None
    except msgspec.DecodeError as error:
        raise Invalid(f"{file} holds no profiles: {error}", code="profiles") from None


def write_profiles(file: Path, kept: Kept) -> None:
    """Keep the profiles, whole or not at all, for their owner's eyes alone.

    Raises:
        Invalid: they cannot be written.
    """
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _ONLY_OWNER)
        with os.fdopen(handle, "wb") as out:
            out.write(msgspec.json.format(msgspec.json.encode(kept), indent=2) + b"\n")
        draft.replace(file)
    except OSError as error:
        raise Invalid(f"{file}: {error.strerror}", code="profiles") from None


def _named(kept: Kept, name: str) -> Profile:
    try:
        return kept.profiles[name]
    except KeyError:
        known = ", ".join(sorted(kept.profiles)) or "none yet"
        raise Invalid(f"there is no profile {name} ({known})", code="profile_unknown") from None


def _default(kept: Kept) -> list[Profile]:
    found = None if kept.default is None else kept.profiles.get(kept.default)
    return [] if found is None else [found]


def _reachable(listens: str) -> str:
    """Return where this machine reaches a gateway that listens there."""
    for everywhere, here in _EVERYWHERE.items():
        listens = listens.replace(everywhere, here)
    return origin_of(listens)
