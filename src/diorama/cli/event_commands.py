"""`diorama events` and `diorama webhooks`: what happened, as it happens, and who else is told."""

import json
import time
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from diorama.cli.asking import Asking, asks, complete_session
from diorama.cli.saying import fail

if TYPE_CHECKING:
    from diorama.protocol.event_views import DeliveryView, EventView, WebhookView

DeliveryState = Literal["waiting", "delivered", "failed", "cancelled"]
events: Final = typer.Typer(help="What happened, and what happens.", no_args_is_help=True)
webhooks: Final = typer.Typer(help="Who is told of events.", no_args_is_help=True)
Types = Annotated[
    list[str] | None,
    typer.Option("--type", help="Such as session.ended, or session.* for all; several times."),
]
OfSession = Annotated[
    str | None, typer.Option("--session", autocompletion=complete_session, help="Of one session.")
]
After = Annotated[str | None, typer.Option(help="What came after this event, by its id.")]
WebhookId = Annotated[str, typer.Argument(metavar="WEBHOOK", help="Its id.")]
LOOK_EVERY_S: Final = 0.25


@events.command("ls")
@asks
def ls(
    asking: Asking,
    kind: Types = None,
    session: OfSession = None,
    after: After = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
) -> None:
    """List what happened, the oldest first; the last id goes on with --after."""
    found: list[EventView] = []
    cursor, more = after, True
    while more and len(found) < limit:
        page = asking.diorama.events(cursor=cursor, types=kind or (), session=session)
        found += page.events
        cursor, more = page.cursor, page.more
    shown = found[:limit]
    titles = ("AT", "ID", "TYPE", "SESSION", "PROJECT", "STATE", "BY")
    asking.show_all(shown, titles, row, spare=("PROJECT", "STATE", "BY", "ID"))
    if not shown:
        asking.say("nothing happened")
    elif more or len(found) > limit:
        asking.say(f"there is more: --after {shown[-1].id}")


@events.command("follow")
@asks
def follow(
    asking: Asking,
    kind: Types = None,
    session: OfSession = None,
    after: After = None,
    count: Annotated[
        int | None, typer.Option(min=1, help="End after so many; without it, with Ctrl-C.")
    ] = None,
) -> None:
    """Tell what happens as it happens, a line for each event, from now on or after one."""
    from diorama.cli import tables

    feed = asking.diorama.follow_events(cursor=after, types=kind or (), session=session)
    for event in islice(feed, count):
        if asking.as_json:
            tables.print_json_line(event)
        else:
            known = (tables.cell(part) for part in row(event) if part is not None)
            typer.echo(" ".join(known))


@webhooks.command("ls")
@asks
def ls_webhooks(asking: Asking) -> None:
    """List the webhooks, newest first; their secrets are nowhere."""

    def line(webhook: "WebhookView") -> tuple[object, ...]:
        failing = webhook.failing_since and f"nothing arrives since {webhook.failing_since:%F %T}"
        state = "on" if webhook.enabled else f"off: {webhook.disabled}"
        return webhook.id, webhook.url, webhook.types or "all", state, failing, webhook.description

    titles = ("ID", "URL", "TYPES", "STATE", "REMARK", "DESCRIPTION")
    listed = list(asking.diorama.webhooks())
    asking.show_all(listed, titles, line, spare=("DESCRIPTION", "TYPES"))
    if not listed:
        asking.say("there is no webhook: `diorama webhooks create URL` makes one")


@webhooks.command("create")
@asks
def create(
    asking: Asking,
    url: Annotated[str, typer.Argument(help="Where to send them, https:// and so on.")],
    kind: Types = None,
    description: Annotated[str, typer.Option(help="What lists say of it.")] = "",
) -> None:
    """Have events sent to an address. Its secret alone is on standard output, this once."""
    made = asking.diorama.create_webhook(url, types=kind or (), description=description)
    if asking.as_json:
        asking.show(made, lambda _: ())
        return
    asking.say(f"{made.webhook.id} is made; the secret that signs is shown this once:")
    typer.echo(made.secret)


@webhooks.command("rm")
@asks
def rm(asking: Asking, webhook: WebhookId) -> None:
    """Take a webhook away, with its log."""
    asking.diorama.delete_webhook(webhook)
    asking.say(f"{webhook} is sent nothing more")


@webhooks.command("test")
@asks
def try_(
    asking: Asking,
    webhook: WebhookId,
    within: Annotated[
        float, typer.Option(min=0, max=60, help="Seconds to wait for what came back.")
    ] = 20.0,
) -> None:
    """Send a webhook an event of type webhook.test; exit code 1 unless it arrives."""
    event = asking.diorama.test_webhook(webhook)
    until_s = time.monotonic() + within
    while (found := _tried(asking, webhook, event)) is None and time.monotonic() < until_s:
        time.sleep(LOOK_EVERY_S)
    if found is None:
        fail(f"{event} is under way: `diorama webhooks deliveries {webhook}` says what came of it")
    asking.show_all([found], DELIVERIES, delivery_row, spare=SPARE)
    if found.state != "delivered":
        fail("it did not arrive")


DELIVERIES: Final = ("ID", "EVENT", "TYPE", "STATE", "TRIES", "CAME BACK", "NEXT TRY")
SPARE: Final = ("EVENT", "NEXT TRY", "TRIES")


@webhooks.command("deliveries")
@asks
def deliveries(
    asking: Asking,
    webhook: WebhookId,
    state: Annotated[DeliveryState | None, typer.Option(help="Only those in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
) -> None:
    """List what a webhook was told, newest first, and what came back."""
    listed = list(islice(asking.diorama.deliveries(webhook, state=state), limit))
    asking.show_all(listed, DELIVERIES, delivery_row, spare=SPARE)


@webhooks.command("redeliver")
@asks
def redeliver(
    asking: Asking,
    delivery: Annotated[str, typer.Argument(metavar="DELIVERY", help="Its id.")],
) -> None:
    """Send an event to a webhook again, now."""
    asking.show_all([asking.diorama.redeliver(delivery)], DELIVERIES, delivery_row, spare=SPARE)


def row(event: "EventView") -> tuple[object, ...]:
    """Return an event's line."""
    from diorama.cli import tables

    facts = json.loads(bytes(event.data))  # of as many shapes as there are types
    return (
        tables.stamp(event.at),
        event.id,
        event.type,
        event.session,
        *(facts.get(name) for name in ("project", "state", "actor")),
    )


def delivery_row(delivery: "DeliveryView") -> tuple[object, ...]:
    """Return a delivery's line of the table."""
    last = delivery.attempts[-1] if delivery.attempts else None
    return (
        delivery.id,
        delivery.event,
        delivery.type,
        delivery.state,
        len(delivery.attempts),
        None if last is None else last.status or last.error,
        delivery.next_at,
    )


def _tried(asking: Asking, webhook: str, event: str) -> "DeliveryView | None":
    """Return the delivery of an event once it was tried."""
    newest = islice(asking.diorama.deliveries(webhook), 10)
    return next((one for one in newest if one.event == event and one.attempts), None)
