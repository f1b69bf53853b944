"""What travels between gateways, and that it always fits."""

from diorama.gateway.hints import MAX_IDS, MAX_PARTS, MAX_PAYLOAD, Hints, payloads, read_payload
from diorama.sessions.work import Changes


def ids(count: int) -> set[str]:
    return {f"ses_{number:026}" for number in range(count)}


def carried(hints: Hints) -> tuple[set[str], Hints]:
    """Return who says so, and the hints as they come out at the other end."""
    senders, whole = set(), Hints()
    for payload in payloads(hints, "a"):
        assert len(payload.encode()) <= MAX_PAYLOAD
        sender, part = read_payload(payload)
        senders.add(sender)
        whole.add(part)
    return senders, whole


def test_every_kind_of_id_comes_out_as_it_went_in() -> None:
    hints = Hints({"s"}, {"w"}, {("p", "r"), ("p", "q")}, {"v"}, {"u"})

    assert carried(hints) == ({"a"}, hints)


def test_what_a_commit_changed_is_told_but_room_is_not() -> None:
    hints = Hints.of(Changes({"s"}, {"w"}, {("p", "r")}, room=True))

    assert hints == Hints({"s"}, {"w"}, {("p", "r")})
    assert not Hints.of(Changes(room=True))


def test_nothing_to_tell_is_still_said_so_that_the_sender_hears_itself() -> None:
    assert carried(Hints()) == ({"a"}, Hints())


def test_more_than_one_message_holds_is_split() -> None:
    hints = Hints(sessions=ids(1_000))

    assert len(payloads(hints, "a")) > 1
    assert carried(hints) == ({"a"}, hints)


def test_more_than_the_parts_hold_says_to_look_at_everything() -> None:
    hints = Hints(sessions=ids(MAX_IDS - 1))

    assert len(list(payloads(hints, "a"))) == 1
    assert carried(hints) == ({"a"}, Hints(everything=True))
    assert len("".join(hints.sessions)) > MAX_PARTS * MAX_PAYLOAD


def test_more_ids_than_are_kept_become_everything() -> None:
    hints = Hints()
    hints.add(Hints(sessions=ids(MAX_IDS)))
    whole = hints.count
    hints.add(Hints(workers={"w"}))

    assert whole == MAX_IDS
    assert hints == Hints(everything=True)


def test_a_message_that_is_not_ours_says_to_look_at_everything() -> None:
    assert read_payload('{"g": 1}') == ("", Hints(everything=True))
    assert read_payload("hello") == ("", Hints(everything=True))
