"""Telegram's limits, enforced as its documentation states them."""

from collections import deque
from collections.abc import Callable
from random import Random

from bot.simulation.telegram.answers import too_many_requests

A_SECOND, CHAT_SECONDS, GROUP_A_MINUTE = 30, 1.0, 20

_LATITUDE = 0.1  # seconds that the network may bring two well-spaced messages closer together


class Limits:
    """Counts what was accepted; refuses with 429 and, until that time is over, everything.

    `while_halted` counts requests that came inside a halt: a client of good manners sends none.
    """

    def __init__(self, seconds: Callable[[], float], random: Random) -> None:
        self._seconds = seconds
        self._random = random
        self._all: deque[float] = deque()
        self._chats: dict[int, deque[float]] = {}
        self._halted_until = 0.0
        self.refused = 0
        self.while_halted = 0

    def halt(self, seconds: float) -> None:
        """Refuse everything for a while."""
        self._halted_until = max(self._halted_until, self._seconds() + seconds)

    def refuse_halted(self) -> None:
        """Raise 429 while a halt lasts."""
        left = self._halted_until - self._seconds()
        if left > 0:
            self.while_halted += 1
            raise too_many_requests(int(left) + 1)

    def count(self, chat: int) -> None:
        """Count one message to a chat (negative numbers are groups), or raise 429."""
        now = self._seconds()
        sent = self._chats.setdefault(chat, deque())
        _forget(self._all, now - 1.0 + _LATITUDE)
        _forget(sent, now - 60.0 + _LATITUDE)
        is_fast = bool(sent) and sent[-1] > now - CHAT_SECONDS + _LATITUDE
        is_many = chat < 0 and len(sent) >= GROUP_A_MINUTE
        if len(self._all) >= A_SECOND or is_fast or is_many:
            self.refused += 1
            wait = self._random.randint(1, 5)
            self.halt(wait)
            raise too_many_requests(wait)
        self._all.append(now)
        sent.append(now)


def _forget(moments: deque[float], before: float) -> None:
    while moments and moments[0] <= before:
        moments.popleft()
