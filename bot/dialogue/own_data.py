"""What we hold about a person: handed over, or deleted, when the person says so."""

from dataclasses import replace

from bot.dialogue.actions import Exit, HandOver, Leave, encode
from bot.dialogue.context import Context, Outcome, Turn
from bot.dialogue.conversation import Conversation
from bot.dialogue.routes import Route, route_of
from bot.messages import Block, Choice, Heading, Items, OwnData, Paragraph


def follow_button(context: Context) -> Turn | None:
    """A pressed "hand over", "delete", or "yes, delete"."""
    match context.command:
        case HandOver(erase=False):
            return _hand_over(context)
        case HandOver(erase=True, confirmed=False):
            return _ask(context)
        case HandOver(erase=True, confirmed=True):
            return _erase(context)
        case _:
            return None


def follow_route(context: Context) -> Turn | None:
    """The same in words; deleting is asked once more."""
    match route_of(context.text):
        case Route.OWN_DATA:
            return _hand_over(context)
        case Route.ERASE:
            return _ask(context)
        case _:
            return None


def _hand_over(context: Context) -> Turn:
    say = context.say.own_data
    blocks: list[Block] = [
        Heading(text=say.title),
        Paragraph(text=say.about),
        OwnData(title=say.download),
        Items(items=say.kept_for),
    ]
    erase = Choice(label=say.erase, action=encode(HandOver(erase=True)))
    return context.turn(Outcome.ANSWERED_OWN_DATA, blocks, [erase])


def _ask(context: Context) -> Turn:
    say = context.say.own_data
    blocks: list[Block] = [Heading(text=say.erase_title), Items(items=say.erase_what)]
    yes = Choice(label=say.erase_yes, action=encode(HandOver(erase=True, confirmed=True)))
    no = Choice(label=say.erase_no, action=encode(Leave(to=Exit.CANCEL)))
    return context.turn(Outcome.ASKED_ERASE, blocks, [yes, no])


def _erase(context: Context) -> Turn:
    fresh = Conversation(language=context.conversation.language)
    blocks = [Paragraph(text=context.say.own_data.erased)]
    turn = context.turn(Outcome.ANSWERED_OWN_DATA, blocks, conversation=fresh)
    return replace(turn, reply=replace(turn.reply, erases=True))
