"""Following a dossier: asked for with consent, ended at any time, and the list of what is followed.

An address may follow what it has proven the right to know. What it follows it sees without proof
as far as a notice would tell it: code, status, due date, no name.
"""

from dataclasses import replace

from bot.dialogue import plain_words, proving
from bot.dialogue.actions import Follow, ShowDossier, Unfollow, encode
from bot.dialogue.context import (
    Agreed,
    Context,
    Followed,
    Outcome,
    Purpose,
    Turn,
    Unfollowed,
)
from bot.dialogue.routes import Route, route_of
from bot.messages import Block, Choice, Heading, Items, Paragraph
from bot.wording.dialogue import Wording
from db.records import Dossier, Status

_OVER = {Status.REFUSED, Status.WITHDRAWN, Status.STOPPED, Status.RETURNED}


def follow_button(context: Context) -> Turn | None:
    """A pressed "follow" or "stop following"."""
    match context.command:
        case Follow(code=code, agreed=agreed):
            return _follow(context, code, agreed=agreed)
        case Unfollow(code=code):
            return _unfollow(context, code)
        case _:
            return None


def follow_route(context: Context) -> Turn | None:
    """The same in words, about the dossier that was opened last, and the list of all."""
    match route_of(context.text):
        case Route.FOLLOW if context.conversation.proven:
            return _follow(context, context.conversation.proven[-1].code, agreed=False)
        case Route.UNFOLLOW:
            return _unfollow_which(context)
        case Route.FOLLOWED if context.shelf.followed:
            return _list(context)
        case Route.DOSSIER if context.shelf.followed and not context.conversation.proven:
            return _list(context)
        case _:
            return None


def choices(context: Context, dossier: Dossier) -> list[Choice]:
    """To follow a dossier that still moves, or to stop following it."""
    say, code = context.say.following, dossier.code
    if code in context.shelf.followed:
        return [Choice(label=say.unfollow, action=encode(Unfollow(code=code)))]
    if dossier.status in _OVER:
        return []
    return [Choice(label=say.follow, action=encode(Follow(code=code)))]


def _follow(context: Context, code: str, *, agreed: bool) -> Turn:
    say = context.say.following
    proof = next((known for known in context.conversation.proven if known.code == code), None)
    if proof is None:
        return proving.ask(context, (code,))  # an old button: the proof is over
    back = Choice(label=say.back, action=encode(ShowDossier(code=code)))
    if code in context.shelf.followed:
        blocks = [Paragraph(text=say.known.format(code=code))]
        return context.turn(Outcome.ANSWERED_FOLLOWING, blocks, [back], is_private=True)
    if not agreed:
        asked: list[Block] = [
            Heading(text=say.ask_title.format(code=code)),
            Paragraph(text=say.consent),
        ]
        yes = Choice(label=say.agree, action=encode(Follow(code=code, agreed=True)))
        no = Choice(label=say.refuse, action=encode(ShowDossier(code=code)))
        return context.turn(Outcome.ASKED_CONSENT, asked, [yes, no], is_private=True)
    blocks = [Paragraph(text=say.done.format(code=code))]
    turn = context.turn(Outcome.ANSWERED_FOLLOWING, blocks, [back], is_private=True)
    return replace(
        turn,
        following=Followed(code=code, by=proof.by),
        agreed=Agreed(purpose=Purpose.FOLLOWING, wording=say.consent),
    )


def _unfollow(context: Context, code: str) -> Turn:
    say = context.say.following
    is_followed = code in context.shelf.followed
    blocks = [Paragraph(text=(say.ended if is_followed else say.not_followed).format(code=code))]
    turn = context.turn(Outcome.ANSWERED_FOLLOWING, blocks, is_private=True)
    return replace(turn, following=Unfollowed(code=code)) if is_followed else turn


def _unfollow_which(context: Context) -> Turn:
    say, followed = context.say.following, context.shelf.followed
    if len(followed) == 1:
        return _unfollow(context, followed[0])
    if not followed:
        blocks = [Paragraph(text=say.nothing_followed)]
        return context.turn(Outcome.ANSWERED_FOLLOWING, blocks)
    offered = [Choice(label=code, action=encode(Unfollow(code=code))) for code in followed]
    blocks = [Paragraph(text=say.unfollow_which)]
    return context.turn(Outcome.ANSWERED_FOLLOWING, blocks, offered, is_private=True)


def _list(context: Context) -> Turn:
    say = context.say
    known = [context.shelf.entries[code][0] for code in context.shelf.followed]
    blocks: list[Block] = [
        Heading(text=say.following.list_title),
        Items(items=tuple(_line(dossier, say) for dossier in known)),
        Paragraph(text=say.following.list_help),
    ]
    choices = [
        Choice(label=dossier.code, action=encode(ShowDossier(code=dossier.code)))
        for dossier in known
    ]
    return context.turn(Outcome.ANSWERED_FOLLOWING, blocks, choices, is_private=True)


def _line(dossier: Dossier, say: Wording) -> str:
    status = say.dossiers.status[str(dossier.status.value)]
    line = say.following.line.format(code=dossier.code, status=status)
    if dossier.due_at is None or dossier.finished_at is not None:
        return line
    return f"{line}, {say.dossiers.group_due.format(due=plain_words.moment(dossier.due_at))}"
