"""What a worker does about its slots, told as stories; and laws that hold of any story."""

from hypothesis import given, settings
from hypothesis import strategies as st

from diorama.agent.slots import (
    DeliverSignal,
    Effect,
    EndWorld,
    OpenPeer,
    PutOut,
    RepeatOffer,
    Send,
    Show,
    Slots,
    StartWorld,
)
from diorama.protocol.media import Answer
from diorama.protocol.worker import (
    Accepted,
    Assign,
    Attach,
    InputSeen,
    MediaChanged,
    Rejected,
    SignalToWorker,
    Spectate,
    Spectated,
    Stop,
    Stopped,
    StopSpectating,
    VideoSpec,
    WorldEnded,
    WorldKind,
    WorldSpec,
    WorldStarted,
)

NOW = 5_000_000


def assign(term: int, *, index: int = 0, kind: WorldKind = "python") -> Assign:
    spec = WorldSpec(kind=kind, entry="m:C")
    return Assign(index, f"s{term}", term, spec, VideoSpec(), seed=1, start_timeout_s=60)


def attach(term: int, number: int) -> Attach:
    return Attach(f"s{term}", term, number, ())


def stop(term: int, *, index: int = 0) -> Stop:
    return Stop(index, f"s{term}", term, 1000, "client_ended")


def stopped(term: int) -> Send:
    return Send(Stopped(0, f"s{term}", term))


def ended(term: int) -> Send:
    return Send(WorldEnded(f"s{term}", term, "crashed", -9, "it fell"))


def answer(term: int, number: int) -> SignalToWorker:
    return SignalToWorker(f"s{term}", term, Answer(number, "sdp"))


def slots(count: int = 1) -> Slots:
    return Slots(count, kinds=("python",))


def running(term: int) -> Slots:
    these = slots()
    these.handle_assign(assign(term), NOW)
    these.world_started(0, term)
    return these


def test_an_assignment_is_accepted_and_started() -> None:
    assert slots().handle_assign(assign(3), NOW) == [Send(Accepted("s3", 3)), StartWorld(assign(3))]


def test_a_repeated_assignment_is_answered_and_starts_nothing() -> None:
    again = running(3).handle_assign(assign(3), NOW)

    assert again == [Send(Accepted("s3", 3)), Send(WorldStarted("s3", 3))]


def test_a_lower_term_and_another_session_of_the_same_term_are_refused() -> None:
    these = running(3)
    other = Assign(0, "other", 3, WorldSpec("python", "m:C"), VideoSpec(), 1, 60)

    for refused in (assign(2), other):
        (said,) = these.handle_assign(refused, NOW)
        assert isinstance(said, Send)
        assert isinstance(said.message, Rejected)


def test_what_this_worker_cannot_run_is_refused_with_a_reason() -> None:
    told = [
        slots().handle_assign(assign(1, index=1), NOW),
        slots().handle_assign(assign(1, kind="window"), NOW),
    ]

    assert told == [
        [Send(Rejected("s1", 1, "there is no slot 1: this worker has 1"))],
        [Send(Rejected("s1", 1, "this worker runs no window worlds"))],
    ]


def test_a_draining_worker_takes_no_new_session_and_still_answers_for_its_own() -> None:
    these = running(1)
    these.drain()

    assert these.handle_assign(assign(1), NOW)[0] == Send(Accepted("s1", 1))
    assert these.handle_assign(assign(2), NOW) == [
        Send(Rejected("s2", 2, "this worker is draining"))
    ]


def test_a_stop_is_confirmed_when_the_process_group_is_gone_and_not_before() -> None:
    these = running(1)

    assert these.handle_stop(stop(1)) == [EndWorld(0)]
    assert these.handle_stop(stop(1)) == []
    assert these.world_gone(0) == [stopped(1)]
    assert these.handle_stop(stop(1)) == [stopped(1)]


def test_a_stop_with_a_higher_term_ends_what_runs_under_a_lower_one() -> None:
    these = running(1)

    assert these.handle_stop(stop(4)) == [EndWorld(0)]
    assert these.world_gone(0) == [stopped(4)]


