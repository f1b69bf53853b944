"""What an operator may set: from the environment, then a TOML file, then the defaults below.

Each setting is declared once, with its bounds; the words of a refusal and the table of
docs/configuration.md are made from the same declaration. Configuration and data belong to the
folder Diorama is started in: `diorama.toml` and `.diorama/`. Reading and refusing them is
`settings_file`'s.
"""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta
from pydantic import (
    BaseModel,
    Field,
    JsonValue,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from diorama.accounts.buckets import Allowance
from diorama.gateway.client_address import networks
from diorama.gateway.ice_settings import IceSettings
from diorama.gateway.rate_limits import Counted
from diorama.gateway.strict_tables import STRICT
from diorama.kernel.errors import Invalid
from diorama.leases.timers import DEFAULTS, Timers
from diorama.projects.rules import Rules
from diorama.protocol.worker import Name, VideoSpec, WorldKind
from diorama.simulations.deadlines import PATIENCE, Patience

PREFIX: Final = "DIORAMA_"
SQLITE: Final = "sqlite"
_POSTGRESQL: Final = ("postgresql://", "postgres://")
_NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
_A_NAME: Final[dict[str, JsonValue]] = {
    "allowed": "1 to 64 letters, digits, dots, underscores and hyphens"
}


class TimerSettings(BaseModel):
    """`leases.timers.Timers` with the bounds an operator has; its orders are checked as well."""

    model_config = STRICT

    heartbeat_s: float = Field(default=DEFAULTS.heartbeat_s, ge=1, le=30)
    """Between two heartbeats of a viewer, or two beats of a worker."""
    detached_after_s: float = Field(default=DEFAULTS.detached_after_s, ge=2, le=120)
    """A viewer unheard this long is detached."""
    stale_after_s: float = Field(default=DEFAULTS.stale_after_s, ge=2, le=300)
    """A viewer unheard this long yields to limits."""
    suspect_after_s: float = Field(default=DEFAULTS.suspect_after_s, ge=2, le=300)
    """A worker unheard this long is given no new sessions."""
    self_fence_s: float = Field(default=DEFAULTS.self_fence_s, ge=5, le=600)
    """A worker without a confirmed renewal this long kills what it runs."""
    slot_reuse_s: float = Field(default=DEFAULTS.slot_reuse_s, ge=16, le=1_200)
    """A slot whose worker is unheard comes back after this, without proof of its death."""
    claim_s: float = Field(default=DEFAULTS.claim_s, ge=5, le=600)
    """A viewer must attach within this time of a reservation."""
    accept_assignment_s: float = Field(default=DEFAULTS.accept_assignment_s, ge=2, le=120)
    """A worker must accept an assignment within this time."""
    confirm_stop_s: float = Field(default=DEFAULTS.confirm_stop_s, ge=1, le=120)
    """A worker must confirm a stop within this time."""
    admission_s: float = Field(default=DEFAULTS.admission_s, ge=1, le=60)
    """A request for a session must be decided within this time."""
    place_kept_s: float = Field(default=DEFAULTS.place_kept_s, ge=1, le=600)
    """A waiter who dropped keeps the place this long."""
    recovery_grace_s: float = Field(default=DEFAULTS.recovery_grace_s, ge=1, le=300)
    """After a start, or a step of the clock, nobody is found missing this long."""
    page_left_grace_s: float = Field(default=DEFAULTS.page_left_grace_s, ge=0, le=10)
    """A page that says it is being left may be reloading: it has this long to come back."""
    forget_worker_s: float = Field(default=DEFAULTS.forget_worker_s, ge=3_600, le=31_536_000)
    """A worker lost for this long is listed no more; history goes on to name it."""

    @model_validator(mode="after")
    def check_orders(self) -> Self:
        """Refuse timers that are each in bounds, and unsafe together."""
        try:
            self.timers()
        except Invalid as error:
            raise ValueError(str(error)) from None
        return self

    def timers(self) -> Timers:
        """Return them as the domain has them."""
        return Timers(**self.model_dump())


class LocalWorkerSettings(BaseModel):
    """The worker that `diorama up` starts beside the gateway."""

    model_config = STRICT

    enabled: bool = Field(default=True, json_schema_extra={"allowed": "true or false"})
    """Whether `diorama up` starts one."""
    name: str = Field(default="local", pattern=_NAME, json_schema_extra=_A_NAME)
    """What it is called."""
    slots: int = Field(default=2, ge=1, le=64)
    """How many sessions it runs at once."""
    region: str = Field(default="local", pattern=_NAME, json_schema_extra=_A_NAME)
    """The region it belongs to; projects that name no regions run in this one."""
    pool: str = Field(default="default", pattern=_NAME, json_schema_extra=_A_NAME)
    """The pool it belongs to."""


class RateLimitSettings(BaseModel):
    """How often may be asked, at each gateway: so much at once, and so much a second."""

    model_config = STRICT

    enabled: bool = Field(default=True, json_schema_extra={"allowed": "true or false"})
    """Whether anybody is held to how often they ask; see [rest.md](rest.md#how-often)."""
    key_burst: int = Field(default=1_000, ge=100, le=1_000_000)
    """What one API key, or one member, may ask at once."""
    key_per_s: float = Field(default=50, ge=1, le=100_000)
    """What it may ask each second after that."""
    account_burst: int = Field(default=4_000, ge=100, le=1_000_000)
    """What all keys and members of one account may ask at once."""
    account_per_s: float = Field(default=200, ge=1, le=100_000)
    """What they may ask each second after that."""
    session_burst: int = Field(default=100, ge=100, le=1_000_000)
    """What may be asked at once with one session's token, its sockets counted."""
    session_per_s: float = Field(default=5, ge=1, le=100_000)
    """What may be asked with it each second after that."""
    address_burst: int = Field(default=2_000, ge=100, le=1_000_000)
    """What may come at once from one network address without a credential that opens anything."""
    address_per_s: float = Field(default=100, ge=1, le=100_000)
    """What may come from it each second after that."""

    def allowances(self) -> dict[Counted, Allowance]:
        """Return them as they are counted; nothing where nobody is held."""
        said = {
            Counted.CALLER: (self.key_burst, self.key_per_s),
            Counted.ACCOUNT: (self.account_burst, self.account_per_s),
            Counted.SESSION: (self.session_burst, self.session_per_s),
            Counted.ADDRESS: (self.address_burst, self.address_per_s),
        }
        if not self.enabled:
            return {}
        return {
            one: Allowance(burst=burst, every_s=1 / per_s) for one, (burst, per_s) in said.items()
        }


class SimulationSettings(BaseModel):
    """How simulations yield to viewers, and how long they are waited for."""

    model_config = STRICT

    keep_free: int = Field(default=PATIENCE.keep_free, ge=0, le=10_000)
    """Slots of a pool in a region that no simulation takes, so that a viewer need not wait."""
    max_wait_s: float = Field(default=PATIENCE.max_wait_s, ge=60, le=604_800)
    """A script that is given no slot within this time fails."""
    stalled_s: float = Field(default=PATIENCE.stalled_s, ge=5, le=3_600)
    """A script whose world renders nothing for this long fails."""
    upload_within_s: float = Field(default=PATIENCE.upload_within_s, ge=10, le=86_400)
    """What a script rendered must be uploaded within this time."""

    def patience(self) -> Patience:
        """Return them as the domain has them."""
        return Patience(**self.model_dump())


class MetricsSettings(BaseModel):
    """A port for Prometheus alone, beside `/metrics` on the one port."""

    model_config = STRICT

    host: str = Field(
        default="127.0.0.1",
        pattern=r"^[A-Za-z0-9.:-]{1,253}$",
        json_schema_extra={"allowed": "an address or name of this machine"},
    )
    """Where that port listens. It asks for no key: let nobody but Prometheus reach it."""
    port: int | None = Field(
        default=None,
        ge=1,
        le=65_535,
        json_schema_extra={"allowed": "1 to 65535; left out, there is none"},
    )
    """The port. `/metrics` on the one port, which asks for a key, is there anyway."""


class WebhookSettings(BaseModel):
    """Where webhooks may lead."""

    model_config = STRICT

    allow_networks: tuple[IPv4Network | IPv6Network, ...] = Field(
        default=(),
        max_length=64,
        json_schema_extra={"allowed": 'a list such as `["10.1.2.0/24", "fd00::/64"]`'},
    )
    """Networks that are no place on the internet, and that webhooks may reach all the same."""


class OidcSettings(BaseModel):
    """Another way to sign in: OpenID Connect, by a provider that the operator trusts."""

    model_config = STRICT

    issuer: str = Field(
        default="",
        pattern=r"^(https://.{1,500}|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/.{0,500})?)?$",
        json_schema_extra={"allowed": "an https:// address; empty is no such sign-in"},
    )
    """The provider, as its id tokens call it; behind TLS, `public_url` has to be set as well."""
    client_id: str = Field(
        default="", max_length=500, json_schema_extra={"allowed": "up to 500 characters"}
    )
    """What the provider calls this Diorama."""
    client_secret: SecretStr = Field(
        default=SecretStr(""), json_schema_extra={"allowed": "what the provider gave"}
    )
    """Proves to the provider that it is this Diorama."""
    name: str = Field(
        default="single sign-on",
        min_length=1,
        max_length=60,
        json_schema_extra={"allowed": "1 to 60 characters"},
    )
    """What its button says after "Sign in with"."""

    @model_validator(mode="after")
    def be_whole(self) -> Self:
        """Refuse a provider that does not know this Diorama."""
        if self.issuer and not (self.client_id and self.client_secret.get_secret_value()):
            raise ValueError("`client_id` and `client_secret` belong to `issuer`")
        return self


NO_OIDC: Final = OidcSettings()


class S3Settings(BaseModel):
    """A bucket for the files of recordings, in place of a folder."""

    model_config = STRICT

    bucket: str = Field(
        default="",
        pattern=r"^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$",
        json_schema_extra={"allowed": "the name of a bucket; empty is no S3"},
    )
    """The bucket. Workers and browsers reach it themselves, by addresses that expire."""
    endpoint: str = Field(
        default="",
        pattern=r"^(https?://[A-Za-z0-9.:\[\]-]{1,253}(/.{0,200})?)?$",
        json_schema_extra={"allowed": "http:// or https://; empty is Amazon's for the region"},
    )
    """Where an S3 that is not Amazon's is reached."""
    region: str = Field(
        default="us-east-1",
        pattern=r"^[a-z0-9-]{1,40}$",
        json_schema_extra={"allowed": "the name of a region"},
    )
    """The bucket's region."""
    access_key: SecretStr = Field(
        default=SecretStr(""),
        json_schema_extra={"allowed": "what the provider gave; empty is this machine's own role"},
    )
    """Who asks the S3."""
    secret_key: SecretStr = Field(
        default=SecretStr(""), json_schema_extra={"allowed": "what the provider gave"}
    )
    """Proves it."""
    prefix: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9/_.-]{0,200}$",
        json_schema_extra={"allowed": "up to 200 letters, digits, slashes, dots, hyphens"},
    )
    """What the names of all files begin with."""

    @property
    def origin(self) -> str | None:
        """Where a bucket's files are had from: scheme, host and port; None without a bucket."""
        if not self.bucket:
            return None
        if not self.endpoint:
            return f"https://s3.{self.region}.amazonaws.com"
        parts = urlsplit(self.endpoint)
        return f"{parts.scheme}://{parts.netloc}"

    @model_validator(mode="after")
    def be_whole(self) -> Self:
        """Refuse half a credential."""
        if bool(self.access_key.get_secret_value()) is not bool(self.secret_key.get_secret_value()):
            raise ValueError("`access_key` and `secret_key` belong together")
        return self


