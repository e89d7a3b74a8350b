"""What is told of a procedure: one card of blocks per aspect, and the source below them."""

import re
from collections.abc import Callable, Mapping, Sequence

from bot.dialogue import plain_words
from bot.dialogue.papers import chosen_cases, paper_lists
from bot.messages import (
    Block,
    Fact,
    Facts,
    Heading,
    Items,
    Paragraph,
    Source,
    Weblink,
)
from bot.wording.dialogue import Wording
from knowledge.facets import Facet
from knowledge.model import (
    ChannelKind,
    FilingChannel,
    Procedure,
)

_MONEY = re.compile(r"\b(?:phí|đồng|usd|miễn|giảm)\b", re.IGNORECASE)


def card(procedure: Procedure, facets: Sequence[Facet], chosen: frozenset[str], say: Wording,
         *, everything: bool = False) -> list[Block]:  # fmt: skip
    """The title, the cards of the asked aspects in their order, and the source."""
    blocks: list[Block] = [Heading(text=procedure.title)]
    if procedure.abolished:
        return [*blocks, Paragraph(text=say.procedures.abolished), source(procedure, say)]
    for facet in facets or (Facet.OVERVIEW,):
        told = (
            paper_lists(procedure, chosen, say, everything=everything)
            if facet is Facet.PAPERS
            else _CARDS[facet](procedure, say)
        )
        blocks += told or [Paragraph(text=say.procedures.not_stated[facet.value])]
    return [*blocks, source(procedure, say)]


def so_far(procedure: Procedure, chosen: frozenset[str], say: Wording) -> list[Block]:
    """What stands between two case questions: the title and the cases chosen, no list yet."""
    cases = chosen_cases(procedure, chosen, say)
    return [Heading(text=procedure.title), *cases, source(procedure, say)]


def has(procedure: Procedure, facet: Facet) -> bool:
    """Whether the record says anything about this aspect."""
    match facet:
        case Facet.PAPERS:
            return bool(procedure.papers)
        case Facet.FEE:
            return any(channel.fees for channel in procedure.channels)
        case Facet.DURATION:
            return any(channel.duration for channel in procedure.channels)
        case Facet.ONLINE:
            return any(channel.kind is not ChannelKind.UNSTATED for channel in procedure.channels)
        case Facet.WHERE:
            return bool(procedure.agency or procedure.channels)
        case Facet.FORMS:
            return bool(_forms(procedure))
        case Facet.STEPS:
            return bool(procedure.steps)
        case Facet.CONDITIONS:
            return bool(procedure.conditions)
        case Facet.RESULT:
            return bool(procedure.result)
        case Facet.LEGAL:
            return bool(procedure.legal_basis)
        case Facet.OVERVIEW:
            return True


def source(procedure: Procedure, say: Wording) -> Source:
    """The line that every fact can be traced by."""
    parts = [say.procedures.source.format(code=procedure.code)]
    if procedure.decision:
        parts.append(say.procedures.source_decision.format(number=procedure.decision.number))
    if procedure.as_of:
        date = plain_words.as_of(procedure.as_of)
        parts.append(say.procedures.source_as_of.format(date=date))
    return Source(text=", ".join(parts) + ".", url=procedure.source_url)


def _overview(procedure: Procedure, say: Wording) -> list[Block]:
    blocks: list[Block] = []
    if procedure.summary:
        blocks.append(Paragraph(text=procedure.summary))
    elif procedure.short_name and procedure.short_name != procedure.name:
        blocks.append(Paragraph(text=procedure.name))
    rows = [
        *_per_channel(procedure, say, Facet.DURATION),
        *_per_channel(procedure, say, Facet.FEE),
    ]
    if procedure.agency:
        rows.append(Fact(label=say.procedures.agency, value=procedure.agency))
    if procedure.result:
        rows.append(Fact(label=say.procedures.facet["result"], value=procedure.result))
    if rows:
        blocks.append(Facts(rows=tuple(rows)))
    if not any(has(procedure, facet) for facet in (Facet.PAPERS, Facet.FEE, Facet.DURATION)):
        blocks.append(Paragraph(text=say.procedures.nothing_known))
    return blocks


def _fee(procedure: Procedure, say: Wording) -> list[Block]:
    rows = _per_channel(procedure, say, Facet.FEE)
    notes = tuple(dict.fromkeys(one.note for one in procedure.channels if _tells_of_money(one)))
    blocks: list[Block] = [Facts(rows=tuple(rows))] if rows else []
    return [*blocks, Items(items=notes)] if rows and notes else blocks


def _tells_of_money(channel: FilingChannel) -> bool:
    """Whether the channel's note says more about its fee: exemptions, the third page, a place."""
    return bool(channel.fees) and bool(_MONEY.search(channel.note))


def _duration(procedure: Procedure, say: Wording) -> list[Block]:
    rows = _per_channel(procedure, say, Facet.DURATION)
    notes = tuple(dict.fromkeys(channel.note for channel in procedure.channels if channel.note))
    blocks: list[Block] = [Facts(rows=tuple(rows))] if rows else []
    return [*blocks, Items(items=notes)] if rows and notes else blocks


