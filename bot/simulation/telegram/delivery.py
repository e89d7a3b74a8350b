"""How updates reach the bot: by long poll, or by webhook with retries."""

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import aiohttp

from bot.simulation.telegram.answers import bad_request, conflict
from bot.simulation.telegram.world import World, allowed_of

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_POST_SECONDS = 10.0


class Delivery:
    """One way at a time. Updates of one chat are posted in order, those of several side by side."""

    def __init__(self, world: World, *, retry_seconds: float) -> None:
        self.url = ""
        self.posted: list[tuple[int, int]] = []
        """Every post: the update's id and the status that came back (0: no answer)."""
        self._world = world
        self._retry_seconds = retry_seconds
        self._secret = ""
        self._connections = 40
        self._last_error: tuple[int, str] | None = None
        self._poller: object | None = None
        self._task: asyncio.Task[None] | None = None

    async def get_updates(self, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        """A long poll. A second one ends the first, as there; a webhook forbids both."""
        if self.url:
            raise conflict(
                "can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
        if "allowed_updates" in given:
            self._world.allowed = allowed_of(given["allowed_updates"])
        limit, offset = given.get("limit", 100), given.get("offset", 0)
        if not 1 <= limit <= 100:
            limit = 100
        mine = self._poller = object()
        self._world.stir()
        self._world.confirm(offset)
        loop = asyncio.get_running_loop()
        until = loop.time() + min(given.get("timeout", 0), 50)
        while not self._world.updates and loop.time() < until:
            await self._world.wait(until - loop.time())
            if self._poller is not mine:
                raise conflict(
                    "terminated by other getUpdates request; "
                    "make sure that only one bot instance is running"
                )
        self._poller = None
        return self._world.updates[:limit]

    async def set_webhook(self, given: Mapping[str, Any]) -> bool:
        """Post updates to an address; plain http is allowed here, for servers beside us."""
        url, secret = given.get("url", ""), given.get("secret_token", "")
        connections = given.get("max_connections", 40)
        if url and not url.startswith(("https://", "http://")):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if secret and not _SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        if not 1 <= connections <= 100:
            raise bad_request("max_connections must be between 1 and 100")
        await self.stop()
        if given.get("drop_pending_updates"):
            self._world.updates.clear()
        if "allowed_updates" in given:
            self._world.allowed = allowed_of(given["allowed_updates"])
        self.url, self._secret, self._connections = url, secret, connections
        self._last_error = None
        self._poller = None
        self._world.stir()
        if url:
            self._task = asyncio.get_running_loop().create_task(self._post_all())
        return True

    async def delete_webhook(self, given: Mapping[str, Any]) -> bool:
        """Back to long polls."""
        return await self.set_webhook({"url": "", **given})

    def info(self) -> dict[str, Any]:
        """What getWebhookInfo tells."""
        info: dict[str, Any] = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._world.updates),
        }
        if self.url:
            info["max_connections"] = self._connections
        if self._world.allowed is not None:
            info["allowed_updates"] = sorted(self._world.allowed)
        if self._last_error:
            info["last_error_date"], info["last_error_message"] = self._last_error
        return info

    async def stop(self) -> None:
        """Post nothing any more."""
        task, self._task = self._task, None
        if task:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _post_all(self) -> None:
        busy: set[object] = set()
        limit = aiohttp.ClientTimeout(total=_POST_SECONDS)
        async with aiohttp.ClientSession(timeout=limit) as session, asyncio.TaskGroup() as tasks:
            while True:
                for update in list(self._world.updates):
                    chat = _chat_of(update)
                    if chat not in busy and len(busy) < self._connections:
                        busy.add(chat)
                        tasks.create_task(self._post(session, update, chat, busy))
                await self._world.wait(1.0)

    async def _post(
        self,
        session: aiohttp.ClientSession,
        update: dict[str, Any],
        chat: object,
        busy: set[object],
    ) -> None:
        headers = {SECRET_HEADER: self._secret} if self._secret else {}
        status = 0
        try:
            async with session.post(self.url, json=update, headers=headers) as response:
                status = response.status
        except (aiohttp.ClientError, TimeoutError):
            self._note_error("Connection timed out")
        self.posted.append((update["update_id"], status))
        if 200 <= status < 300:
            self._world.updates = [one for one in self._world.updates if one is not update]
        else:
            if status:
                self._note_error(f"Wrong response from the webhook: {status}")
            await asyncio.sleep(self._retry_seconds)
        busy.discard(chat)
        self._world.stir()

    def _note_error(self, message: str) -> None:
        self._last_error = (int(self._world.now().timestamp()), message)


def _chat_of(update: dict[str, Any]) -> object:
    content = next(value for name, value in update.items() if name != "update_id")
    chat = content.get("chat") or content.get("message", {}).get("chat") or content.get("from")
    return chat["id"] if chat else update["update_id"]