class ArtifactSettings(BaseModel):
    """Where the files of recordings are, how large, and for how long."""

    model_config = STRICT

    folder: Path | None = Field(
        default=None,
        json_schema_extra={"allowed": "a folder; left out, `artifacts` in the data folder"},
    )
    """Where files are kept. Gateways over one PostgreSQL need one that all of them see, or S3."""
    s3: S3Settings = S3Settings()
    retention_days: float = Field(default=30, ge=0.01, le=3_650)
    """After so many days a recording is deleted; a project may say fewer."""
    max_mb: int = Field(default=4_096, ge=1, le=1_000_000)
    """Of one file, in megabytes."""
    keep_free_mb: int = Field(default=1_024, ge=0, le=10_000_000)
    """Room on the folder's disk that recordings leave to everything else, the store first."""

    @field_validator("folder")
    @classmethod
    def be_a_folder(cls, folder: Path | None) -> Path | None:
        """Return the folder, absolute, with `~` opened; it may not exist yet."""
        if folder is None:
            return None
        opened = folder.expanduser().absolute()
        if "\0" in str(folder) or (opened.exists() and not opened.is_dir()):
            raise ValueError("not a folder")
        return opened


class ProjectSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One `[[projects]]` of the file: what can be streamed, and its rules.

    Attributes:
        world: for `python`: `module:Class`, or `path/file.py:Class`; else a command line.
        options: given to the world as `context.options`.
        regions: where it may run; empty is the local worker's region.
        public: whether anyone who reaches the gateway may ask for a session.
        offered: whether other accounts may make projects from its world; those of a public project
            always may.
    """

    name: Name
    world: Annotated[str, Meta(min_length=1, max_length=1_000)]
    kind: WorldKind = "python"
    title: Annotated[str, Meta(max_length=120)] = ""
    description: Annotated[str, Meta(max_length=2_000)] = ""
    enabled: bool = True
    public: bool = True
    offered: bool = False
    pool: Name = "default"
    regions: Annotated[tuple[Name, ...], Meta(max_length=64)] = ()
    prompts: Annotated[tuple[Annotated[str, Meta(max_length=4_000)], ...], Meta(max_length=32)] = ()
    options: dict[str, Any] = {}
    video: VideoSpec = VideoSpec()
    rules: Rules = Rules()

    def options_json(self) -> str:
        """Return the options as `WorldSpec` carries them."""
        return msgspec.json.encode(self.options).decode()


class Settings(BaseSettings):
    """Everything an operator may set; `projects` come from the file alone."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        arbitrary_types_allowed=True,
        use_attribute_docstrings=True,
        validate_default=False,
    )

    host: str = Field(
        default="127.0.0.1",
        pattern=r"^[A-Za-z0-9.:-]{1,253}$",
        json_schema_extra={"allowed": "an address or name of this machine; 0.0.0.0 is all of them"},
    )
    """Where the gateway listens. Anything but this machine itself belongs behind TLS."""
    port: int = Field(default=8080, ge=1, le=65_535)
    """The one port: player, REST and WebSockets."""
    public_url: str = Field(
        default="",
        pattern=r"^(https?://[A-Za-z0-9.:\[\]-]{1,253})?$",
        json_schema_extra={"allowed": "http:// or https://, a name, a port; nothing behind it"},
    )
    """Where people reach the gateway, for links it makes; empty is wherever they did."""
    data: Path = Field(
        default=Path(".diorama"), json_schema_extra={"allowed": "a folder, made if missing"}
    )
    """Where the embedded store, secrets and the local worker keep their files."""
    store: SecretStr = Field(
        default=SecretStr(SQLITE),
        json_schema_extra={"allowed": "`sqlite`, or postgresql://USER:PASSWORD@HOST/DATABASE"},
    )
    """`sqlite` is a file in the data folder; many gateways share a PostgreSQL."""
    plan: Literal["free", "unlimited"] = Field(
        default="free",
        json_schema_extra={"allowed": "`free`, or `unlimited` for machines of your own"},
    )
    """The plan of the owner's account: `free` is 5 streams at once and 100 stream hours a month."""
    trusted_proxies: str = Field(
        default="127.0.0.0/8, ::1/128",
        json_schema_extra={"allowed": "networks with commas between them; empty is none"},
    )
    """Proxies in front of the gateway, whose `X-Forwarded-For` says where a visitor comes from."""
    timers: TimerSettings = TimerSettings()
    local_worker: LocalWorkerSettings = LocalWorkerSettings()
    ice: IceSettings = IceSettings()
    oidc: OidcSettings = NO_OIDC
    metrics: MetricsSettings = MetricsSettings()
    rate_limits: RateLimitSettings = RateLimitSettings()
    traces: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s@]{1,500}$",
        json_schema_extra={"allowed": "the URL of an OpenTelemetry collector; left out, none"},
    )
    """Where traces are sent, OTLP over HTTP, such as http://127.0.0.1:4318/v1/traces."""
    webhooks: WebhookSettings = WebhookSettings()
    simulations: SimulationSettings = SimulationSettings()
    artifacts: ArtifactSettings = ArtifactSettings()
    projects: tuple[ProjectSettings, ...] = ()

    @field_validator("data")
    @classmethod
    def be_a_folder(cls, data: Path) -> Path:
        """Return the folder, absolute, with `~` opened; it may not exist yet."""
        folder = data.expanduser().absolute()
        if "\0" in str(data) or (folder.exists() and not folder.is_dir()):
            raise ValueError("not a folder")
        return folder

    @field_validator("trusted_proxies")
    @classmethod
    def name_networks(cls, text: str) -> str:
        """Refuse what is no network."""
        networks(text)
        return text

    @field_validator("store")
    @classmethod
    def name_a_database(cls, store: SecretStr) -> SecretStr:
        """Refuse what is neither of the two databases."""
        url = store.get_secret_value()
        if url != SQLITE and not url.startswith(_POSTGRESQL):
            raise ValueError("neither of the databases")
        return store

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is the library's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the environment before what is passed in, which is the file."""
        return env_settings, init_settings

    @property
    def data_folder(self) -> Path:
        """The data folder, absolute."""
        return self.data.expanduser().absolute()

    @property
    def store_file(self) -> Path:
        """Where the embedded store is, if `database_url` names no other."""
        return self.data_folder / "diorama.db"

    @property
    def artifacts_folder(self) -> Path:
        """Where the files of recordings are, if no bucket is named."""
        return self.artifacts.folder or self.data_folder / "artifacts"

    @property
    def database_url(self) -> str | None:
        """The PostgreSQL to use, with its password: never to be shown; None is SQLite."""
        url = self.store.get_secret_value()
        return None if url == SQLITE else url

    @property
    def address_file(self) -> Path:
        """Where the gateway says at which address it listens, for `diorama` in the same folder."""
        return self.data_folder / "address"

    @property
    def worker_key_file(self) -> Path:
        """Where the gateway keeps the credential of the local worker."""
        return self.data_folder / "secrets" / "worker.key"
