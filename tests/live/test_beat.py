"""One clock for all viewers."""

import asyncio
import itertools

from edgebreed.live.beat import Beat


async def gathered(beat: Beat[int], viewers: int, beats: int) -> list[list[int]]:
    """What each of some viewers got in turn."""

    async def watch() -> list[int]:
        return [await beat.next() for _ in range(beats)]

    return await asyncio.gather(*(watch() for _ in range(viewers)))


def test_viewers_share_what_is_made_on_a_beat() -> None:
    """Five of them cost as much as one."""
    made = itertools.count()
    got = asyncio.run(gathered(Beat(20, lambda: next(made)), viewers=5, beats=4))
    assert len({value for values in got for value in values}) <= 5
    assert all(values == sorted(set(values)) for values in got)


def test_nothing_is_made_without_viewers() -> None:
    """The clock beats only for those who wait."""
    made: list[int] = []
    beat = Beat(20, lambda: made.append(0))
    assert [] == made
    asyncio.run(asyncio.wait_for(beat.next(), 1))
    assert [0] == made
