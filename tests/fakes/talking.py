"""One conversation with the pure dialogue: say something, get the turn."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from bot.dialogue.context import Followed, Knowledge, Turn, Unfollowed
from bot.dialogue.conversation import (
    Conversation,
    conversation_from_json,
    conversation_to_json,
)
from bot.dialogue.turn import take_turn, wanted_codes, wants_followed
from bot.messages import Action, Address, ChannelName, Incoming, PhotoTrouble
from bot.office import Office
from db.records import Dossier
from knowledge.matcher import LexicalMatcher
from knowledge.model import Procedure, Revision
from knowledge.places import gazetteer_of
from tests.fakes.dossiers import NOW, shelf_of
from tests.knowledge import procedures as known

OFFICE = Office(name="Trung tâm Phục vụ hành chính công xã Măng Đen")

_SOMEBODY = Address(channel=ChannelName.TERMINAL, chat="lan")


def knowledge_of(
    procedures: Iterable[Procedure] = known.ALL, office: Office | None = None
) -> Knowledge:
    """A revision and its matcher over a few procedures."""
    revision = Revision(
        number=1, published_at=NOW, procedures={one.code: one for one in procedures}
    )
    return Knowledge(
        revision=revision,
        matcher=LexicalMatcher(revision.current, phrasebook=known.BOOK),
        office=office or OFFICE,
        places=gazetteer_of(OFFICE.province),
    )


class Talk:
    """Keeps the state between turns as the store does: written to JSON and read back."""

    def __init__(
        self,
        knowledge: Knowledge | None = None,
        dossiers: Iterable[Dossier] = (),
        now: dt.datetime = NOW,
    ) -> None:
        self.knowledge = knowledge or knowledge_of()
        self.dossiers = tuple(dossiers)
        self.now = now
        self.is_locked = False
        self.followed: tuple[str, ...] = ()
        self.paired: frozenset[str] = frozenset()
        self._state = conversation_to_json(Conversation())

    @property
    def conversation(self) -> Conversation:
        return conversation_from_json(self._state)

    def say(self, text: str) -> Turn:
        return self._take(Incoming(address=_SOMEBODY, at=self.now, text=text))

    def press(self, action: Action) -> Turn:
        return self._take(Incoming(address=_SOMEBODY, at=self.now, action=action))

    def share_phone(self, phone: str) -> Turn:
        return self._take(Incoming(address=_SOMEBODY, at=self.now, phone=phone))

    def say_in_group(self, text: str) -> Turn:
        return self._take(Incoming(address=_SOMEBODY, at=self.now, text=text, in_group=True))

    def send(self, trouble: PhotoTrouble, label: str = "Ảnh") -> Turn:
        return self._take(Incoming(address=_SOMEBODY, at=self.now, text=label, photo=trouble))

    def _take(self, incoming: Incoming) -> Turn:
        before = self.conversation
        followed = self.followed
        codes = wanted_codes(incoming, before)
        if wants_followed(incoming, before):
            codes = (*codes, *followed)
        shelf = replace(
            shelf_of(self.dossiers, codes, is_locked=self.is_locked),
            followed=followed,
            paired=self.paired,
            phone=(incoming.phone,) if incoming.phone else (),
        )
        turn = take_turn(incoming, before, self.knowledge, shelf, self.now)
        self._state = conversation_to_json(turn.conversation)
        match turn.following:
            case Followed(code=code):
                self.followed = (*followed, code)
            case Unfollowed(code=code):
                self.followed = tuple(one for one in followed if one != code)
            case None:
                pass
        return turn
