"""How fresh the data of a dossier is: what others keep is told with the moment it was read."""

import datetime as dt

from bot.dialogue import plain_words
from bot.messages import Block, Paragraph
from bot.wording.dialogue import Wording
from db.records import Dossier

OLD = dt.timedelta(minutes=30)
"""After this time without news from its source, a dossier is told as of its last reading."""


def is_current(dossier: Dossier, now: dt.datetime) -> bool:
    """Whether it may be told without saying as of when."""
    if dossier.read_until is None:
        return True
    return not dossier.source_is_away and now - dossier.read_until <= OLD


def known_at(dossier: Dossier, now: dt.datetime) -> dt.datetime:
    """The moment up to which time may be counted: later, the dossier may be done already."""
    if dossier.read_until is None or is_current(dossier, now):
        return now
    return dossier.read_until


def told(dossier: Dossier, say: Wording, now: dt.datetime) -> list[Block]:
    """The sentence that says as of when; nothing where it is current."""
    if is_current(dossier, now):
        return []
    moment = plain_words.moment(known_at(dossier, now))
    return [Paragraph(text=say.dossiers.as_of.format(moment=moment))]
