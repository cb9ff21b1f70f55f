"""Who is at fault when a broker ends connections."""

from edgebreed.live.refusals import MOST_TRIES, NO_SIZE, PROBE_S, SAME_SIZE, TRIES, Refusals

SMALL, LARGE = 10, 600  # bytes


def fail(refusals: Refusals, number: int, times: int, size: int = LARGE) -> list[int | None]:
    """Connections that end while this event alone is on its way."""
    return [refusals.connection_ended({number: size}) for _ in range(times)]


def with_a_known_size(clock: list[float]) -> Refusals:
    """Of a broker that took a small event and refused large ones."""
    refusals = Refusals(lambda: clock[0])
    refusals.accepted({1: SMALL})
    fail(refusals, 2, TRIES)
    assert [2, 3, 4] == [fail(refusals, number, 1)[0] for number in range(2, 2 + SAME_SIZE)]
    return refusals


def test_events_that_were_on_their_way_are_sent_alone() -> None:
    """None of them is blamed for what another one may have caused."""
    refusals = Refusals()
    assert [None] * 9 == [refusals.connection_ended({3: LARGE, 4: LARGE, 5: LARGE}) for _ in range(9)]
    assert (5, NO_SIZE) == (refusals.alone_to, refusals.held_from)


def test_an_event_is_refused_if_the_broker_takes_another_one() -> None:
    """After those of its size were held, and it has failed once more."""
    refusals = Refusals()
    assert [None] * TRIES == fail(refusals, 3, TRIES)
    assert SMALL < refusals.held_from <= LARGE
    assert not refusals.accepted({4: SMALL})
    assert [3] == fail(refusals, 3, 1)


def test_an_event_larger_than_all_that_were_taken_is_refused() -> None:
    """No other one has to be taken first."""
    refusals = Refusals()
    refusals.accepted({1: SMALL})
    fail(refusals, 3, TRIES)
    assert (0, SMALL + 1) == (
        refusals.tried_to,
        refusals.held_from,
    )  # it is tried again at once, whatever comes in meanwhile
    assert [3] == fail(refusals, 3, 1)


def test_after_a_few_refused_events_their_size_tells_the_others() -> None:
    """For a while; then one of them is tried again, and needs one failure only."""
    clock = [0.0]
    refusals = with_a_known_size(clock)
    assert LARGE == refusals.too_large_from
    clock[0] = PROBE_S
    assert refusals.too_large_from is None
    assert [9] == fail(refusals, 9, 1)
    assert LARGE == refusals.too_large_from


def test_sizes_between_what_was_taken_and_refused_need_two_failures() -> None:
    """As the results of a camera, whose sizes differ by a few bytes."""
    refusals = with_a_known_size([0.0])
    assert [None, 9] == fail(refusals, 9, 2, LARGE - 1)
    assert LARGE - 1 == refusals.too_large_from


def test_where_nothing_was_taken_yet_much_smaller_events_go_first() -> None:
    """Not those that differ by a byte, each of which would need as many failures."""
    refusals = Refusals()
    fail(refusals, 3, TRIES, 600)
    assert 301 == refusals.held_from


def test_a_broker_that_takes_larger_events_gets_them_all() -> None:
    """Once it has shown it, with an event of that size."""
    refusals = with_a_known_size([0.0])
    assert refusals.accepted({9: LARGE})
    assert (None, NO_SIZE) == (refusals.too_large_from, refusals.held_from)
    assert [None] == fail(refusals, 10, 1)


def test_an_event_that_is_taken_in_the_end_is_cleared() -> None:
    """Its earlier failures are forgotten, and show that the network is at fault."""
    refusals = Refusals()
    fail(refusals, 3, TRIES)
    assert refusals.accepted({3: LARGE})
    assert [None] * TRIES == fail(refusals, 3, TRIES)
    assert NO_SIZE == refusals.held_from
    fail(refusals, 3, 1)
    assert LARGE >= refusals.held_from


def test_on_a_bad_network_an_event_needs_more_failures() -> None:
    """Connections that end before any event is sent show that it is bad."""
    refusals = Refusals()
    assert [None] * 99 == [refusals.connection_ended({}) for _ in range(99)]
    fail(refusals, 3, MOST_TRIES - 1)
    assert NO_SIZE == refusals.held_from
    fail(refusals, 3, 1)
    assert LARGE >= refusals.held_from


def test_where_no_event_is_taken_none_is_refused() -> None:
    """The topic is at fault, or the network: those that are held are tried in turn."""
    refusals = Refusals()
    for number in range(3, 50):
        assert [None] * TRIES == fail(refusals, number, TRIES)
        assert number == refusals.tried_to


def test_several_refused_events_in_a_row() -> None:
    """Each of them once, in order."""
    refusals = Refusals()
    for number in (3, 4, 5):
        fail(refusals, number, TRIES)
    refusals.accepted({6: SMALL})
    assert [3, 4, 5] == [fail(refusals, number, 1)[0] for number in (3, 4, 5)]
