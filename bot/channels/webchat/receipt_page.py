"""The page behind a receipt's QR code: it explains, and takes the code into the conversation.

Reading the page consults no key and no database: a reference of ours and any other text get the
same bytes at the same cost. Only who presses the button has the reference read, and is asked for
a proof then, whether there is such a dossier or not.
"""

from dataclasses import dataclass

from aiohttp import web

from bot.channels.webchat.render import render_receipt
from bot.channels.webchat.routes import Webchat, refuse_strangers
from bot.channels.webchat.session import address_of, new_session, session_of
from bot.messages import Incoming
from bot.receipts.link import is_reference, telegram_address
from bot.receipts.scanned import Scanned


@dataclass(frozen=True, kw_only=True)
class ReceiptPage:
    """The handlers. `telegram_bot` empty: no way to Telegram is shown."""

    webchat: Webchat
    scanned: Scanned
    telegram_bot: str = ""

    def add_routes(self, app: web.Application) -> None:
        """Put the page where `link.web_address` leads."""
        app.router.add_get("/h/{reference}", self.page)
        app.router.add_post("/h/{reference}", self.post)

    async def page(self, request: web.Request) -> web.Response:
        """The page; with `?telegram`, on to the bot, so that the page itself names no reference."""
        if "telegram" in request.query and self.telegram_bot:
            return web.Response(status=303, headers={"Location": self._chat_with_bot(request)})
        page = render_receipt(has_telegram=bool(self.telegram_bot))
        return web.Response(text=page, content_type="text/html")

    async def post(self, request: web.Request) -> web.Response:
        """Speak the code into the conversation, and go there."""
        refuse_strangers(request)
        session = session_of(request) or new_session()
        code = self.scanned.code_of(request.match_info["reference"])
        incoming = Incoming(address=address_of(session), at=self.webchat.clock(), text=code)
        return await self.webchat.speak(request, session, incoming)

    def _chat_with_bot(self, request: web.Request) -> str:
        reference = request.match_info["reference"]
        if is_reference(reference):
            return telegram_address(self.telegram_bot, reference)
        return f"https://t.me/{self.telegram_bot}"
