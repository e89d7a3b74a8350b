"""Greeting, help, the ways out, reaching a person, and messages without words."""

import re
from dataclasses import replace

from bot.dialogue import plain_words
from bot.dialogue.actions import Exit, Leave, Over, Speak, encode
from bot.dialogue.context import Context, Judged, Outcome, Turn
from bot.dialogue.conversation import AwaitingCode, Conversation
from bot.dialogue.routes import Route, route_of
from bot.messages import Block, Choice, Fact, Facts, Heading, Items, Language, Paragraph
from bot.office import Office
from bot.wording.dialogue import Wording
from knowledge.matcher import Outcome as Understood

_LINE = re.compile(r"\(?\d{1,3}[.)]?")


def refuse_group(context: Context) -> Turn | None:
    """Where others read along, one sentence says where to go, and nothing else is done."""
    if not context.in_group:
        return None
    fresh = Conversation(language=context.conversation.language)
    blocks = [Paragraph(text=context.say.general.in_group)]
    turn = context.turn(Outcome.REFUSED_GROUP, blocks, conversation=fresh)
    return replace(turn, is_secret=True, reply=replace(turn.reply, exits=()))


def leave(context: Context) -> Turn | None:
    """A pressed way out, or a change of language."""
    match context.command:
        case Leave(to=to):
            return _TAKEN[to](context)
        case Speak(language=language):
            return _speak(context, language)
        case Over():
            blocks = [Paragraph(text=context.say.general.button_over)]
            return context.turn(Outcome.UNANSWERED_EMPTY, blocks)
        case _:
            return None


def follow_route(context: Context) -> Turn | None:
    """A whole message that is a greeting, thanks, a way out or a change of language."""
    match route_of(context.text):
        case Route.GREETING:
            return greet(context)
        case Route.THANKS:
            blocks = [Paragraph(text=context.say.general.thanks)]
            helpful = Judged(is_helpful=True) if context.conversation.topic else None
            return context.turn(Outcome.ANSWERED_COURTESY, blocks, judged=helpful)
        case Route.HELP:
            return help_out(context)
        case Route.CANCEL:
            return cancel(context)
        case Route.PROCEDURES:
            return procedures(context)
        case Route.HUMAN:
            return human(context)
        case Route.DOSSIER | Route.FOLLOW | Route.FOLLOWED:
            return ask_dossier_code(context)
        case Route.ENGLISH:
            return _speak(context, Language.EN)
        case Route.VIETNAMESE:
            return _speak(context, Language.VI)
        case Route.NONE_OF_THESE:
            return _none_of_these(context)
        case (
            Route.OWN_DATA
            | Route.ERASE
            | Route.UNFOLLOW
            | Route.DOSSIER_AGAIN
            | Route.DOSSIER_HISTORY
            | Route.DOSSIER_WHY
            | None
        ):
            return None


def no_such_line(context: Context) -> Turn | None:
    """A bare number that is no line of the last reply: it is no question either."""
    if not _LINE.fullmatch(context.text):
        return None
    say, last = context.say.general, len(context.conversation.choices)
    text = say.no_such_line.format(last=last) if last else say.nothing_to_choose
    choices = context.conversation.choices
    return context.turn(Outcome.UNANSWERED_EMPTY, [Paragraph(text=text)], choices)


def greet(context: Context) -> Turn:
    """Say hello, what can be done here, and what is never asked."""
    say = context.say
    blocks: list[Block] = [
        Heading(text=say.general.greeting_title),
        Paragraph(text=say.general.greeting),
        Paragraph(text=f"{say.general.help_title}:"),
        Items(items=say.general.help),
        Paragraph(text=say.general.greeting_safety),
    ]
    return context.turn(Outcome.ANSWERED_COURTESY, blocks, _languages(context))


def help_out(context: Context) -> Turn:
    """What can be asked, and how."""
    say = context.say
    blocks: list[Block] = [
        Heading(text=say.general.help_title),
        Items(items=say.general.help),
        Paragraph(text=say.general.greeting_safety),
    ]
    return context.turn(Outcome.ANSWERED_HELP, blocks, _languages(context))


def cancel(context: Context) -> Turn:
    """Forget what was talked about and what was proven; the language stays."""
    fresh = Conversation(language=context.conversation.language)
    blocks = [Paragraph(text=context.say.general.cancelled)]
    return context.turn(Outcome.ANSWERED_COURTESY, blocks, conversation=fresh)