def test_a_stop_with_a_lower_term_is_confirmed_and_ends_nothing() -> None:
    these = running(5)

    assert these.handle_stop(stop(4)) == [stopped(4)]
    assert these[0].world == "running"


def test_an_assignment_that_comes_after_its_stop_does_not_start() -> None:
    these = slots()
    these.handle_stop(stop(2))

    assert these.handle_assign(assign(2), NOW) == [stopped(2)]
    assert these.are_idle


def test_a_stop_for_a_slot_this_worker_never_had_is_confirmed() -> None:
    assert slots().handle_stop(stop(2, index=7)) == [Send(Stopped(7, "s2", 2))]


def test_a_new_assignment_waits_until_the_old_world_is_gone() -> None:
    these = running(1)

    assert these.handle_assign(assign(2), NOW) == [Send(Accepted("s2", 2)), EndWorld(0)]
    assert these.handle_assign(assign(2), NOW) == [Send(Accepted("s2", 2))]
    assert these.handle_attach(attach(2, 1)) == []
    assert these.world_gone(0) == [
        stopped(1),
        StartWorld(assign(2)),
        OpenPeer(0, attach(2, 1)),
    ]


def test_a_waiting_assignment_can_be_stopped() -> None:
    these = running(1)
    these.handle_assign(assign(2), NOW)
    these.handle_stop(stop(2))

    assert these.world_gone(0) == [stopped(1), stopped(2)]
    assert these.are_idle


def test_a_world_that_ended_by_itself_is_told_until_the_gateway_knows() -> None:
    these = running(1)

    assert these.world_gone(0, "crashed", -9, "it fell") == [ended(1), stopped(1)]
    assert these.repeat_all(0) == [Send(Accepted("s1", 1)), ended(1), stopped(1)]
    assert these.handle_stop(stop(1)) == [stopped(1)]
    assert these.repeat_all(0) == []


def test_a_newer_attachment_takes_the_place_of_an_older_one() -> None:
    these = running(1)

    assert these.handle_attach(attach(1, 2)) == [OpenPeer(0, attach(1, 2))]
    assert these.handle_attach(attach(1, 2)) == [RepeatOffer(0)]
    assert these.handle_attach(attach(1, 1)) == []
    assert these.handle_attach(attach(1, 3)) == [OpenPeer(0, attach(1, 3))]
    assert these.handle_attach(attach(9, 4)) == []


def test_a_signal_reaches_only_the_attachment_it_is_for() -> None:
    these = running(1)
    these.handle_attach(attach(1, 2))

    assert these.handle_signal(answer(1, 2)) == [DeliverSignal(0, answer(1, 2))]
    assert these.handle_signal(answer(1, 1)) == []
    assert these.handle_signal(answer(0, 2)) == []


def test_a_change_of_media_is_told_once_and_only_of_the_present_attachment() -> None:
    these = running(1)
    these.handle_attach(attach(1, 2))

    assert these.media_changed(0, 1, 1, "connected", 0) == []
    changed = MediaChanged("s1", 1, 2, "connected")
    assert these.media_changed(0, 1, 2, "connected", 0) == [Send(changed)]
    assert these.media_changed(0, 1, 2, "connected", 0) == []
    assert these.reports()[0].media == "connected"


def test_a_new_gateway_is_told_how_media_is_and_since_when() -> None:
    these = running(1)
    these.handle_attach(attach(1, 2))
    these.media_changed(0, 1, 2, "connected", 1_000_000)
    these.media_changed(0, 1, 2, "lost", 5_000_000)

    said = these.repeat_all(12_500_000)

    assert said[-1] == Send(MediaChanged("s1", 1, 2, "lost", age_ms=7_500))


def test_a_session_that_is_over_has_no_more_to_say() -> None:
    these = running(1)
    these.handle_stop(stop(1))

    assert these.tell(0, 1, InputSeen("s1", 1)) == []
    assert these.media_changed(0, 1, 0, "lost", 0) == []
    assert these.world_started(0, 1) == []


