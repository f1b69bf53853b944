"""Secrets put into every place a stranger or a customer can put them: none comes out in a log line
or in a metric, and each line says which request it was of.
"""

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import structlog

from diorama.gateway import logs
from tests.gateway.running import WITHIN_S, Place, gateway_at

CANARY: Final = "Canary0Canary1Canary2Canary3"
STRANGE: Final = (
    f"dio_{CANARY}",
    f"dst_{CANARY}",
    f"diw_{CANARY}",
    f"dtk_{CANARY}.{CANARY}.{CANARY}",
    f"dsh_{CANARY}",
    f"whsec_{CANARY}",
    f"eyJ{CANARY}.{CANARY}.{CANARY}",
)


@pytest.fixture
async def written(tmp_path: Path) -> AsyncIterator[tuple[Place, io.StringIO]]:
    """Yield a gateway, and what it writes into its log, all levels."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = io.StringIO()
    logs.configure(level="DEBUG", stream=stream)
    async with gateway_at(tmp_path) as place:
        yield place, stream
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


async def live_a_little(place: Place) -> list[str]:
    """Let a session be opened, played and ended; return the secrets that were in it."""
    worker = await place.worker()
    opened = await place.open(client_id=f"client-{CANARY}")
    viewer = await place.viewer(opened)
    await worker.start()
    about = {"session": opened.session.id, "term": 1}
    sdp = f"v=0\r\na=ice-ufrag:{CANARY[:8]}\r\na=ice-pwd:{CANARY}\r\n"
    await worker.send(type="signal", **about, signal={"type": "offer", "attachment": 1, "sdp": sdp})
    await viewer.send(type="nonsense", token=opened.token)
    await place.ask("POST", f"/v1/sessions/{opened.session.id}/bye", {"token": opened.token})
    await place.ask("DELETE", f"/v1/sessions/{opened.session.id}", secret=place.secrets.api_key)
    return [opened.token, place.secrets.api_key, place.secrets.worker_key]


async def ask_strangely(place: Place) -> None:
    """Put secrets where they do not belong, and where they do and open nothing."""
    for secret in STRANGE:
        await place.ask("GET", "/v1/sessions", secret=secret)
        await place.ask("GET", f"/v1/sessions/{secret}?token={secret}", secret=secret)
        await place.ask("DELETE", f"/v1/sessions/{secret}", secret=place.secrets.api_key)
        await place.ask("GET", f"/{secret}", Cookie=f"diorama_sign_in={secret}")
        await place.post({"project": "cove", "password": secret}, Idempotency_Key=secret)
        await place.post(f'{{"project": "{secret}"'.encode())
        await place.ask("POST", f"/v1/sessions/{secret}/bye", {"token": secret})
        line = await place.line("/v1/connect")
        await line.send_str(json.dumps({"type": "hello", "protocol": 1, "token": secret}))
        await line.receive()
        line = await place.line("/v1/worker", Authorization=f"Bearer {secret}")
        await line.receive()


async def live_among_people(place: Place) -> list[str]:
    """Let people, keys and webhooks be made and used; return the secrets that were in it."""
    api_key = place.secrets.api_key
    link = await place.ask("POST", "/v1/set-up/link", secret=api_key)
    token = str(link.json["link"]).rpartition("#")[2]
    about = {"email": "ann@a.example", "password": f"password {CANARY}"}
    set_up = await place.ask("POST", "/v1/set-up", {"token": token, "name": "Ann", **about})
    assert set_up.status == 201, set_up
    signed_in = await place.ask("POST", "/v1/sign-in", about)
    cookie = signed_in.headers["Set-Cookie"].partition(";")[0]
    await place.ask("POST", "/v1/sign-in", about | {"password": f"wrong {CANARY}"})
    await place.ask("POST", "/v1/me/password", {"current": CANARY, "new": "x"}, Cookie=cookie)
    csrf = str(signed_in.json["csrf"])
    invited = await place.ask(
        "POST", "/v1/members", {"email": "bob@a.example", "role": "viewer"}, secret=api_key
    )
    invitation = str(invited.json["link"]).rpartition("#")[2]
    accepting = {"token": invitation, "name": "Bob", "password": f"secret {CANARY}"}
    await place.ask("POST", "/v1/invitations/accept", accepting | {"token": CANARY})
    await place.ask("POST", "/v1/invitations/accept", accepting)
    made = await place.ask(
        "POST", "/v1/keys", {"name": "ci", "scopes": ["projects:read"]}, secret=api_key
    )
    hook = {"url": f"https://hooks.example/in?token={CANARY}", "types": ["session.ended"]}
    webhook = await place.ask("POST", "/v1/webhooks", hook, secret=api_key)
    assert (made.status, webhook.status) == (201, 201), (made, webhook)
    secrets = [made.json["secret"], webhook.json["secret"], csrf, cookie.partition("=")[2]]
    return [token, invitation, *map(str, secrets)]


async def come_by_doors(place: Place) -> list[str]:
    """Open sessions by a ticket and by a share link; return the secrets that were in it."""
    api_key = place.secrets.api_key
    minted = await place.ask("POST", "/v1/tickets", {"project": "cove"}, secret=api_key)
    shared = await place.ask("POST", "/v1/share-links", {"project": "cove"}, secret=api_key)
    ticket = str(minted.json["ticket"])
    share = str(shared.json["url"]).partition("#share=")[2]
    statuses = [
        (await place.post({"project": "cove", name: secret})).status
        for name, secret in (("ticket", ticket), ("share", share), ("ticket", ticket + "x"))
    ]
    assert statuses[:2] == [201, 201]
    assert statuses[2] >= 400
    return [ticket, share]


async def test_no_secret_comes_out_in_a_log_line_or_a_metric(
    written: tuple[Place, io.StringIO],
) -> None:
    place, stream = written

    secrets = await live_a_little(place)
    secrets += await live_among_people(place)
    secrets += await come_by_doors(place)
    await ask_strangely(place)
    page = (await place.ask("GET", "/metrics", secret=place.secrets.api_key)).body.decode()

    told = stream.getvalue()
    assert '"event": "session ended"' in told
    assert "/v1/invitations/accept" in told
    for secret in [CANARY, *(secret.partition("_")[2] or secret for secret in secrets)]:
        assert secret not in told
        assert secret not in page


async def test_each_line_of_a_request_says_which_request_and_which_session(
    written: tuple[Place, io.StringIO],
) -> None:
    place, stream = written
    await place.worker()
    opened = await place.open()
    reply = await place.ask(
        "DELETE", f"/v1/sessions/{opened.session.id}", secret=place.secrets.api_key
    )

    of_end: list[dict[str, object]] = []
    async with asyncio.timeout(WITHIN_S):
        while not of_end or of_end[-1]["event"] != "request":  # it is written after the answer
            await place.ask("GET", "/healthz")
            lines = [json.loads(line) for line in stream.getvalue().splitlines()]
            asked = reply.headers["X-Request-Id"]
            of_end = [line for line in lines if line.get("request_id") == asked]

    assert [line["event"] for line in of_end] == ["session ended", "request"]
    assert {line["session_id"] for line in of_end} == {opened.session.id}
    assert (of_end[0]["code"], of_end[0]["reason"]) == (4012, "ended_by_api")
    assert (of_end[1]["route"], of_end[1]["status"]) == ("/v1/sessions/{session_id}", 200)


async def test_what_only_reads_is_no_line(written: tuple[Place, io.StringIO]) -> None:
    place, stream = written
    await place.ask("GET", "/healthz")

    assert '"event": "request"' not in stream.getvalue()
