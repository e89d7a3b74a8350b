"""Replies as Telegram's payloads: within the limits, nothing lost, nothing unescaped."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.base import Letter, Occasion
from bot.channels.telegram.markup import LONGEST_TEXT, MOST_ENTITIES, bold, clean, plain, split
from bot.channels.telegram.render import render
from bot.messages import (
    Action,
    Block,
    Checklist,
    Choice,
    Fact,
    Facts,
    Heading,
    Items,
    Language,
    Moment,
    OwnData,
    Paragraph,
    Reply,
    Source,
    Tick,
    Timeline,
    Weblink,
)
from bot.simulation.telegram.entities import parse_html, units
from bot.simulation.telegram.keyboards import check
from bot.simulation.telegram.parameters import METHODS

TOKEN = "abcdefghij_-0123"
HERE = Occasion(token=TOKEN)
EXITS = tuple(
    Choice(label=label, action=Action(f"x:{label}"))
    for label in ("Thủ tục", "Hồ sơ", "Gặp cán bộ", "Huỷ")
)


def choice(label: str) -> Choice:
    return Choice(label=label, action=Action(f"a:{len(label)}"))


def html_of(*blocks: Block) -> str:
    [payload] = render(Reply(blocks=blocks), HERE).payloads
    return str(payload["text"])


def labels(payload: Any) -> list[list[str]]:
    return [
        [button["text"] for button in row] for row in payload["reply_markup"]["inline_keyboard"]
    ]


def test_every_block_has_its_form() -> None:
    tick = Tick(text="Tờ khai", detail="1 bản chính", url="https://a.vn/f?x=1&y=2", url_title="Tải")
    assert html_of(
        Heading(text="Khai sinh & nhận con"),
        Paragraph(text="Một <b>dòng</b>\nvà hai"),
        Items(items=("a", "b\nc"), numbered=True),
        Items(items=("d",)),
        Facts(rows=(Fact(label="Lệ phí", value="Miễn phí"),)),
        Checklist(title="Phải nộp", ticks=(tick, Tick(text="Giấy chứng sinh"))),
        Weblink(title="Cổng", url="https://dichvucong.gov.vn"),
        Source(text="Nguồn: 1.001193", url="https://a.vn"),
        Source(text="QĐ 1"),
        Timeline(moments=(Moment(when="1/2", text="Tiếp nhận"),)),
    ) == (
        "<b>Khai sinh &amp; nhận con</b>\n\n"
        "Một &lt;b&gt;dòng&lt;/b&gt;\nvà hai\n\n"
        "1) a\n2) b\nc\n\n"
        "• d\n\n"
        "<b>Lệ phí:</b> Miễn phí\n\n"
        "<b>Phải nộp</b>\n☐ Tờ khai (1 bản chính)\n"
        '    <a href="https://a.vn/f?x=1&amp;y=2">Tải</a>\n☐ Giấy chứng sinh\n\n'
        '<a href="https://dichvucong.gov.vn">Cổng</a>\n\n'
        '<a href="https://a.vn">Nguồn: 1.001193</a>\n\n'
        "<i>QĐ 1</i>\n\n"
        "<b>1/2:</b> Tiếp nhận"
    )


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "data:text/html,x", "tg://resolve?domain=x", "//a.vn", "a.vn",
        "https://", "https://a.vn/ b", 'https://a.vn/"onclick="x', "https://a.vn/<b>", "",
        "https://a.vn/\u202egpj", "https://[::1", "https://a.vn/" + "x" * 3000, "ftp://a.vn",
    ],
)  # fmt: skip
def test_only_addresses_of_the_web_become_links(url: str) -> None:
    assert html_of(Weblink(title="Tờ khai", url=url)) == "Tờ khai"
    assert html_of(Source(text="Nguồn", url=url)) == "<i>Nguồn</i>"


def test_exits_stand_side_by_side_under_the_choices() -> None:
    reply = Reply(
        blocks=(Paragraph(text="Chọn:"),), choices=(choice("A"), choice("Bê")), exits=EXITS
    )
    letter = render(reply, HERE)
    [payload] = letter.payloads
    assert labels(payload) == [["1. A"], ["2. Bê"], ["Thủ tục", "Hồ sơ"], ["Gặp cán bộ", "Huỷ"]]
    assert letter.buttons == [*(one.action for one in reply.choices), *(e.action for e in EXITS)]
    first = payload["reply_markup"]["inline_keyboard"][0][0]
    assert first["callback_data"] == f"{TOKEN}:0"
    assert payload["text"] == "Chọn:"


def test_one_choice_alone_needs_no_number() -> None:
    letter = render(Reply(blocks=(Paragraph(text="a"),), choices=(choice("English"),)), HERE)
    assert labels(letter.payloads[0]) == [["English"]]


def test_a_label_that_a_phone_would_cut_stands_in_the_text_in_full() -> None:
    long = "Đăng ký khai sinh kết hợp đăng ký nhận cha, mẹ, con cho người dưới 14 tuổi ở xa"
    letter = render(
        Reply(blocks=(Paragraph(text="Chọn:"),), choices=(choice("A"), choice(long))), HERE
    )
    [payload] = letter.payloads
    assert payload["text"] == f"Chọn:\n\n1. A\n2. {long}"
    assert labels(payload)[1][0].startswith("2. Đăng ký khai sinh")
    assert labels(payload)[1][0].endswith("…")


def test_a_press_changes_its_message_in_place() -> None:
    reply = Reply(blocks=(Paragraph(text="a"),), exits=EXITS)
    [payload] = render(reply, Occasion(token=TOKEN, message="42")).payloads
    assert payload["method"] == "editMessageText"
    assert payload["message_id"] == "42"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(blocks=(Paragraph(text="dài " * 2000),), exits=EXITS),
        Reply(blocks=(Paragraph(text="a"),), exits=EXITS, asks_proof=True),
        Reply(blocks=(OwnData(title="Tải"), Paragraph(text="a")), exits=EXITS),
    ],
)
def test_what_does_not_fit_in_place_is_sent_anew(reply: Reply) -> None:
    letter = render(reply, Occasion(token=TOKEN, message="42", own_data="{}"))
    assert {payload["method"] for payload in letter.payloads} <= {"sendMessage", "sendDocument"}
    assert len(letter.payloads) > 1


def test_own_data_is_a_file_and_the_buttons_stay_below_it() -> None:
    reply = Reply(blocks=(Heading(text="Dữ liệu"), OwnData(title="Tải về")), exits=EXITS)
    document, text = render(reply, Occasion(token=TOKEN, own_data='{"a": "đ"}')).payloads
    assert document == {
        "method": "sendDocument",
        "filename": "motcua.json",
        "content": '{"a": "đ"}',
        "caption": "Tải về",
    }
    assert "reply_markup" in text


@pytest.mark.parametrize("language", list(Language))
def test_a_proof_is_asked_for_with_a_button_that_shares_the_phone(language: Language) -> None:
    reply = Reply(
        blocks=(Paragraph(text="Gõ 6 số"),), exits=EXITS, asks_proof=True, language=language
    )
    question, hint = render(reply, HERE).payloads
    assert "inline_keyboard" in question["reply_markup"]
    [[button]] = hint["reply_markup"]["keyboard"]
    assert button["request_contact"] is True
    assert hint["reply_markup"]["one_time_keyboard"] is True
    in_group = render(reply, Occasion(token=TOKEN, in_group=True))
    assert "request_contact" not in json.dumps(in_group.payloads)


def test_a_reply_without_any_text_still_says_something() -> None:
    for blocks in ((), (Paragraph(text=" \n\u200b"),), (Heading(text="\u2800"),)):
        [payload] = render(Reply(blocks=blocks, exits=EXITS), HERE).payloads
        assert payload["text"] == "Anh/chị chọn một dòng:"


def test_parts_are_cut_between_paragraphs_and_numbered() -> None:
    paragraphs = tuple(Paragraph(text=f"{n} " + "chữ " * 500) for n in range(4))
    texts = [payload["text"] for payload in render(Reply(blocks=paragraphs), HERE).payloads]
    assert [text[:7] for text in texts] == ["(1/2) 0", "(2/2) 2"]
    assert all(text.count("\n\n") == 1 for text in texts)


def test_a_list_with_many_links_is_cut_by_their_number() -> None:
    ticks = tuple(Tick(text="a", url=f"https://a.vn/{n}", url_title="b") for n in range(150))
    payloads = render(Reply(blocks=(Checklist(title="t", ticks=ticks),)), HERE).payloads
    counts = [len(parse_html(payload["text"])[1]) for payload in payloads]
    assert sum(counts) == 151
    assert max(counts) <= MOST_ENTITIES


def test_a_line_without_spaces_is_cut_between_characters() -> None:
    parts = split([[(bold("😀" * 30), plain("x"))]], room=7)
    text = "".join(span.text for part in parts for line in part for span in line)
    assert text == "😀" * 30 + "x"


TEXT = st.one_of(
    st.text(max_size=60),
    st.text("<>&\"' \n;#ab😀đ\u0301\u202e\x00\u200b", max_size=200),
    st.sampled_from(["<b>", "</a>", "&lt;", "&#60;", "<a href='x'>", "]]>", "{{7*7}}", "\ud800"]),
    st.builds(
        str.__mul__, st.sampled_from(["từ ", "😀", "ab\n", "&", "a\n\n"]), st.integers(0, 3000)
    ),
)
URL = st.one_of(
    TEXT, st.sampled_from(["https://a.vn/x?y=1&z=2#c", "http://b.vn", "https://a.vn/'"])
)
BLOCK = st.one_of(
    st.builds(Heading, text=TEXT),
    st.builds(Paragraph, text=TEXT),
    st.builds(Items, items=st.lists(TEXT, max_size=4).map(tuple), numbered=st.booleans()),
    st.builds(
        Facts, rows=st.lists(st.builds(Fact, label=TEXT, value=TEXT), max_size=120).map(tuple)
    ),
    st.builds(
        Checklist,
        title=TEXT,
        ticks=st.lists(
            st.builds(Tick, text=TEXT, detail=TEXT, url=URL, url_title=TEXT), max_size=4
        ).map(tuple),
    ),
    st.builds(Weblink, title=TEXT, url=URL),
    st.builds(Source, text=TEXT, url=URL),
    st.builds(OwnData, title=TEXT),
    st.builds(
        Timeline, moments=st.lists(st.builds(Moment, when=TEXT, text=TEXT), max_size=4).map(tuple)
    ),
)
CHOICES = st.lists(
    st.builds(Choice, label=TEXT, action=st.integers(0, 999).map(lambda n: Action(f"a:{n}"))),
    max_size=12,
).map(tuple)
REPLY = st.builds(
    Reply,
    blocks=st.lists(BLOCK, max_size=6).map(tuple),
    choices=CHOICES,
    exits=CHOICES,
    asks_proof=st.booleans(),
    language=st.sampled_from(Language),
)
OCCASION = st.builds(
    Occasion,
    token=st.just(TOKEN),
    message=st.sampled_from(["", "42"]),
    own_data=st.sampled_from(["", "{}"]),
    in_group=st.booleans(),
)


class Strict(HTMLParser):
    """Another reader than the fake's: every tag is known, closed, and not nested."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in {"b", "i", "a"}
        assert not self.open
        assert [name for name, _ in attrs] == (["href"] if tag == "a" else [])
        for _, url in attrs:
            assert url is not None
            assert re.match(r"https?://", url)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)


