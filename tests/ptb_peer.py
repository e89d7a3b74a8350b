"""A peer to measure against: python-telegram-bot's own webhook application, one fixed answer.

`python -m tests.ptb_peer TOKEN API_URL PORT SECRET ANSWER_FILE`
"""

import sys
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.constants import ParseMode
from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters


def main() -> None:
    token, url, port, secret, file = sys.argv[1:]
    answer = Path(file).read_text("utf-8")

    async def reply(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        if update.effective_chat:
            await context.bot.send_message(
                update.effective_chat.id, answer, parse_mode=ParseMode.HTML
            )

    application: Any = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{url}/bot")
        .concurrent_updates(True)
        .connection_pool_size(64)
        .build()
    )
    application.add_handler(MessageHandler(filters.TEXT, reply))
    application.run_webhook(
        listen="127.0.0.1",
        port=int(port),
        url_path="telegram",
        secret_token=secret,
        webhook_url=f"http://127.0.0.1:{port}/telegram",
    )


if __name__ == "__main__":
    main()
