"""The table of contents of the dialogue: the first step that has an answer gives it."""

from collections.abc import Sequence

from bot.dialogue import courtesies, dossiers, following, old_places, own_data, photos, procedures
from bot.dialogue.context import Step

STEPS: Sequence[Step] = (
    courtesies.refuse_group,
    photos.explain,
    courtesies.leave,
    procedures.follow_button,
    dossiers.follow_button,
    following.follow_button,
    own_data.follow_button,
    dossiers.look_up,
    dossiers.prove,
    dossiers.phone_without_code,
    own_data.follow_route,
    following.follow_route,
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