@settings(max_examples=300, deadline=None)
@given(reply=REPLY, occasion=OCCASION)
def test_nothing_exceeds_a_limit_and_all_markup_is_ours(reply: Reply, occasion: Occasion) -> None:
    letter = render(reply, occasion)
    assert json.loads(json.dumps(letter.payloads)) == list(letter.payloads)
    for payload in letter.payloads:
        _check_payload(dict(payload), is_private=not occasion.in_group)
    _check_buttons(reply, letter)
    if len(letter.payloads) > 1:
        assert all(payload["method"] != "editMessageText" for payload in letter.payloads)


def _check_payload(payload: dict[str, Any], *, is_private: bool) -> None:
    method = payload.pop("method")
    if method == "sendDocument":
        assert payload.pop("content") == "{}"
        assert payload.pop("filename")
        assert units(payload["caption"]) <= 1024
    else:
        source = payload["text"]
        source.encode("utf-8")
        text, entities = parse_html(source)
        assert text.strip()
        assert units(text) + len("(gửi lại) ") <= LONGEST_TEXT
        assert len(entities) <= MOST_ENTITIES
        strict = Strict()
        strict.feed(source)
        strict.close()
        assert not strict.open
        assert "\x00" not in source
        assert "\u202e" not in source
    assert payload.keys() <= METHODS[method].keys()
    if "reply_markup" in payload:
        check(payload["reply_markup"], is_private=is_private)


