"""What an operator may say of ICE servers: `[ice]`, with its bounds and what belongs together."""

from typing import Final, Self

from pydantic import BaseModel, Field, SecretStr, model_validator

from diorama.gateway.ice import TTL_S, IceRules
from diorama.gateway.ice_urls import STUN, TURN, read_ice_url
from diorama.gateway.strict_tables import STRICT
from diorama.kernel.errors import Invalid

MAX_URLS: Final = 8
"""A browser gathers from each of its addresses at each server: more make every start slower."""
MIN_SECRET: Final = 16
"""Who has a credential can try secrets against it for as long as they like."""


class IceSettings(BaseModel):
    """STUN and TURN servers: how media finds a way where there is none straight through."""

    model_config = STRICT

    stun: tuple[str, ...] = Field(
        default=(),
        max_length=MAX_URLS,
        json_schema_extra={"allowed": 'a list such as `["stun:stun.example.com:3478"]`, up to 8'},
    )
    """STUN servers, for viewers and workers behind a NAT."""
    turn: tuple[str, ...] = Field(
        default=(),
        max_length=MAX_URLS,
        json_schema_extra={
            "allowed": 'a list such as `["turn:turn.example.com:3478?transport=udp",'
            ' "turns:turn.example.com:5349?transport=tcp"]`, up to 8'
        },
    )
    """TURN servers, for who is let out no other way; see [turn.md](turn.md)."""
    secret: SecretStr = Field(
        default=SecretStr(""),
        max_length=256,
        json_schema_extra={"allowed": "16 to 256 characters"},
    )
    """What the gateways share with the TURN servers, to mint credentials that expire."""
    ttl_s: int = Field(default=TTL_S, ge=60, le=86_400)
    """How long a minted credential opens relays; one in use goes on after that."""
    username: str = Field(
        default="", max_length=256, json_schema_extra={"allowed": "up to 256 characters"}
    )
    """Of TURN servers that know a fixed user, in place of `secret`."""
    credential: SecretStr = Field(
        default=SecretStr(""),
        max_length=256,
        json_schema_extra={"allowed": "up to 256 characters"},
    )
    """The fixed user's password. Every viewer is given it: prefer `secret`."""
    workers: bool = Field(default=True, json_schema_extra={"allowed": "true or false"})
    """Whether workers use the servers too, so that one behind a NAT can be reached."""

    @model_validator(mode="after")
    def be_whole(self) -> Self:
        """Refuse what is no address of a server, and TURN servers that nobody could use."""
        try:
            for urls, schemes in ((self.stun, STUN), (self.turn, TURN)):
                for url in urls:
                    read_ice_url(url, schemes)
        except Invalid as error:
            raise ValueError(str(error)) from None
        shared, password = self.secret.get_secret_value(), self.credential.get_secret_value()
        if shared and len(shared) < MIN_SECRET:
            raise ValueError(f"`secret` has to have {MIN_SECRET} characters or more")
        if bool(self.username) is not bool(password):
            raise ValueError("`username` and `credential` belong together")
        if shared and password:
            raise ValueError("`secret` goes without `username` and `credential`")
        if not is_plain(self.username) or not is_plain(password):
            raise ValueError("`username` and `credential` are ASCII without quotes or backslashes")
        if bool(self.turn) is not bool(shared or password):
            raise ValueError("`turn` needs `secret`, or `username` and `credential`; and they it")
        return self

    def rules(self) -> IceRules:
        """Return them as they are minted by."""
        return IceRules(
            stun=self.stun,
            turn=self.turn,
            secret=self.secret.get_secret_value(),
            username=self.username,
            credential=self.credential.get_secret_value(),
            ttl_s=self.ttl_s,
            workers=self.workers,
        )


def is_plain(text: str) -> bool:
    """Whether a text can stand in quotes in a header (RFC 9110, section 5.6.4)."""
    return text.isascii() and (not text or text.isprintable()) and not set(text) & set('"\\')
