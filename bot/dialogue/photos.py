"""A photo that led to no dossier code: what was wrong, and how to go on."""

from dataclasses import replace

from bot.dialogue.context import Context, Outcome, Turn
from bot.dialogue.conversation import AwaitingCode
from bot.messages import Block, Items, Paragraph, PhotoTrouble

_BETTER_PHOTO_HELPS = {PhotoTrouble.NO_CODE, PhotoTrouble.FOREIGN_CODE}


def explain(context: Context) -> Turn | None:
    """Say why the photo could not be used; the code can always be typed."""
    if context.photo is None:
        return None
    say = context.say.photos
    blocks: list[Block] = [Paragraph(text=say.trouble[context.photo.value])]
    if context.photo in _BETTER_PHOTO_HELPS:
        blocks.append(Items(items=say.tips))
    blocks.append(Paragraph(text=say.type_instead))
    pending = context.conversation.awaiting or AwaitingCode()
    conversation = replace(context.conversation, awaiting=pending)
    return context.turn(Outcome.UNANSWERED_PHOTO, blocks, conversation=conversation)
