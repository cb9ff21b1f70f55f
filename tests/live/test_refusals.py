"""Who is at fault when a broker ends connections."""

from edgebreed.live.refusals import MOST_TRIES, TRIES, Refusals


def fail(refusals: Refusals, number: int, times: int) -> list[int | None]:
    """Connections that end while this event alone is on its way."""
    return [refusals.connection_ended({number}) for _ in range(times)]


def test_events_that_were_on_their_way_are_sent_alone() -> None:
    """None of them is blamed for what another one may have caused."""
    refusals = Refusals()
    assert [None] * 9 == [refusals.connection_ended({3, 4, 5}) for _ in range(9)]
    assert (5, 0) == (refusals.alone_to, refusals.passed_to)


def test_an_event_is_refused_if_the_broker_takes_another_one() -> None:
    """After it was passed over, and has failed once more."""
    refusals = Refusals()
    assert [None] * TRIES == fail(refusals, 3, TRIES)
    assert 3 == refusals.passed_to
    assert refusals.accepted({4})
    assert 0 == refusals.passed_to
    assert [3] == fail(refusals, 3, 1)


def test_an_event_that_is_taken_in_the_end_is_cleared() -> None:
    """Its earlier failures are forgotten, and show that the network is at fault."""
    refusals = Refusals()
    fail(refusals, 3, TRIES)
    refusals.accepted({4})
    assert not refusals.accepted({3})
    assert [None] * TRIES == fail(refusals, 3, TRIES)
    assert 0 == refusals.passed_to
    fail(refusals, 3, 1)
    assert 3 == refusals.passed_to


def test_on_a_bad_network_an_event_needs_more_failures() -> None:
    """Connections that end before any event is sent show that it is bad."""
    refusals = Refusals()
    assert [None] * 99 == [refusals.connection_ended(set()) for _ in range(99)]
    fail(refusals, 3, MOST_TRIES - 1)
    assert 0 == refusals.passed_to
    fail(refusals, 3, 1)
    assert 3 == refusals.passed_to


def test_where_no_event_is_taken_none_is_refused() -> None:
    """The topic is at fault, or the network."""
    refusals = Refusals()
    for number in range(3, 50):
        assert [None] * TRIES == fail(refusals, number, TRIES)
        assert number == refusals.passed_to


def test_several_refused_events_in_a_row() -> None:
    """Each of them once, in order."""
    refusals = Refusals()
    for number in (3, 4, 5):
        fail(refusals, number, TRIES)
    refusals.accepted({6})
    assert [3, 4, 5] == [fail(refusals, number, 1)[0] for number in (3, 4, 5)]
