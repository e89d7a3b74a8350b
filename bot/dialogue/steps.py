"""The table of contents of the dialogue: the first step that has an answer gives it."""

from collections.abc import Sequence

from bot.dialogue import courtesies, dossiers, old_places, procedures
from bot.dialogue.context import Step

STEPS: Sequence[Step] = (
    courtesies.leave,
    procedures.follow_button,
    dossiers.follow_button,
    dossiers.look_up,
    dossiers.prove,
    dossiers.follow_up,
    courtesies.follow_route,
    dossiers.await_code,
    procedures.name_case,
    courtesies.no_such_line,
    old_places.tell,
    procedures.understand,
    procedures.admit_ignorance,
    courtesies.nothing_to_read,
)