def _per_channel(procedure: Procedure, say: Wording, facet: Facet) -> list[Fact]:
    """One row per way of filing, or a single one where all say the same."""
    said: dict[ChannelKind, dict[str, None]] = {}
    for channel in procedure.channels:
        if text := _channel_text(channel, say, facet):
            said.setdefault(channel.kind, {})[text] = None
    told = {kind: _one_or_several(list(texts), say) for kind, texts in said.items()}
    label = say.procedures.facet[facet.value]
    if len(set(told.values())) == 1:
        return [Fact(label=label, value=next(iter(told.values())))]
    return [
        Fact(label=f"{label} – {say.procedures.channel[kind.value].lower()}", value=text)
        for kind, text in told.items()
    ]


def _one_or_several(texts: Sequence[str], say: Wording) -> str:
    return texts[0] if len(texts) == 1 else say.procedures.several.format(values="; ".join(texts))


def _channel_text(channel: FilingChannel, say: Wording, facet: Facet) -> str:
    if facet is Facet.FEE:
        fees = (plain_words.fee(fee, say.procedures) for fee in channel.fees)
        return "; ".join(dict.fromkeys(fees))
    return plain_words.duration(channel.duration, say.procedures) if channel.duration else ""


def _where(procedure: Procedure, say: Wording) -> list[Block]:
    ways = {
        ChannelKind.COUNTER: say.procedures.where_counter,
        ChannelKind.ONLINE: say.procedures.where_online,
        ChannelKind.POST: say.procedures.where_post,
    }
    kinds = {channel.kind for channel in procedure.channels}
    items = tuple(text for kind, text in ways.items() if kind in kinds)
    rows = [Fact(label=say.procedures.agency, value=procedure.agency)] if procedure.agency else []
    levels = ", ".join(say.procedures.level[level.value] for level in procedure.levels)
    if levels:
        rows.append(Fact(label=say.procedures.level_label, value=levels))
    blocks: list[Block] = [Items(items=items)] if items else []
    if rows:
        blocks.append(Facts(rows=tuple(rows)))
    if rows and not items:
        blocks.append(Paragraph(text=say.procedures.where_any))
    return blocks


def _online(procedure: Procedure, say: Wording) -> list[Block]:
    online = [channel for channel in procedure.channels if channel.kind is ChannelKind.ONLINE]
    if not has(procedure, Facet.ONLINE):
        return []
    if not online:
        return [Paragraph(text=say.procedures.not_online), *_where(procedure, say)]
    blocks: list[Block] = [Paragraph(text=say.procedures.yes_online)]
    if procedure.source_url:
        blocks.append(Weblink(title=say.procedures.source_link, url=procedure.source_url))
    rows = [
        Fact(label=say.procedures.facet[facet.value], value=text)
        for facet in (Facet.DURATION, Facet.FEE)
        if (text := _channel_text(online[0], say, facet))
    ]
    return [*blocks, Facts(rows=tuple(rows))] if rows else blocks


def _forms(procedure: Procedure) -> list[Weblink]:
    of_papers = (paper.form for paper in procedure.papers if paper.form)
    return [
        Weblink(title=link.title, url=link.url)
        for link in dict.fromkeys((*procedure.forms, *of_papers))
    ]


def _told_forms(procedure: Procedure, _say: Wording) -> list[Block]:
    return list(_forms(procedure))


def _steps(procedure: Procedure, _say: Wording) -> list[Block]:
    return [Items(items=procedure.steps, numbered=True)] if procedure.steps else []


def _conditions(procedure: Procedure, say: Wording) -> list[Block]:
    blocks: list[Block] = [Items(items=procedure.conditions)] if procedure.conditions else []
    if procedure.audience:
        audience = Fact(label=say.procedures.audience, value=", ".join(procedure.audience))
        none_stated: list[Block] = (
            [] if blocks else [Paragraph(text=say.procedures.not_stated["conditions"])]
        )
        return [*none_stated, *blocks, Facts(rows=(audience,))]
    return blocks


def _result(procedure: Procedure, say: Wording) -> list[Block]:
    label = say.procedures.facet["result"]
    return [Facts(rows=(Fact(label=label, value=procedure.result),))] if procedure.result else []


def _legal(procedure: Procedure, _say: Wording) -> list[Block]:
    items = tuple(
        f"{document.number}: {document.title}" if document.title else document.number
        for document in procedure.legal_basis
    )
    return [Items(items=items)] if items else []


_CARDS: Mapping[Facet, Callable[[Procedure, Wording], list[Block]]] = {
    Facet.OVERVIEW: _overview,
    Facet.FEE: _fee,
    Facet.DURATION: _duration,
    Facet.WHERE: _where,
    Facet.ONLINE: _online,
    Facet.FORMS: _told_forms,
    Facet.STEPS: _steps,
    Facet.CONDITIONS: _conditions,
    Facet.RESULT: _result,
    Facet.LEGAL: _legal,
}
