"""Why a dossier is due when it is: every step of the sum in a citizen's words."""

import datetime as dt

from bot.dialogue import freshness, plain_words
from bot.messages import Block, Heading, Items, Paragraph
from bot.timing import Timekeeper
from bot.wording.dialogue import Deadlines, Wording
from db.records import Dossier, Status
from knowledge.timing.course import Line, State

_ENDED = {Status.REFUSED, Status.WITHDRAWN, Status.STOPPED, Status.DONE, Status.RETURNED}


def explanation(
    dossier: Dossier, timekeeper: Timekeeper, say: Wording, now: dt.datetime
) -> list[Block]:
    """The calculation, line by line, with the rule that it follows and where that stands."""
    words, at = say.deadlines, freshness.known_at(dossier, now)
    reckoning, policy = timekeeper.reckon(dossier, at), timekeeper.policy(dossier)
    blocks: list[Block] = [
        Heading(text=words.title.format(code=dossier.code)),
        *freshness.told(dossier, say, now),
    ]
    if reckoning is None or policy is None:
        return [*blocks, Paragraph(text=words.not_received)]
    if dossier.duration and dossier.duration.amount is not None:
        term = plain_words.duration(dossier.duration, say.procedures)
        blocks.append(Paragraph(text=words.term.format(duration=term)))
    blocks.append(Items(items=tuple(told(line, words) for line in reckoning.lines), numbered=True))
    if reckoning.state is State.PAUSED:
        blocks.append(Paragraph(text=_paused(reckoning.days_on_resume, words)))
    source = words.policy.format(name=policy.name, source=policy.source)
    blocks.append(Paragraph(text=source))
    return blocks


def remaining(
    dossier: Dossier, timekeeper: Timekeeper, say: Wording, now: dt.datetime
) -> tuple[str, str]:
    """The date that counts now and how far off it is; two empty texts where there is none.

    What others keep is counted up to the moment it was read, and that moment is told.
    """
    at = freshness.known_at(dossier, now)
    due = timekeeper.due_at(dossier, at)
    if due is None or dossier.status in _ENDED:
        return "", ""
    words = say.deadlines
    if at > due:
        over = timekeeper.working_days(due, at)
        left = words.over.format(days=over) if over else words.over_today
    else:
        days = timekeeper.working_days(at, due)
        left = words.left.format(days=days) if days else words.left_today
    if not freshness.is_current(dossier, now):
        left = words.left_as_of.format(moment=plain_words.moment(at), left=left)
    return plain_words.moment(due), left


def told(line: Line, words: Deadlines) -> str:
    """One line of a calculation as a sentence."""
    kind = line.kind.value
    if kind == "begins" and line.note != "closed":
        kind = "begins_cut_off"
    elif kind == "added" and line.hours:
        kind = "added_hours"
    elif kind == "counted" and line.note:
        kind = "counted_named"
    elif kind == "requested" and line.last:
        kind = "requested_by"
    return words.line[kind].format(
        moment=plain_words.moment(line.at) if line.at else "",
        span=_span(line, words),
        last=plain_words.date(line.last) if line.last else "",
        days=plain_words.number(line.days),
        hours=plain_words.number(round(line.hours, 2)),
        note=line.note,
    )


def _span(line: Line, words: Deadlines) -> str:
    if line.first is None or line.last is None:
        return ""
    first, last = plain_words.date(line.first), plain_words.date(line.last)
    return first if first == last else words.span.format(first=first, last=last)


def _paused(days: int | None, words: Deadlines) -> str:
    return words.paused if days is None else words.paused_days.format(days=days)
