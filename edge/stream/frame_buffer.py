"""A small bounded queue between two threads that may drop old items."""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class FrameBuffer(Generic[Item]):
    """A bounded queue between two threads.

    Args:
        size: items that it holds at most.
        drop_oldest: whether a new item replaces the oldest when the buffer is full; else `put` blocks.
        on_dropped: is called with the items that were dropped.
    """

    def __init__(
        self,
        size: int = 1,
        drop_oldest: bool = False,
        on_dropped: Callable[[list[Item]], None] = lambda _: None,
    ) -> None:
        self._size, self._drop_oldest, self._on_dropped = size, drop_oldest, on_dropped
        self._items: deque[Item] = deque()
        self._closed = False
        self._changed = threading.Condition()

    def put(self, item: Item) -> bool:
        """Adds an item; returns False, and drops it, if the buffer is closed."""
        with self._changed:
            if not self._drop_oldest:
                self._changed.wait_for(lambda: self._closed or len(self._items) < self._size)
            accepted = not self._closed
            dropped = [] if accepted else [item]
            if accepted and len(self._items) >= self._size:
                dropped.append(self._items.popleft())
            if accepted:
                self._items.append(item)
                self._changed.notify_all()
        if dropped:
            self._on_dropped(dropped)
        return accepted

    def get(self, timeout: float | None = None) -> Item | None:
        """Removes the oldest item; None after `timeout` s without one, or if closed and empty."""
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
        """Whether it holds no items."""
        return not self._items

    def wait_empty(self) -> None:
        """Blocks until all items were taken, or the buffer is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or not self._items)

    def close(self, discard: bool = False) -> None:
        """Accepts no more items; what it still holds can be taken, or is dropped with `discard`."""
        with self._changed:
            left = list(self._items) if discard else []
            if discard:
                self._items.clear()
            self._closed = True
            self._changed.notify_all()
        if left:
            self._on_dropped(left)

    @property
    def closed(self) -> bool:
        """Whether it accepts no more items."""
        return self._closed
