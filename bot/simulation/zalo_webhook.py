"""Zalo's webhook: signed events, delivered again and again until they are answered."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp

RETRIES = (30, 5 * 60, 15 * 60, 30 * 60, 60 * 60)
"""Seconds before each further delivery; after the last the webhook is switched off."""

ANSWER_SECONDS = 2.0
"""An answer that takes longer counts as none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """One event and the status of each try; 0 where there was no answer in time."""

    body: bytes
    statuses: tuple[int, ...]

    @property
    def is_taken(self) -> bool:
        """Whether it was answered with 200 in the end."""
        return self.statuses[-1] == 200


@dataclass
class Webhook:
    """Delivers to one address. `sleep` is how a retry waits; a test may let it pass at once."""

    app_id: str
    oa_secret: str
    url: str = ""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    answer_seconds: float = ANSWER_SECONDS
    is_enabled: bool = True
    deliveries: list[Delivery] = field(default_factory=list)

    def signature(self, body: bytes, timestamp: str) -> str:
        """The header's value, as Zalo computes it."""
        whole = hashlib.sha256()
        whole.update(self.app_id.encode())
        whole.update(body)
        whole.update(timestamp.encode())
        whole.update(self.oa_secret.encode())
        return f"mac={whole.hexdigest()}"

    async def deliver(self, body: bytes, timestamp: str) -> Delivery | None:
        """Deliver, and again by the schedule; None when nobody is to be told."""
        if not self.url or not self.is_enabled:
            return None
        statuses: list[int] = []
        async with aiohttp.ClientSession() as session:
            for retry, wait in enumerate((0, *RETRIES)):
                if retry:
                    await self.sleep(wait)
                statuses.append(await self._try(session, body, timestamp, retry))
                if statuses[-1] == 200:
                    break
            else:
                self.is_enabled = False
        delivery = Delivery(body=body, statuses=tuple(statuses))
        self.deliveries.append(delivery)
        return delivery

    async def _try(
        self, session: aiohttp.ClientSession, body: bytes, timestamp: str, retry: int
    ) -> int:
        headers = {
            "Content-Type": "application/json",
            "X-ZEvent-Signature": self.signature(body, timestamp),
        }
        if retry:
            headers["num_retry"] = str(retry)
        timeout = aiohttp.ClientTimeout(total=self.answer_seconds)
        try:
            async with session.post(
                self.url, data=body, headers=headers, timeout=timeout
            ) as response:
                return response.status
        except (TimeoutError, aiohttp.ClientError):
            return 0
