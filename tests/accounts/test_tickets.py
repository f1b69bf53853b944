"""Tickets: what is genuine, when, and everything that is not, refused in the same words."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diorama.accounts.tickets import (
    MAX_CHARACTERS,
    Ticket,
    TicketKey,
    key_of,
    read_ticket,
    sign_ticket,
)
from diorama.kernel.errors import Unauthorized
from diorama.kernel.units import SECOND_US
from diorama.protocol.requests import AskedAfk
from tests.accounts.forging import FORGERIES, KEY, NOW_US, OTHER_KEY, SECRET, TICKET, Mint

KEYS = {key.id: key for key in (KEY, OTHER_KEY)}


def read(text: str, *, now_us: int = NOW_US) -> Ticket:
    return read_ticket(text, KEYS.get(key_of(text)), SECRET, now_us)


def test_a_genuine_ticket_says_what_was_signed() -> None:
    ticket = msgspec.structs.replace(
        TICKET,
        origin="https://app.example",
        region="here",
        device="kiosk",
        priority="gold",
        max_runtime_s=600.0,
        afk=AskedAfk(warn_after_s=30),
    )

    assert read(Mint().genuine()) == TICKET
    assert read(sign_ticket(ticket, KEY, SECRET)) == ticket


def test_a_ticket_is_good_from_its_first_instant_to_the_last_before_its_end() -> None:
    text = Mint().genuine()
    last_us = TICKET.expires_us - 1

    assert read(text) == read(text, now_us=last_us) == TICKET
    for at_us in (NOW_US - 1, TICKET.expires_us):
        with pytest.raises(Unauthorized):
            read(text, now_us=at_us)


def test_there_are_sixty_forgeries_and_more() -> None:
    assert len(FORGERIES) >= 60


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_refused_in_the_same_words(name: str) -> None:
    text = FORGERIES[name](Mint())

    with pytest.raises(Unauthorized) as refused:
        read(text)

    assert (str(refused.value), refused.value.code) == (
        "this ticket opens nothing",
        "ticket_refused",
    )
    assert refused.value.detail == {}


def test_a_key_that_was_replaced_opens_what_it_signed_until_it_ends() -> None:
    text = Mint().genuine()
    ends_us = NOW_US + 10 * SECOND_US
    ending = TicketKey(id=KEY.id, account_id=KEY.account_id, made_us=1, ends_us=ends_us)

    assert read_ticket(text, ending, SECRET, ends_us - 1) == TICKET
    with pytest.raises(Unauthorized):
        read_ticket(text, ending, SECRET, ends_us)


def test_a_ticket_that_is_too_long_is_not_even_read() -> None:
    with pytest.raises(Unauthorized):
        key_of("dtk_" + "e" * MAX_CHARACTERS)


@given(st.text(max_size=200), st.integers(0, 400), st.integers(0, 255))
def test_no_text_is_a_ticket_but_one_that_was_signed(noise: str, at: int, byte: int) -> None:
    genuine = Mint().genuine()
    changed = genuine[:at] + chr(byte) + genuine[at + 1 :]
    # The last character of a signature holds two bits that nobody reads.
    spoiled = changed if changed[:-1] != genuine[:-1] else noise

    for text in (noise, f"dtk_{noise}", spoiled):
        with pytest.raises(Unauthorized):
            read(text)
