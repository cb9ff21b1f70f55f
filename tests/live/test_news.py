"""Which answers are worth an event."""

from edgebreed.edge.prediction import Kind
from edgebreed.live.news import News

from .feed import Clock, result


def test_the_same_answer_is_told_once_in_a_while() -> None:
    """At first, and every ten seconds."""
    clock = Clock()
    news = News(10, clock)
    told = []
    for number in range(25):
        clock.now = 1000.0 + number
        told.append(news.is_news(result(number)))
    assert [0, 10, 20] == [second for second, news_then in enumerate(told) if news_then]


def test_another_answer_is_told_at_once() -> None:
    """Another breed, another kind; another probability is no other answer."""
    clock = Clock()
    news = News(10, clock)
    answers = [
        result(),
        result(label="Pug"),
        result(label="Pug", kind=Kind.PERSON),
        result(kind=Kind.UNKNOWN),
    ]
    for answer in answers:
        clock.now += 1
        assert (True, False) == (news.is_news(answer), news.is_news(answer))


def test_a_flickering_answer_floods_nobody() -> None:
    """Thirty changes a second become five events."""
    clock = Clock()
    news = News(10, clock)
    told = 0
    for number in range(300):
        clock.now += 1 / 30
        told += news.is_news(result(label=f"breed {number % 2}"))
    assert 40 <= told <= 51