def test_a_fenced_worker_kills_at_once_and_says_why() -> None:
    these = running(1)

    assert these.end_all(fenced=True) == [EndWorld(0, urgent=True)]
    told, confirmed = these.world_gone(0)
    assert isinstance(told, Send)
    assert isinstance(told.message, WorldEnded)
    assert "fenced itself" in told.message.detail
    assert confirmed == stopped(1)


def test_the_fence_cuts_short_the_patience_with_a_world_that_is_stopping() -> None:
    these = running(1)
    these.handle_stop(stop(1))

    assert these.end_all(fenced=False) == []
    assert these.end_all(fenced=True) == [EndWorld(0, urgent=True)]
    assert these.world_gone(0) == [stopped(1)]


def test_a_leaving_worker_ends_its_worlds_in_order() -> None:
    these = running(1)

    assert these.end_all(fenced=False) == [EndWorld(0)]
    assert these.world_gone(0) == [stopped(1)]


class House:
    """The processes that the effects of a story start and end, and the laws over them."""

    def __init__(self) -> None:
        self.slots = slots(2)
        self.alive: dict[int, int] = {}  # slot to term
        self.highest: dict[int, int] = {}

    def take(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, StartWorld):
                index, term = effect.assign.index, effect.assign.term
                assert index not in self.alive, "two worlds on one slot"
                assert term > self.highest.get(index, 0), "a term ran twice, or after a higher one"
                self.alive[index] = self.highest[index] = term
            elif isinstance(effect, EndWorld):
                assert effect.index in self.alive
            elif isinstance(effect, Send) and isinstance(effect.message, Stopped):
                word = effect.message
                assert self.alive.get(word.index) != word.term, "stopped said of a living world"

    def end(self, index: int) -> None:
        if self.alive.pop(index, None) is not None:
            self.take(self.slots.world_gone(index))


STEPS = st.tuples(
    st.sampled_from(["assign", "stop", "started", "gone", "attach", "fence", "repeat"]),
    st.integers(0, 1),
    st.integers(1, 6),
)


@settings(max_examples=300)
@given(st.lists(STEPS, max_size=40))
def test_whatever_comes_a_slot_runs_one_world_and_stopped_is_never_a_lie(
    story: list[tuple[str, int, int]],
) -> None:
    house = House()
    for step, index, term in story:
        match step:
            case "assign":
                house.take(house.slots.handle_assign(assign(term, index=index), NOW))
            case "stop":
                house.take(house.slots.handle_stop(stop(term, index=index)))
            case "started":
                house.take(house.slots.world_started(index, term))
            case "attach":
                house.take(house.slots.handle_attach(attach(term, 1)))
            case "fence":
                house.take(house.slots.end_all(fenced=True))
            case "repeat":
                house.take(house.slots.repeat_all(0))
            case _:
                house.end(index)

        assert {slot.index for slot in house.slots if slot.is_busy} == set(house.alive)
        assert all(slot.term >= slot.run_term for slot in house.slots)


def test_a_spectator_is_let_in_while_its_session_is_shown_under_its_term() -> None:
    these = running(3)
    here, elsewhere = (Spectate(f"s{term}", term, "wat_1", "an offer") for term in (3, 2))

    assert these.handle_spectate(here) == [Show(0, here)]
    assert these.handle_spectate(elsewhere) == [
        Send(Spectated("s2", 2, "wat_1", reason="session_not_here"))
    ]
    assert these.handle_stop_spectating(StopSpectating("s3", 3, "wat_1")) == [PutOut(0, "wat_1")]
    assert these.handle_stop_spectating(StopSpectating("s2", 2, "wat_1")) == []


def test_nobody_is_let_in_before_a_session_nor_after_it() -> None:
    before, stopping = slots(), running(3)
    stopping.handle_stop(stop(3))
    asked = Spectate("s3", 3, "wat_1", "an offer")
    refused = [Send(Spectated("s3", 3, "wat_1", reason="session_not_here"))]

    assert before.handle_spectate(asked) == refused
    assert stopping.handle_spectate(asked) == refused
