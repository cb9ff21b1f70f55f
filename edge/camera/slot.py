"""Hands frames from one thread to the next, a few at a time."""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Slot(Generic[Item]):
    """A place for one or two items between two threads.

    Args:
        size: items that it holds at most.
        newest: whether a new item replaces the oldest where there is no room; else `put` waits for room.
        lost: is called with the number of items that nobody will take.
    """

    def __init__(
        self, size: int = 1, newest: bool = False, lost: Callable[[int], None] = lambda _: None
    ) -> None:
        self._size, self._newest, self._lost = size, newest, lost
        self._items: deque[Item] = deque()
        self._closed = False
        self._changed = threading.Condition()

    def put(self, item: Item) -> bool:
        """Hands an item over; False, and the item lost, where the slot is closed."""
        with self._changed:
            if not self._newest:
                self._changed.wait_for(lambda: self._closed or len(self._items) < self._size)
            taken = not self._closed
            replaced = taken and len(self._items) >= self._size
            if replaced:
                self._items.popleft()
            if taken:
                self._items.append(item)
                self._changed.notify_all()
        if replaced or not taken:
            self._lost(1)
        return taken

    def get(self, timeout: float | None = None) -> Item | None:
        """The next item; None where none came in `timeout` s, or the slot is closed and empty."""
        deadline = None if timeout is None else time.monotonic() + timeout
        with self._changed:
            while not self._items and not self._closed:
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    return None
                self._changed.wait(left)
            if not self._items:
                return None
            self._changed.notify_all()
            return self._items.popleft()

    def empty(self) -> bool:
        """Whether all that was handed over has been taken."""
        return not self._items

    def wait_taken(self) -> None:
        """Waits until all that was handed over has been taken, or the slot is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or not self._items)

    def close(self, discard: bool = False) -> None:
        """Takes no more; what it still holds is given out first, or lost where `discard` is set."""
        with self._changed:
            left = len(self._items) if discard else 0
            if discard:
                self._items.clear()
            self._closed = True
            self._changed.notify_all()
        if left:
            self._lost(left)

    @property
    def closed(self) -> bool:
        """Whether it takes no more."""
        return self._closed
