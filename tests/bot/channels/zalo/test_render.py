"""Replies as Zalo messages: nothing too long, nothing lost, nothing that opens what is no page."""

import csv
import io
import json
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import Letter, Occasion
from bot.channels.zalo.intake import PRESS
from bot.channels.zalo.own_file import LARGEST_FILE, own_data_files
from bot.channels.zalo.pieces import MOST_CHARACTERS, length
from bot.channels.zalo.render import render
from bot.messages import (
    Action,
    Checklist,
    Choice,
    Fact,
    Facts,
    Heading,
    Items,
    Language,
    OwnData,
    Paragraph,
    Reply,
    Source,
    Tick,
    Weblink,
)
from bot.wording.zalo import zalo_wording
from tests.bot.channels.zalo.test_signature import ACCOUNT

_TOKEN = "abcdefghijklmnop"
_WITH_BUTTONS = replace(ACCOUNT, buttons=True)
_SAY = zalo_wording(Language.VI)
_EXITS = tuple(
    Choice(label=label, action=Action(f"exit:{n}"))
    for n, label in enumerate(["Thủ tục", "Hồ sơ", "Gặp cán bộ", "Huỷ"])
)


def _choices(*labels: str) -> tuple[Choice, ...]:
    return tuple(Choice(label=one, action=Action(f"a{n}")) for n, one in enumerate(labels))


def _rendered(reply: Reply, account: Any = ACCOUNT, **occasion: Any) -> Letter:
    return render(reply, Occasion(token=_TOKEN, **occasion), account)


def _texts(letter: Letter) -> list[str]:
    return [one["text"] for one in letter.payloads if "text" in one and "file" not in one]


def test_a_short_reply_is_one_message_with_numbered_choices_and_words_to_type() -> None:
    reply = Reply(
        blocks=(Heading(text="Khai sinh"), Paragraph(text="Anh/chị cần gì?")),
        choices=_choices("Giấy tờ", "Lệ phí"),
        exits=_EXITS,
    )
    assert _texts(_rendered(reply)) == [
        (
            "■ Khai sinh\n\nAnh/chị cần gì?\n\n1. Giấy tờ\n2. Lệ phí\n\n"
            "Gõ số để chọn, hoặc gõ: Thủ tục, Hồ sơ, Gặp cán bộ, Huỷ."
        )
    ]


def test_without_buttons_nothing_is_under_the_token() -> None:
    letter = _rendered(Reply(blocks=(Paragraph(text="a"),), choices=_choices("b"), exits=_EXITS))
    assert letter.buttons == ()
    assert "attachment" not in letter.payloads[0]


def test_a_long_reply_is_cut_between_paragraphs() -> None:
    paragraphs = [f"Đoạn {n}. " + "chữ " * 150 for n in range(8)]
    reply = Reply(blocks=tuple(Paragraph(text=one.strip()) for one in paragraphs))
    texts = _texts(_rendered(reply))
    assert len(texts) == 3
    assert all(text.startswith("Đoạn") and text.endswith("chữ") for text in texts)


def test_decomposed_text_is_composed_before_it_is_measured() -> None:
    text = unicodedata.normalize("NFD", "Thủ tục đăng ký kết hôn. " * 70).strip()
    assert len(text) > MOST_CHARACTERS
    assert len(_texts(_rendered(Reply(blocks=(Paragraph(text=text),))))) == 1


_text = st.text(st.characters(codec=None), max_size=300) | st.text(max_size=40).map(
    lambda part: part * 120
)
_blocks = st.lists(
    st.one_of(
        st.builds(Paragraph, text=_text),
        st.builds(Heading, text=_text),
        st.builds(Items, items=st.lists(_text, max_size=4).map(tuple), numbered=st.booleans()),
        st.builds(Weblink, title=_text, url=_text),
        st.builds(Source, text=_text, url=_text),
    ),
    max_size=5,
)


@given(
    blocks=_blocks,
    labels=st.lists(st.text("abcđêạ 0😀", min_size=1, max_size=80), max_size=12),
    buttons=st.booleans(),
    proof=st.booleans(),
)
def test_no_reply_breaks_a_limit_or_loses_a_choice(
    *, blocks: list[Any], labels: list[str], buttons: bool, proof: bool
) -> None:
    reply = Reply(blocks=tuple(blocks), choices=_choices(*labels), exits=_EXITS, asks_proof=proof)
    letter = _rendered(reply, replace(ACCOUNT, buttons=buttons))
    texts = _texts(letter)
    assert texts
    for text in texts:
        assert 0 < length(text) <= MOST_CHARACTERS
        assert unicodedata.is_normalized("NFC", text)
        text.encode()
    together = " ".join(" ".join(texts).split())
    for number, label in enumerate(labels, 1):
        assert " ".join(f"{number}. {label}".split()) in together
    json.dumps(list(letter.payloads)).encode()
    for payload in letter.payloads:
        shown = payload.get("attachment", {}).get("payload", {}).get("buttons", [])
        assert len(shown) <= 5
        for button in shown:
            assert 0 < length(button["title"]) <= 100
            assert len(json.dumps(button["payload"], ensure_ascii=False)) <= 1_002
    if buttons:
        assert len(letter.buttons) == len(labels) + len(_EXITS)


