"""A photo sent on the page: taken into memory up to a limit, read, and answered as if typed."""

import asyncio
from dataclasses import dataclass, field

from aiohttp import BodyPartReader, web

from bot.channels.webchat.routes import Webchat, refuse_strangers
from bot.channels.webchat.session import Limiter, address_of, new_session, session_of
from bot.messages import Language, PhotoTrouble
from bot.receipts.photo import PhotoReader, Seen, Unseen, heard
from bot.receipts.picture import LARGEST_BYTES
from bot.wording.webchat import webchat_wording

FIELD = "photo"
"""The name of the form's field."""

MOST_ARRIVING = 16
"""Photos on their way at the same time; more are asked to come again. So memory has an end."""

SECONDS_TO_ARRIVE = 120.0
"""Ten megabytes over a slow mobile network; after that, the place is another's."""

_ENVELOPE = 4096  # bytes of a form around its file
_CHUNK = 64 * 1024


@dataclass(kw_only=True)
class PhotoPost:
    """The handler, with what it needs."""

    webchat: Webchat
    photos: PhotoReader
    limiter: Limiter
    arriving: int = field(default=0, init=False)

    def add_routes(self, app: web.Application) -> None:
        """Put the handler where the page's form leads."""
        app.router.add_post("/chat/photo", self.post)

    async def post(self, request: web.Request) -> web.Response:
        """Read a photo and answer what it says, by a form or by fetch."""
        refuse_strangers(request)
        session = session_of(request) or new_session()
        seen = await self._seen(request, session)
        label = webchat_wording(Language.VI).photo_said
        incoming = heard(seen, address_of(session), self.webchat.clock(), label=label)
        return await self.webchat.speak(request, session, incoming)

    async def _seen(self, request: web.Request, session: str) -> Seen | Unseen:
        if not self.limiter.may_speak(session) or self.arriving >= MOST_ARRIVING:
            return Unseen(trouble=PhotoTrouble.GAVE_UP)
        self.arriving += 1
        try:
            async with asyncio.timeout(SECONDS_TO_ARRIVE):
                data = await _photo_in(request)
            if data is None:
                return Unseen(trouble=PhotoTrouble.TOO_LARGE)
            return await self.photos.read(data)
        except TimeoutError:
            return Unseen(trouble=PhotoTrouble.GAVE_UP)
        finally:
            self.arriving -= 1


async def _photo_in(request: web.Request) -> bytes | None:
    """The bytes of the form's photo, never more than are read; None for more. Nothing: empty.

    `request.post` would write a file to the disk, so the parts are read one by one.
    """
    if (request.content_length or 0) > LARGEST_BYTES + _ENVELOPE:
        return None
    if request.content_type != "multipart/form-data":
        raise web.HTTPUnsupportedMediaType
    try:
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.name == FIELD:
                return await _bytes_of(part)
    except ValueError:
        raise web.HTTPBadRequest from None
    return b""


async def _bytes_of(part: BodyPartReader) -> bytes | None:
    data = bytearray()
    while chunk := await part.read_chunk(_CHUNK):
        data += chunk
        if len(data) > LARGEST_BYTES:
            return None
    return bytes(data)