def procedures(context: Context) -> Turn:
    """Invite a question, with examples that the present catalogue can answer."""
    say = context.say
    blocks: list[Block] = [Paragraph(text=say.general.procedures_intro)]
    examples = tuple(
        example
        for example in say.general.example_questions
        if context.knowledge.matcher.match(example).outcome is not Understood.UNKNOWN
    )
    if examples:
        blocks.append(Items(items=examples))
    conversation = replace(context.conversation, awaiting=None)
    return context.turn(Outcome.ANSWERED_HELP, blocks, conversation=conversation)


def human(context: Context) -> Turn:
    """Whether somebody is there now, when next, and how to reach them."""
    say, office = context.say.human, context.knowledge.office
    blocks: list[Block] = [Heading(text=say.title)]
    hours = _hours(office, context.say)
    if office.has_spoken:
        known = (
            (say.office_label, office.name),
            (say.address_label, office.address),
            (say.phone_label, office.phone),
            (say.hours_label, hours),
        )
        blocks.append(Paragraph(text=_opening(context)))
        blocks.append(Facts(rows=tuple(Fact(label=a, value=b) for a, b in known if b)))
    else:
        blocks.append(Paragraph(text=say.usual_hours.format(hours=hours)))
    if not office.phone:
        blocks.append(Paragraph(text=say.no_contact))
    if office.note:
        blocks.append(Paragraph(text=office.note))
    conversation = replace(context.conversation, awaiting=None)
    return context.turn(Outcome.ANSWERED_HUMAN, blocks, conversation=conversation)


def ask_dossier_code(context: Context) -> Turn:
    """Ask for the code that the receipt prints."""
    say = context.say.dossiers
    blocks: list[Block] = [
        Heading(text=say.ask_code_title),
        Paragraph(text=say.ask_code),
        Paragraph(text=say.ask_code_where),
    ]
    conversation = replace(context.conversation, awaiting=AwaitingCode())
    return context.turn(Outcome.ASKED_CODE, blocks, conversation=conversation)


def nothing_to_read(context: Context) -> Turn:
    """The last step: a message without words still gets a reply."""
    say = context.say
    blocks: list[Block] = [
        Paragraph(text=say.general.empty),
        Items(items=say.general.example_questions),
    ]
    return context.turn(Outcome.UNANSWERED_EMPTY, blocks)


def _none_of_these(context: Context) -> Turn:
    say = context.say.procedures
    blocks: list[Block] = [Heading(text=say.unknown_title), Paragraph(text=say.unknown)]
    judged = Judged(is_helpful=False)
    return context.turn(Outcome.UNANSWERED_UNKNOWN, blocks, judged=judged)


def _speak(context: Context, language: Language) -> Turn:
    conversation = replace(context.conversation, language=language)
    return greet(replace(context, conversation=conversation))


def _languages(context: Context) -> list[Choice]:
    other = Language.EN if context.conversation.language is Language.VI else Language.VI
    label = context.say.general.other_language
    return [Choice(label=label, action=encode(Speak(language=other)))]


def _opening(context: Context) -> str:
    say, office = context.say.human, context.knowledge.office
    if office.is_open(context.now):
        return say.open_now
    opening = office.next_opening(context.now)
    if opening is None:
        return say.closed_unknown
    return say.closed_now.format(
        time=plain_words.clock_time(opening), day=plain_words.weekday_date(opening, say.days)
    )


def _hours(office: Office, wording: Wording) -> str:
    say = wording.human
    stretches = ", ".join(
        f"{stretch.opens:%H:%M}–{stretch.closes:%H:%M}" for stretch in office.hours
    )
    names = [say.days[day - 1] for day in office.weekdays]
    in_a_row = list(office.weekdays) == list(range(office.weekdays[0], office.weekdays[-1] + 1))
    days = (
        say.days_range.format(first=names[0], last=names[-1])
        if len(names) > 2 and in_a_row
        else ", ".join(names)
    )
    return say.hours.format(stretches=stretches, days=days)


_TAKEN = {
    Exit.PROCEDURES: procedures,
    Exit.DOSSIER: ask_dossier_code,
    Exit.HUMAN: human,
    Exit.CANCEL: cancel,
    Exit.HELP: help_out,
    Exit.NONE_OF_THESE: _none_of_these,
}
