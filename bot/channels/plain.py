"""A reply as plain text: for the terminal, and for any channel that can do no better."""

from bot.messages import (
    Block,
    Checklist,
    Choice,
    Facts,
    Heading,
    Items,
    OwnData,
    Paragraph,
    Reply,
    Source,
    Timeline,
    Weblink,
)


def render_plain(reply: Reply, *, with_exits: bool = True) -> str:
    """The whole reply: blocks, numbered choices, and the ways out on one line."""
    parts = [_block(block) for block in reply.blocks]
    if reply.choices:
        parts.append(_numbered(reply.choices))
    if with_exits and reply.exits:
        parts.append("[" + " · ".join(choice.label for choice in reply.exits) + "]")
    return "\n\n".join(part for part in parts if part)


def _numbered(choices: tuple[Choice, ...]) -> str:
    return "\n".join(f"{number}. {choice.label}" for number, choice in enumerate(choices, 1))


def _block(block: Block) -> str:
    match block:
        case Heading(text=text):
            return f"■ {text}"
        case Paragraph(text=text):
            return text
        case Items(items=items, numbered=numbered):
            return "\n".join(
                f"{number}) {item}" if numbered else f"- {item}"
                for number, item in enumerate(items, 1)
            )
        case Facts(rows=rows):
            return "\n".join(f"{row.label}: {row.value}" for row in rows)
        case Checklist(title=title, ticks=ticks):
            lines = [f"{title}:"]
            for tick in ticks:
                lines.append(f"☐ {tick.text}" + (f" ({tick.detail})" if tick.detail else ""))
                if tick.url:
                    lines.append(f"  {tick.url_title}: {tick.url}")
            return "\n".join(lines)
        case Weblink(title=title, url=url):
            return f"{title}: {url}"
        case Source(text=text, url=url):
            return f"{text} {url}".strip()
        case OwnData(title=title):
            return title
        case Timeline(moments=moments):
            return "\n".join(f"{moment.when}: {moment.text}" for moment in moments)
