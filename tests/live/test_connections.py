"""Which connections stay open."""

import resource

import pytest

from edgebreed.live.connections import (
    MAX_CONNECTIONS,
    ConnectionTable,
    client_network,
    connection_limit,
)

from ..conftest import fresh_python


class Caller:
    """A connection of an address, which may watch a stream."""

    def __init__(self, table: ConnectionTable, host: str, streaming: bool = False) -> None:
        self.table, self.host, self.streaming, self.open = table, host, streaming, True
        table.add(self)

    def drop(self) -> None:
        """Is no longer open."""
        self.table.remove(self)
        self.open = False


def test_the_longest_idle_gives_way() -> None:
    """Beyond the limit; one that was in use since came later."""
    table = ConnectionTable(limit=3, network_limit=9)
    callers = [Caller(table, f"10.0.0.{number}") for number in range(3)]
    table.refresh(callers[0])
    callers.append(Caller(table, "10.0.0.9"))
    assert [True, False, True, True] == [caller.open for caller in callers]
    assert 3 == len(table)


def test_those_that_watch_a_stream_stay() -> None:
    """Whoever comes."""
    table = ConnectionTable(limit=3, network_limit=2)
    watching = [Caller(table, "10.0.0.1", streaming=True) for _ in range(2)]
    coming = [Caller(table, f"10.0.0.{number}") for number in range(5)]
    assert [True, True] == [caller.open for caller in watching]
    assert [False] * 4 + [True] == [caller.open for caller in coming]


def test_one_network_cannot_take_every_place() -> None:
    """Beyond its own limit, its own longest idle connection gives way; streams do not count."""
    table = ConnectionTable(limit=9, network_limit=2)
    Caller(table, "10.0.0.1", streaming=True)
    honest = Caller(table, "10.0.0.2")
    flood = [Caller(table, "10.0.0.1") for _ in range(5)]
    assert honest.open
    assert [False] * 3 + [True] * 2 == [caller.open for caller in flood]


def test_all_can_be_closed() -> None:
    """None is left, and a connection that is gone is no fault."""
    table = ConnectionTable(limit=9, network_limit=9)
    callers = [Caller(table, "10.0.0.1") for _ in range(3)]
    table.drop_all()
    table.refresh(callers[0])
    assert (0, [False] * 3) == (len(table), [caller.open for caller in callers])


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_a_network_is_what_one_client_has(host: str, network: str) -> None:
    """An IPv4 address, also where it reaches an IPv6 socket, or a /64."""
    assert network == client_network(host)


@pytest.mark.parametrize(("descriptors", "limit"), [(256, 64), (1024, 256), (4096, MAX_CONNECTIONS)])
def test_most_file_descriptors_are_left_to_the_stream(descriptors: int, limit: int) -> None:
    """A quarter of the process's limit at most."""
    code = f"""if True:
        import resource
        from edgebreed.live.connections import connection_limit
        resource.setrlimit(resource.RLIMIT_NOFILE, ({descriptors}, {descriptors}))
        print(connection_limit())
    """
    assert f"{limit}\n" == fresh_python(code)


def test_without_a_limit_of_descriptors_there_is_still_one_of_connections() -> None:
    """A server does not need more."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert soft >= 1024 or soft == resource.RLIM_INFINITY
    assert MAX_CONNECTIONS == connection_limit()