def test_a_button_says_the_token_the_place_of_its_action_and_its_label() -> None:
    letter = _rendered(
        Reply(blocks=(Paragraph(text="a"),), choices=_choices("Giấy tờ", "Lệ phí"), exits=_EXITS),
        _WITH_BUTTONS,
    )
    shown = letter.payloads[-1]["attachment"]["payload"]["buttons"]
    assert [one["title"] for one in shown] == [
        "Giấy tờ",
        "Lệ phí",
        "Thủ tục",
        "Hồ sơ",
        "Gặp cán bộ",
    ]
    for button in shown:
        assert button["type"] == "oa.query.show"
        said = PRESS.fullmatch(button["payload"])
        assert said is not None
        assert said["token"] == _TOKEN
        choice = (*_choices("Giấy tờ", "Lệ phí"), *_EXITS)[int(said["number"])]
        assert letter.buttons[int(said["number"])] == choice.action
        assert said["label"] == choice.label == button["title"]


def test_links_and_phones_are_buttons_where_there_is_room() -> None:
    reply = Reply(
        blocks=(
            Weblink(title="Cổng dịch vụ công", url="https://dichvucong.gov.vn"),
            Facts(rows=(Fact(label="Điện thoại", value="0260 3862 000"),)),
        ),
        choices=_choices("a"),
    )
    shown = _rendered(reply, _WITH_BUTTONS).payloads[-1]["attachment"]["payload"]["buttons"]
    assert [(one["type"], one["payload"]) for one in shown[1:]] == [
        ("oa.open.url", {"url": "https://dichvucong.gov.vn"}),
        ("oa.open.phone", {"phone_code": "02603862000"}),
    ]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd",
                                 "tel:113", "//a.vn", "https://a.vn x"])  # fmt: skip
def test_only_addresses_of_the_web_are_shown(url: str) -> None:
    reply = Reply(
        blocks=(
            Weblink(title="Trang", url=url),
            Source(text="Nguồn", url=url),
            Checklist(title="Giấy tờ", ticks=(Tick(text="Tờ khai", url=url, url_title="Mẫu"),)),
        )
    )
    letter = _rendered(reply, _WITH_BUTTONS)
    assert url not in json.dumps(list(letter.payloads))
    assert "Trang" in _texts(letter)[0]


def test_a_reply_that_asks_for_proof_offers_zalo_s_form() -> None:
    reply = Reply(blocks=(Paragraph(text="Xác nhận"),), asks_proof=True)
    letter = _rendered(reply)
    form = letter.payloads[-1]["attachment"]["payload"]
    assert form["template_type"] == "request_user_info"
    assert len(form["elements"]) == 1
    element = form["elements"][0]
    assert element["image_url"].startswith("https://")
    assert len(element["title"]) <= 100
    assert len(element["subtitle"]) <= 500


@pytest.mark.parametrize(
    ("account", "in_group"), [(ACCOUNT, True), (replace(ACCOUNT, trusts_phone=False), False)]
)
def test_no_form_in_a_group_and_none_where_its_phone_proves_nothing(
    *, account: Any, in_group: bool
) -> None:
    reply = Reply(blocks=(Paragraph(text="Xác nhận"),), asks_proof=True)
    assert len(_rendered(reply, account, in_group=in_group).payloads) == 1


def test_own_data_is_a_file_with_a_sentence_for_when_zalo_does_not_take_it() -> None:
    reply = Reply(blocks=(Paragraph(text="Dữ liệu"), OwnData(title="Tải về")))
    letter = _rendered(reply, own_data='{"messages": [{"said": "=1+1", "n": 2}], "x": []}')
    assert "7 ngày" in _texts(letter)[0]
    file = letter.payloads[-1]
    assert file["text"] == _SAY.own_data_failed
    assert file["file"]["name"] == "du-lieu-cua-toi.csv"
    rows = list(csv.reader(io.StringIO(file["file"]["content"].removeprefix("\ufeff"))))
    assert rows == [
        ["Mục", "Nội dung"], ["messages 1.said", "'=1+1"], ["messages 1.n", "2"], ["x", ""],
    ]  # fmt: skip


def test_a_reply_without_own_data_hands_over_no_file() -> None:
    letter = _rendered(Reply(blocks=(Paragraph(text="a"),)), own_data='{"a": 1}')
    assert all("file" not in payload for payload in letter.payloads)


@given(data=st.dictionaries(st.text(max_size=5), st.text(max_size=20) | st.none(), max_size=5))
def test_every_value_held_stands_in_the_file_and_no_cell_is_a_formula(data: dict[str, Any]) -> None:
    ((_, content),) = own_data_files(json.dumps(data), _SAY)
    rows = list(csv.reader(io.StringIO(content.removeprefix("\ufeff"), newline="")))[1:]
    values = [value or "" for value in data.values()]
    kept = [value.replace("\x00", "").encode("utf-8", "replace").decode() for value in values]
    assert len(rows) == max(len(kept), 1)
    for (_, cell), value in zip(rows, kept, strict=False):
        assert cell in {value, f"'{value}"}
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_much_own_data_is_several_files_that_zalo_takes() -> None:
    data = json.dumps({"messages": ['đ"' * 20_000] * 150})
    files = own_data_files(data, _SAY)
    assert [name for name, _ in files][:2] == ["du-lieu-cua-toi-1.csv", "du-lieu-cua-toi-2.csv"]
    assert all(len(content.encode()) <= LARGEST_FILE for _, content in files)
    together = "".join(content for _, content in files)
    assert together.count("đ") >= 150 * 20_000


def test_both_languages_have_sentences_within_the_limits() -> None:
    for language in Language:
        say = zalo_wording(language)
        assert len(say.proof_title) <= 100
        assert len(say.proof_text) <= 500
        assert len(say.repeat) + 1 <= 20


def test_a_megabyte_without_a_space_is_cut_all_the_same() -> None:
    texts = _texts(_rendered(Reply(blocks=(Paragraph(text="đ" * 1_000_000),))))
    assert sum(map(len, texts)) == 1_000_000