def _check_buttons(reply: Reply, letter: Letter) -> None:
    every = [*reply.choices, *reply.exits]
    assert list(letter.buttons) == [one.action for one in every]
    data = [
        button["callback_data"]
        for payload in letter.payloads
        for row in payload.get("reply_markup", {}).get("inline_keyboard", [])
        for button in row
    ]
    assert data == [f"{TOKEN}:{number}" for number in range(len(every))]
    assert all(len(one.encode()) <= 64 for one in data)


@settings(deadline=None)
@given(paragraph=TEXT, room=st.integers(20, 300))
def test_cutting_loses_no_word(paragraph: str, room: int) -> None:
    whole = clean(paragraph)
    parts = split([[(plain(line),) for line in whole.split("\n")]], room=room)
    shown = [span.text for part in parts for line in part for span in line]
    if parts:
        assert "".join("".join(shown).split()) == "".join(whole.split())


def test_more_choices_than_a_keyboard_holds_can_still_be_typed() -> None:
    many = tuple(choice("x" * n) for n in range(1, 120))
    letter = render(Reply(blocks=(Paragraph(text="Chọn:"),), choices=many, exits=EXITS), HERE)
    assert len(letter.buttons) == 123
    text = "\n".join(payload["text"] for payload in letter.payloads)
    assert "\n119. x" in text
    markup = letter.payloads[-1]["reply_markup"]
    check(markup, is_private=True)
    assert [row[-1]["text"] for row in markup["inline_keyboard"]][-1] == "Huỷ"
