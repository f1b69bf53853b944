from diorama.client.core.backoff import delay_s


def test_the_first_try_is_at_once_and_the_last_waits_are_15_s() -> None:
    delays = [delay_s(attempt, 0.0) for attempt in range(8)]

    assert delays == [0.0, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0]


def test_chance_cuts_a_wait_by_half_at_most() -> None:
    assert delay_s(5, 1.0) == 7.5
