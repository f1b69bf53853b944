"""What strangers who are sent webhooks try: on loopback, with everything that a receiver can do."""

import asyncio
import datetime as dt
import gzip
import ssl
import tracemalloc
from collections.abc import AsyncIterator, Sequence
from ipaddress import ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from diorama.events.retrying import Outcome
from diorama.gateway.outbound import KEPT_ANSWER, MAX_ANSWER, Message, Outbound, is_own
from tests.gateway.receiving import LOOPBACK, WITHIN_S, Talk, raw_receiver, receiver
from tests.ports import reserved_port

PUBLIC = "93.184.215.14"
MiB = 1 << 20


def message(url: str) -> Message:
    return Message(url, b'{"id":"evt_1"}', {"webhook-id": "evt_1"})


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    found = Outbound(LOOPBACK, within_s=WITHIN_S)
    yield found
    found.close()


async def sent_to(talk: Talk, outbound: Outbound) -> Outcome:
    async with raw_receiver(talk) as raw:
        return await outbound.send(message(f"http://127.0.0.1:{raw.port}/"))


def saying(*parts: bytes) -> Talk:
    async def say(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()

    return say


def for_ever(head: bytes, part: bytes) -> Talk:
    async def say(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0)

    return say


async def test_a_message_arrives_as_it_is(outbound: Outbound) -> None:
    async with receiver(200) as good:
        met = await outbound.send(message(good.url))

    (got,) = good.received
    assert (met.status, met.error) == (200, None)
    assert got.body == b'{"id":"evt_1"}'
    assert (got.headers["content-type"], got.id) == ("application/json", "evt_1")
    assert got.headers["user-agent"].startswith("Diorama/")


async def test_a_redirect_to_the_metadata_service_is_not_followed(outbound: Outbound) -> None:
    async with raw_receiver(saying(b"HTTP/1.1 200 OK\r\n\r\nsecret")) as inner:
        where = f"http://127.0.0.1:{inner.port}/latest/meta-data/".encode()
        away = b"HTTP/1.1 301 Moved\r\nContent-Length: 0\r\nLocation: " + where + b"\r\n\r\n"
        met = await sent_to(saying(away), outbound)

    assert (met.status, met.error) == (301, "status_not_ok")
    assert inner.asked == []


async def test_who_never_answers_is_given_up() -> None:
    async def say_nothing(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()
        await asyncio.Event().wait()

    outbound = Outbound(LOOPBACK, within_s=0.2)
    met = await sent_to(say_nothing, outbound)
    outbound.close()

    assert (met.status, met.error) == (None, "timeout")


async def test_who_answers_a_byte_at_a_time_is_given_up() -> None:
    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Slow: " + b"a" * 10_000:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.02)

    outbound = Outbound(LOOPBACK, within_s=0.3)
    met = await sent_to(drip, outbound)
    outbound.close()

    assert (met.status, met.error) == (None, "timeout")


async def test_of_an_answer_that_never_ends_64_kib_are_read(outbound: Outbound) -> None:
    tracemalloc.start()
    met = await sent_to(for_ever(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65_536), outbound)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (met.status, met.error) == (200, None)
    assert met.answer == "x" * KEPT_ANSWER
    assert peak < 8 * MiB


async def test_headers_that_never_end_are_an_answer_that_cannot_be_read(
    outbound: Outbound,
) -> None:
    tracemalloc.start()
    met = await sent_to(for_ever(b"HTTP/1.1 200 OK\r\n", b"X-More: y\r\n" * 100), outbound)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (met.status, met.error) == (None, "answer_unreadable")
    assert peak < 8 * MiB


@pytest.mark.parametrize(
    "nonsense",
    [
        b"",
        b"\0" * 100,
        b"HTTP/1.1 " + b"9" * 20_000 + b"\r\n\r\n",
        b"HTTP/1.1 OK\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    ],
    ids=lambda text: text[:24],
)
async def test_nonsense_is_no_good_answer_and_raises_nothing(
    nonsense: bytes, outbound: Outbound
) -> None:
    met = await sent_to(saying(nonsense), outbound)

    assert met.error is not None


async def test_half_an_answer_after_a_good_status_is_delivered(outbound: Outbound) -> None:
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
    met = await sent_to(saying(half), outbound)

    assert (met.status, met.error, met.answer) == (200, None, "half")


async def test_what_is_packed_is_not_unpacked(outbound: Outbound) -> None:
    bomb = gzip.compress(b"0" * 50 * MiB)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n"
    tracemalloc.start()
    met = await sent_to(saying(head.encode(), bomb), outbound)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert met.status == 200
    assert peak < 8 * MiB


async def test_control_characters_of_an_answer_are_not_kept(outbound: Outbound) -> None:
    met = await sent_to(
        saying(b"HTTP/1.1 500 No\r\nContent-Length: 9\r\n\r\n\x1b[2Ja\xff\0\nb"), outbound
    )

    assert met.answer == "\ufffd[2Ja\ufffd\ufffd\nb"


async def test_a_receiver_asks_for_time_in_seconds(outbound: Outbound) -> None:
    busy = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nRetry-After: %s\r\n\r\n"

    met = [
        await sent_to(saying(busy % asked), outbound)
        for asked in (b"120", b"-5", b"1e9", b"Wed, 21 Oct 2026 07:28:00 GMT", b"9" * 40)
    ]

    assert [one.asked_s for one in met] == [120, None, None, None, None]


async def test_nobody_listens_is_told_from_no_such_name(outbound: Outbound) -> None:
    nameless = Outbound(LOOPBACK, resolve=_no_such_name)

    with reserved_port() as port:
        nobody = await outbound.send(message(f"http://127.0.0.1:{port}/"))
    no_name = await nameless.send(message("https://no.example/"))
    nameless.close()

    assert (nobody.error, no_name.error) == ("not_reached", "name_unknown")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://[::1]:{port}/",
        "https://127.0.0.1:{port}/",
        "https://localhost:{port}/",
        "https://localhost.:{port}/",
        "https://127.0.0.1.nip.example:{port}/",
        "https://[::ffff:127.0.0.1]:{port}/",
        "https://[64:ff9b::7f00:1]:{port}/",
        "https://0.0.0.0:{port}/",
        "https://[::]:{port}/",
        "https://127.1:{port}/",
        "https://2130706433:{port}/",
        "https://0x7f.1:{port}/",
    ],
)
async def test_nothing_connects_to_loopback_unless_the_operator_opened_it(url: str) -> None:
    guarded = Outbound(resolve=_inner)
    async with raw_receiver(saying(b"")) as inner:
        met = await guarded.send(message(url.format(port=inner.port)))
    guarded.close()

    assert met.error in {"url_refused", "address_denied"}
    assert inner.asked == []


async def test_a_name_that_means_something_else_the_second_time_is_asked_once() -> None:
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.2"] if len(asked) == 1 else ["127.0.0.1"]

    outside = (ip_network("127.0.0.2/32"),)  # stands for the internet, which tests leave alone
    outbound = Outbound(outside, resolve=rebinding, within_s=WITHIN_S)
    answer = saying(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    with reserved_port("0.0.0.0") as port:
        async with (
            raw_receiver(answer, host="127.0.0.2", port=port) as outer,
            raw_receiver(answer, port=port) as inner,
        ):
            first = await outbound.send(message(f"http://rebind.example:{port}/"))
            second = await outbound.send(message(f"http://rebind.example:{port}/"))
    outbound.close()

    assert asked == ["rebind.example", "rebind.example"]
    assert (first.status, second.error) == (200, "address_denied")
    assert (len(outer.asked), inner.asked) == (1, [])


async def test_one_inner_address_among_good_ones_refuses_them_all() -> None:
    outbound = Outbound(resolve=lambda _host, _port: [PUBLIC, "10.0.0.1"])
    met = await outbound.send(message("https://mixed.example/"))
    outbound.close()

    assert met.error == "address_denied"


async def test_a_name_that_takes_too_long_to_resolve_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    over = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(_host: str, _port: int) -> Sequence[str]:
        asyncio.run_coroutine_threadsafe(over.wait(), loop).result()
        return [PUBLIC]

    monkeypatch.setattr("diorama.gateway.outbound.RESOLVED_WITHIN_S", 0.1)
    outbound = Outbound(resolve=slow)
    met = await outbound.send(message("https://slow.example/"))
    over.set()
    outbound.close()

    assert met.error == "name_timeout"


async def test_plain_http_is_for_opened_networks_only() -> None:
    outbound = Outbound((ip_network("10.9.9.0/24"),), resolve=lambda _host, _port: [PUBLIC])
    met = await outbound.send(message("http://example.com/"))
    outbound.close()

    assert met.error == "plain_http"


async def test_a_proxy_of_the_environment_is_not_used(
    outbound: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with raw_receiver(saying(b"HTTP/1.1 200 OK\r\n\r\n")) as proxy, receiver() as good:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("no_proxy", raising=False)
        met = await outbound.send(message(good.url))

    assert met.status == 204
    assert proxy.asked == []


async def test_the_name_stays_in_host_and_tls_while_the_address_is_pinned(tmp_path: Path) -> None:
    server, client = tls_for("hooks.example", tmp_path)
    outbound = Outbound(LOOPBACK, resolve=lambda _host, _port: ["127.0.0.1"], trust=client)
    async with raw_receiver(
        saying(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), tls=server
    ) as raw:
        met = await outbound.send(message(f"https://hooks.example:{raw.port}/x"))
    outbound.close()

    assert (met.status, met.error) == (200, None)
    assert raw.names == ["hooks.example"]
    assert f"Host: hooks.example:{raw.port}" in raw.asked[0]


async def test_a_receiver_that_cannot_prove_its_name_is_told_nothing(tmp_path: Path) -> None:
    server, client = tls_for("other.example", tmp_path)
    outbound = Outbound(LOOPBACK, resolve=lambda _host, _port: ["127.0.0.1"], trust=client)
    async with raw_receiver(saying(b"HTTP/1.1 200 OK\r\n\r\n"), tls=server) as raw:
        met = await outbound.send(message(f"https://hooks.example:{raw.port}/x"))
    outbound.close()

    assert met.error == "tls"
    assert raw.asked == []


def test_this_machine_knows_its_own_addresses() -> None:
    assert is_own("127.0.0.1")
    assert not is_own(PUBLIC)


def test_an_answer_is_kept_in_part_only() -> None:
    assert KEPT_ANSWER < MAX_ANSWER


def tls_for(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return a server's context for a name, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    kept = folder / "tls.pem"
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    kept.write_bytes(
        pem
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(kept)
    return server, ssl.create_default_context(cadata=pem.decode())


def _no_such_name(_host: str, _port: int) -> Sequence[str]:
    raise OSError("no such name")


def _inner(host: str, _port: int) -> Sequence[str]:
    """Resolve as a system does that takes numbers for what they are, and names for loopback."""
    numeric = ":" in host or all(label.isdigit() for label in host.split("."))
    return [host] if numeric else ["127.0.0.1"]
