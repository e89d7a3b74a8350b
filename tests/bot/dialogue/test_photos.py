"""A photo without a code: what was wrong is said, and the conversation goes on as it was."""

import pytest

from bot.dialogue.context import Outcome
from bot.dialogue.conversation import AwaitingCode, AwaitingProof
from bot.messages import Language, Paragraph, PhotoTrouble
from bot.wording.dialogue import wording
from tests.fakes.dossiers import TAIL, lans_dossier
from tests.fakes.talking import Talk


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("trouble", list(PhotoTrouble))
def test_each_trouble_is_told_with_a_way_on(trouble: PhotoTrouble, language: Language) -> None:
    talk = Talk()
    talk.say("English" if language is Language.EN else "Tiếng Việt")
    turn = talk.send(trouble)
    say = wording(language).photos
    texts = [block.text for block in turn.reply.blocks if isinstance(block, Paragraph)]
    assert texts == [say.trouble[trouble.value], say.type_instead]
    assert turn.outcome is Outcome.UNANSWERED_PHOTO
    assert turn.reply.exits
    assert isinstance(turn.conversation.awaiting, AwaitingCode)


def test_the_question_for_a_proof_still_stands_after_it() -> None:
    talk = Talk(dossiers=[lans_dossier()])
    talk.say(lans_dossier().code)
    turn = talk.send(PhotoTrouble.NO_CODE)
    assert isinstance(turn.conversation.awaiting, AwaitingProof)
    assert talk.say(TAIL).outcome is Outcome.ANSWERED_DOSSIER


def test_the_label_of_a_photo_is_not_read() -> None:
    talk = Talk(dossiers=[lans_dossier()])
    turn = talk.send(PhotoTrouble.NO_CODE, label=lans_dossier().code)
    assert turn.outcome is Outcome.UNANSWERED_PHOTO
