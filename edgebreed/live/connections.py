"""Which connections of a server stay open where too many come."""

import ipaddress
import resource
from typing import Protocol

MAX_CONNECTIONS = 256


class OpenConnection(Protocol):
    """A connection of a client."""

    @property
    def host(self) -> str:
        """The client's IP address."""
        ...

    @property
    def streaming(self) -> bool:
        """Whether its client watches a stream."""
        ...

    def drop(self) -> None:
        """Closes it at once, whatever is unsent."""
        ...


class ConnectionTable:
    """The open connections of a server, the longest idle first.

    Where there are too many, the one that has been idle longest gives way to the newest: a client that sends
    its request at once is served, whoever else holds connections open. Those that watch a stream stay; they
    have a bound of their own.

    Args:
        limit: of all connections.
        network_limit: of the connections of one client network that watch no stream.
    """

    def __init__(self, limit: int, network_limit: int) -> None:
        self._limit, self._network_limit = limit, network_limit
        self._networks: dict[OpenConnection, str] = {}

    def __len__(self) -> int:
        return len(self._networks)

    def add(self, connection: OpenConnection) -> None:
        """Takes a new connection in, and drops another one if there are too many."""
        network = client_network(connection.host)
        self._networks[connection] = network
        idle = [other for other in self._networks if not other.streaming]
        neighbours = [other for other in idle if self._networks[other] == network]
        if len(neighbours) > self._network_limit:
            neighbours[0].drop()
        elif len(self._networks) > self._limit:
            idle[0].drop()

    def refresh(self, connection: OpenConnection) -> None:
        """Notes that a connection is in use."""
        if connection in self._networks:
            self._networks[connection] = self._networks.pop(connection)

    def remove(self, connection: OpenConnection) -> None:
        """Forgets a connection that is closed; a second call does nothing."""
        self._networks.pop(connection, None)

    def drop_all(self) -> None:
        """Closes all connections."""
        for connection in list(self._networks):
            connection.drop()


def client_network(host: str) -> str:
    """What a client can take its addresses from: one IPv4 address, or a /64 network of IPv6."""
    address = ipaddress.ip_address(host.partition("%")[0])
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:  # an IPv4 client of a socket that listens on `::`
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


def connection_limit() -> int:
    """How many connections a server may hold: a quarter of the process's file descriptors, at most 256."""
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if descriptors == resource.RLIM_INFINITY:
        return MAX_CONNECTIONS
    return min(MAX_CONNECTIONS, descriptors // 4)
