"""What a worker is told by its operator: `DIORAMA_WORKER_...` variables, each with its bounds."""

import os
import re
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from diorama.kernel.errors import Invalid
from diorama.protocol.worker import WorldKind

KINDS: Final[tuple[WorldKind, ...]] = ("python",)
MAX_SLOTS: Final = 256
_MAX_NAME: Final = 64
_SCHEMES: Final = ("http://", "https://", "ws://", "wss://")
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]

ModuleName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.]*$", max_length=200)]


class WorkerSettings(BaseSettings):
    """The settings of one worker.

    Attributes:
        gateways: addresses of gateways, tried in turn; in the environment separated by commas.
        name: stays the same over restarts, and is unique: a newer start takes the older's place.
        credential: what the gateway knows this worker by; better in `credential_file`, which is
            read again at each connect.
        engine: media engine by name; none takes the best that loads.
        state_dir: where a run notes what it started, for the next one to clean up.
        drain_s: how long sessions may go on after the worker was asked to stop.
        warm_host: keep one process ready for the next session's world, which starts sooner in it.
        preload: modules that it imports meanwhile, such as `torch`; their names with commas.
        allow_private_candidates: take ICE candidates of viewers in private networks.
    """

    model_config = SettingsConfigDict(env_prefix="DIORAMA_WORKER_", extra="ignore")

    gateways: Annotated[tuple[str, ...], NoDecode, Field(min_length=1, max_length=32)] = (
        "http://127.0.0.1:8080",
    )
    name: Name = Field(default_factory=lambda: name_of_host(socket.gethostname()))
    region: Name = "local"
    pool: Name = "default"
    slots: Annotated[int, Field(ge=1, le=MAX_SLOTS)] = 1
    credential: SecretStr | None = None
    credential_file: Path | None = None
    engine: str | None = None
    state_dir: Path = Field(default_factory=lambda: default_state_dir(os.environ))
    drain_s: Annotated[float, Field(ge=0, le=86_400)] = 5.0
    warm_host: bool = True
    preload: Annotated[tuple[ModuleName, ...], NoDecode, Field(max_length=64)] = ()
    allow_private_candidates: bool = False

    @field_validator("gateways", "preload", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("gateways")
    @classmethod
    def _check(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for url in value:
            if not url.startswith(_SCHEMES):
                raise ValueError(f"{url!r} is no gateway: http, https, ws or wss is allowed")
        return tuple(url.rstrip("/") for url in value)

    @model_validator(mode="after")
    def _one_credential(self) -> Self:
        if self.credential is not None and self.credential_file is not None:
            raise ValueError("give a credential or a credential_file, not both")
        return self

    def read_credential(self) -> str:
        """Return the credential as it is now.

        Raises:
            Invalid: there is none, or its file cannot be read.
        """
        if self.credential is not None:
            return self.credential.get_secret_value()
        if self.credential_file is None:
            raise Invalid("DIORAMA_WORKER_CREDENTIAL_FILE names no file", code="no_credential")
        try:
            return self.credential_file.read_text().strip()
        except OSError as error:
            raise Invalid(
                f"the credential in {self.credential_file} cannot be read: {error.strerror}",
                code="no_credential",
            ) from error


def name_of_host(host: str) -> str:
    """Return a worker's name for a machine of this name: what the protocol takes as one."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", host).lstrip("_.-")[:_MAX_NAME] or "worker"


def default_state_dir(environment: Mapping[str, str]) -> Path:
    """Return where a user's programs keep such state (XDG Base Directory Specification)."""
    home = environment.get("XDG_STATE_HOME")
    folder = Path(home) if home else Path.home() / ".local" / "state"
    return folder / "diorama" / "worker"
