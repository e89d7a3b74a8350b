"""The papers of a procedure in four lists, for the citizen's own case where it is known."""

from collections.abc import Mapping

from bot.messages import Block, Checklist, Items, Paragraph, Tick
from bot.wording.dialogue import Wording
from knowledge.model import Paper, PaperGroup, Procedure

_SHORT_LIST = 10
"""Up to this many papers are shown at once, whatever the case; longer lists ask first."""


_MOST_NOTES = 6
"""Notes told beside the papers; records of the portal can have thirty."""


def paper_lists(
    procedure: Procedure, chosen: frozenset[str], say: Wording, *, everything: bool = False
) -> list[Block]:
    """The papers in four lists.

    While a case question is open, a long list is held back to what every case needs; with
    `everything`, the papers of all cases are shown, each with its case.
    """
    applying = procedure.papers_for(chosen)
    open_cases = _open_cases(procedure, chosen)
    if open_cases and not everything and not is_short(procedure, chosen):
        applying = tuple(paper for paper in applying if not set(paper.cases) & open_cases.keys())
    titles = {
        PaperGroup.SUBMIT: say.procedures.submit,
        PaperGroup.SHOW: say.procedures.show,
        PaperGroup.ONLY_IF: say.procedures.only_if,
    }
    blocks: list[Block] = []
    blocks += chosen_cases(procedure, chosen, say)
    for group, title in titles.items():
        ticks = tuple(
            _tick(paper, open_cases, say)
            for paper in applying
            if _group(paper, open_cases) is group
        )
        if ticks:
            blocks.append(Checklist(title=title, ticks=ticks))
    notes = tuple(paper.name for paper in applying if paper.group is PaperGroup.NOTE)
    if open_cases and not everything:
        notes = ()  # they follow with the final list: on a phone the question comes sooner
    if notes:
        blocks += [Paragraph(text=f"{say.procedures.note}:"), Items(items=notes[:_MOST_NOTES])]
    if len(notes) > _MOST_NOTES:
        more = say.procedures.more_notes.format(count=len(notes) - _MOST_NOTES)
        blocks.append(Paragraph(text=more))
    return blocks


def _open_cases(procedure: Procedure, chosen: frozenset[str]) -> Mapping[str, str]:
    """Cases of the questions not answered yet, key to label."""
    return {
        case.key: case.label
        for question in procedure.questions
        if not any(case.key in chosen for case in question.cases)
        for case in question.cases
    }


def is_short(procedure: Procedure, chosen: frozenset[str]) -> bool:
    """Whether the papers of all open cases are few enough to be shown at once."""
    applying = procedure.papers_for(chosen)
    return sum(paper.group is not PaperGroup.NOTE for paper in applying) <= _SHORT_LIST


def chosen_cases(procedure: Procedure, chosen: frozenset[str], say: Wording) -> list[Block]:
    """One line that names the cases chosen so far; nothing before the first."""
    labels = [
        case.label
        for question in procedure.questions
        for case in question.cases
        if case.key in chosen
    ]
    if not labels:
        return []
    return [Paragraph(text=say.procedures.case_chosen.format(cases=", ".join(labels)))]


def _group(paper: Paper, open_cases: Mapping[str, str]) -> PaperGroup:
    if paper.group is not PaperGroup.NOTE and open_cases.keys() & set(paper.cases):
        return PaperGroup.ONLY_IF
    return paper.group


def _tick(paper: Paper, open_cases: Mapping[str, str], say: Wording) -> Tick:
    counts = []
    if paper.originals:
        counts.append(say.procedures.originals.format(count=paper.originals))
    if paper.copies:
        counts.append(say.procedures.copies.format(count=paper.copies))
    cases = " / ".join(_lower_first(open_cases[key]) for key in paper.cases if key in open_cases)
    condition = ", ".join(filter(None, (cases, _lower_first(paper.condition))))
    detail = [
        say.procedures.only_if_prefix.format(condition=condition) if condition else "",
        ", ".join(counts),
        paper.note,
    ]
    return Tick(
        text=paper.name,
        detail=" · ".join(filter(None, detail)),
        url=paper.form.url if paper.form else "",
        url_title=(paper.form.title or say.procedures.form) if paper.form else "",
    )


def _lower_first(text: str) -> str:
    """A condition reads on after "Chỉ khi": its first letter is small unless it is a name."""
    first, _, rest = text.partition(" ")
    plain = first.isalpha() and first[:1].isupper() and first[1:].islower()
    return f"{first[:1].lower()}{first[1:]} {rest}".strip() if plain else text
