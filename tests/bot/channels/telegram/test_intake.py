"""What Telegram's updates mean: every kind of chat, actor, way and content, and nonsense."""

import json
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import Back, Gone, Heard, Moved, Picture, Pressed
from bot.channels.telegram.commands import SAYS
from bot.channels.telegram.intake import arrived, comes_from_telegram, understand
from bot.dialogue.routes import route_of
from bot.messages import Language
from bot.simulation.telegram import FakeTelegram, Person
from bot.wording.telegram import telegram_wording

BOT = "motcua_bot"
LAN, MINH = 500, 600

CHATS: dict[str, dict[str, Any]] = {
    "private": {"id": LAN, "type": "private", "first_name": "Lan"},
    "group": {"id": -5, "type": "group", "title": "Tổ 3"},
    "supergroup": {"id": -1005, "type": "supergroup", "title": "Tổ 3"},
    "topic": {"id": -1006, "type": "supergroup", "title": "Tổ 3", "is_forum": True},
    "channel": {"id": -1007, "type": "channel", "title": "Tin xã"},
}
PERSON = {"is_bot": False, "first_name": "Lan", "language_code": "vi"}
ACTORS: dict[str, dict[str, Any]] = {
    "owner": {"from": {**PERSON, "id": LAN}},
    "other": {"from": {**PERSON, "id": MINH}},
    "bot": {"from": {**PERSON, "id": 700, "is_bot": True}},
    "anonymous admin": {
        "from": {"id": 1087968824, "is_bot": True, "first_name": "Group"},
        "sender_chat": CHATS["supergroup"],
    },
    "sender chat": {"from": {**PERSON, "id": MINH}, "sender_chat": CHATS["channel"]},
    "nobody": {},
}
WAYS: dict[str, dict[str, Any]] = {
    "new": {},
    "edited": {"edit_date": 2},
    "forwarded": {
        "forward_origin": {"type": "user", "date": 1, "sender_user": {**PERSON, "id": MINH}}
    },
    "reply": {
        "reply_to_message": {
            "message_id": 1, "date": 1, "chat": CHATS["private"], "text": "Chào",
            "from": {"id": 7, "is_bot": True, "first_name": "Một cửa", "username": BOT},
        }
    },
}  # fmt: skip
CONTENTS: dict[str, dict[str, Any]] = {
    "talk": {"text": "hồ sơ của tôi"},
    "command": {"text": "/help@motcua_bot"},
    "other bot's command": {"text": "/help@other_bot"},
    "mention": {
        "text": "@Motcua_Bot ơi", "entities": [{"type": "mention", "offset": 0, "length": 11}]
    },
    "start": {"text": "/start AbC_-9"},
    "own contact": {
        "contact": {"phone_number": "+84900000001", "first_name": "Lan", "user_id": LAN}
    },
    "photo": {
        "photo": [
            {"file_id": "s", "file_unique_id": "s", "width": 90, "height": 60, "file_size": 9},
            {"file_id": "L", "file_unique_id": "L", "width": 900, "height": 600, "file_size": 99},
        ]
    },
    "sticker": {
        "sticker": {
            "file_id": "x", "file_unique_id": "x", "width": 1, "height": 1, "is_animated": False,
            "is_video": False, "type": "regular",
        }
    },
    "pinned": {
        "pinned_message": {"message_id": 1, "date": 1, "chat": CHATS["private"], "text": "a"}
    },
}  # fmt: skip

GROUPS = {"group", "supergroup", "topic"}
IN_PRIVATE: dict[str, Heard | None] = {
    "talk": Heard(text="hồ sơ của tôi"),
    "command": Heard(text="/help"),
    "other bot's command": Heard(text="/help"),
    "mention": Heard(text="@Motcua_Bot ơi"),
    "start": Heard(text="/start", start="AbC_-9", language=Language.VI),
    "own contact": Heard(phone="+84900000001"),
    "photo": Heard(picture=Picture(reference="L")),
    "sticker": Heard(),
    "pinned": None,
}
IN_GROUPS = {
    "command": Heard(text="/help", in_group=True),
    "mention": Heard(text="@Motcua_Bot ơi", in_group=True),
    "start": Heard(text="/start AbC_-9", in_group=True),
}


def message(chat: str, actor: str, way: str, content: str) -> dict[str, Any]:
    inside = {"message_thread_id": 4, "is_topic_message": True} if chat == "topic" else {}
    return {"message_id": 3, "date": 1, "chat": CHATS[chat], **inside,
            **ACTORS[actor], **WAYS[way], **CONTENTS[content]}  # fmt: skip


def meaning(kind: str, content: Any, bot: str = BOT) -> Any:
    return understand(json.dumps({"update_id": 1, kind: content}), bot=bot)


def expected(chat: str, actor: str, way: str, content: str) -> Heard | None:
    """The rule as one reads it: only the owner's own private chat carries anything personal."""
    if way == "edited" or actor not in {"owner", "other"}:
        return None
    if chat == "private":
        heard = IN_PRIVATE[content] if actor == "owner" else None
        if heard and way == "forwarded" and content == "own contact":
            return Heard()
        if heard and way == "forwarded" and content == "start":
            return Heard(text="/start", language=Language.VI)
        return heard
    return IN_GROUPS.get(content) if chat in GROUPS and way != "forwarded" else None


TABLE = list(product(CHATS, ACTORS, WAYS, CONTENTS))


def test_the_table_of_combinations_is_large() -> None:
    assert len(TABLE) == 1080


@pytest.mark.parametrize("chat", CHATS)
@pytest.mark.parametrize("actor", ACTORS)
def test_every_combination_of_chat_actor_way_and_content(chat: str, actor: str) -> None:
    for way, content in product(WAYS, CONTENTS):
        heard = meaning("message", message(chat, actor, way, content))
        assert heard == expected(chat, actor, way, content), (way, content)
        if isinstance(heard, Heard) and (heard.phone or heard.picture or heard.start):
            assert (chat, actor) == ("private", "owner")


@pytest.mark.parametrize(
    "kind",
    [
        "edited_message", "channel_post", "edited_channel_post", "business_message",
        "edited_business_message", "guest_message",
    ],
)  # fmt: skip
def test_other_kinds_of_messages_mean_nothing(kind: str) -> None:
    for combination in TABLE:
        assert meaning(kind, message(*combination)) is None


@pytest.mark.parametrize("data", ["abc_DEF-0123456:3", "p:proc", "abc:", ":1", "abc:-1", "", None])
@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("chat", CHATS)
def test_a_press_counts_only_in_the_owners_private_chat(
    chat: str, actor: str, data: str | None
) -> None:
    ours = {
        "message_id": 9, "date": 1, "chat": CHATS[chat], "text": "Chọn:",
        "from": {"id": 7, "is_bot": True, "first_name": "Một cửa", "username": BOT},
    }  # fmt: skip
    query = {
        "id": "77", "chat_instance": "1", "message": ours, "data": data,
        **({"from": ACTORS[actor]["from"]} if "from" in ACTORS[actor] else {}),
    }  # fmt: skip
    heard = meaning("callback_query", query)
    if actor in {"bot", "anonymous admin", "nobody"}:
        assert heard is None
    elif chat != "private":
        assert heard == Heard(in_group=True, press="77")
    elif actor == "owner" and data == "abc_DEF-0123456:3":
        pressed = Pressed(token="abc_DEF-0123456", number=3)
        assert heard == Heard(pressed=pressed, message="9", press="77")
    else:
        assert heard is None


@pytest.mark.parametrize(
    "shown",
    [
        {"text": "Giấy tờ\n☐ Tờ khai"},
        {"text": "(2/3) phần hai"},
        {"date": 0},
        {"caption": "Tệp", "document": {"file_id": "a", "file_unique_id": "a"}},
    ],
)
def test_a_message_that_is_still_needed_is_not_changed_in_place(shown: dict[str, Any]) -> None:
    ours = {"message_id": 9, "date": 1, "chat": CHATS["private"], **shown}
    query = {"id": "7", "chat_instance": "1", "message": ours, "data": "abc:1", **ACTORS["owner"]}
    heard = meaning("callback_query", query)
    assert isinstance(heard, Heard)
    assert heard.pressed == Pressed(token="abc", number=1)
    assert heard.message == ""


def test_a_press_under_an_inline_message_means_nothing() -> None:
    query = {"id": "7", "chat_instance": "1", "inline_message_id": "x", "data": "abc:1",
             **ACTORS["owner"]}  # fmt: skip
    assert meaning("callback_query", query) is None
    assert (
        meaning("inline_query", {"id": "7", "query": "a", "offset": "", **ACTORS["owner"]}) is None
    )


@pytest.mark.parametrize(
    "contact",
    [
        {"phone_number": "0900000001", "first_name": "Lan", "user_id": MINH},
        {"phone_number": "0900000001", "first_name": "Lan"},
        {"phone_number": "0900000001", "first_name": "Lan", "user_id": str(LAN)},
        {"phone_number": "0900000001", "first_name": "Lan", "user_id": None},
        {"phone_number": "không", "first_name": "Lan", "user_id": LAN},
    ],
)
def test_a_contact_that_is_not_the_senders_own_shares_nothing(contact: dict[str, Any]) -> None:
    base = message("private", "owner", "new", "own contact")
    assert meaning("message", {**base, "contact": contact}) == Heard()


def test_a_contact_sent_through_another_bot_shares_nothing() -> None:
    base = message("private", "owner", "new", "own contact")
    via = {"id": 8, "is_bot": True, "first_name": "x"}
    assert meaning("message", {**base, "via_bot": via}) == Heard()


@pytest.mark.parametrize(
    ("before", "now", "means"),
    [
        ("member", {"status": "kicked", "until_date": 0}, Gone()),
        ("member", {"status": "left"}, Gone()),
        ("kicked", {"status": "member"}, Back()),
        ("left", {"status": "member"}, Back()),
    ],
)
@pytest.mark.parametrize("chat", CHATS)
def test_being_blocked_and_let_in_again(chat: str, before: str, now: Any, means: Any) -> None:
    us = {"user": {"id": 7, "is_bot": True, "first_name": "Một cửa"}}
    change = {
        "chat": CHATS[chat], "date": 1, **ACTORS["owner"],
        "old_chat_member": {"status": before, "until_date": 0, **us},
        "new_chat_member": {**now, **us},
    }  # fmt: skip
    assert meaning("my_chat_member", change) == means


def test_a_group_that_became_a_supergroup_has_moved() -> None:
    base = message("group", "owner", "new", "talk")
    assert meaning("message", {**base, "migrate_to_chat_id": -1009}) == Moved(to="-1009")
    base = message("supergroup", "anonymous admin", "new", "talk")
    assert meaning("message", {**base, "migrate_from_chat_id": -5}) is None


@pytest.mark.parametrize(
    ("code", "language"),
    [("vi", Language.VI), (None, Language.VI), ("en", Language.EN), ("de-AT", Language.EN)],
)
def test_the_application_gives_the_language_of_a_greeting_only(
    code: str | None, language: Language
) -> None:
    base = message("private", "owner", "new", "start")
    base["from"] = {**base["from"], "language_code": code}
    assert meaning("message", base).language is language
    assert meaning("message", {**base, "text": "hello"}).language is None


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("/start", ""),
        ("/start " + "A" * 64, "A" * 64),
        ("/start " + "A" * 65, ""),
        ("/start a.b", ""),
        ("/start@motcua_bot abc", "abc"),
    ],
)
def test_a_deep_link_hands_over_its_reference(text: str, start: str) -> None:
    heard = meaning("message", {**message("private", "owner", "new", "talk"), "text": text})
    assert (heard.text, heard.start) == ("/start", start)


def test_only_pictures_that_may_be_downloaded_are_pictures() -> None:
    base = message("private", "owner", "new", "talk")
    del base["text"]
    sizes = [
        {"file_id": f"p{n}", "file_unique_id": f"p{n}", "width": n, "height": n, "file_size": size}
        for n, size in ((90, 900), (800, 20 * 1024 * 1024), (4000, 20 * 1024 * 1024 + 1))
    ]
    heard = meaning("message", {**base, "photo": sizes, "caption": "giấy hẹn"})
    assert heard == Heard(text="giấy hẹn", picture=Picture(reference="p800"))
    for mime, known in (("image/png", True), ("image/svg+xml", False), ("application/pdf", False)):
        document = {"file_id": "d", "file_unique_id": "d", "mime_type": mime, "file_size": 5}
        heard = meaning("message", {**base, "document": document})
        assert heard == Heard(picture=Picture(reference="d") if known else None)


def test_every_command_of_the_menu_leads_somewhere() -> None:
    base = message("private", "owner", "new", "talk")
    for language in Language:
        assert list(telegram_wording(language).commands) == list(SAYS)
    for name in SAYS:
        heard = meaning("message", {**base, "text": f"/{name}@motcua_bot"})
        assert route_of(heard.text) is not None, name


def test_a_group_needs_our_name_to_see_a_mention() -> None:
    assert meaning("message", message("group", "owner", "new", "mention"), bot="") is None
    assert meaning("message", message("group", "owner", "new", "command"), bot="") is None


def test_an_update_is_kept_as_it_came() -> None:
    body = '{"update_id": 7, "message": {"chat": {"id": -5}, "text": "\\ud800 đ"}}'
    kept = arrived(body.encode())
    assert kept is not None
    assert (kept.key, kept.chat, kept.place, kept.body) == ("7", "-5", 7, body)
    for update, chat in (
        ({"update_id": 1, "callback_query": {"message": {"chat": {"id": 5}}}}, "5"),
        ({"update_id": 1, "my_chat_member": {"chat": {"id": 6}, "from": {"id": 1}}}, "6"),
        ({"update_id": 1, "inline_query": {"from": {"id": 8}}}, "8"),
        ({"update_id": 1, "poll": {"id": "x"}}, ""),
        ({"update_id": 1, "message": {"chat": {"id": "5"}}}, ""),
        ({"update_id": 1, "message": [1]}, ""),
    ):
        kept = arrived(json.dumps(update).encode())
        assert kept is not None
        assert kept.chat == chat


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"7", b'"x"', b"{}", b'{"update_id": "7"}', b'{"update_id": true}',
        b'{"update_id": 1.5}', b'{"update_id": -1}', b'{"update_id": null}', b"\xff\xfe{}",
        b'{"update_id": 99999999999999999999}', b"[" * 100_000, b'{"update_id": 1',
        '{"update_id": 1}'.encode("utf-16"),
    ],
)  # fmt: skip
def test_what_is_no_update_is_not_kept(body: bytes) -> None:
    assert arrived(body) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYS = sorted(
    {key for *_, way, content in TABLE for key in {**WAYS[way], **CONTENTS[content]}}
    | {"from", "chat", "date", "message_id", "sender_chat", "migrate_to_chat_id"}
)


@given(
    kind=st.sampled_from(["message", "callback_query", "my_chat_member", "inline_query", "poll"]),
    combination=st.sampled_from(TABLE),
    key=st.sampled_from(KEYS),
    value=JSON,
)
def test_no_shape_makes_it_raise(kind: str, combination: Any, key: str, value: Any) -> None:
    content = {**message(*combination), key: value}
    meaning(kind, content)
    meaning(kind, {"id": "1", "data": "a:1", "chat_instance": "1", "message": content, key: value})
    arrived(json.dumps({"update_id": 1, kind: content}).encode())


@given(body=st.one_of(JSON.map(json.dumps), st.text(max_size=50)))
def test_no_text_makes_it_raise(body: str) -> None:
    understand(body)
    arrived(body.encode("utf-8", "replace"))


@pytest.mark.parametrize(
    ("secrets", "header", "genuine"),
    [
        (["new", "old"], "old", True),
        (["new", "old"], "new", True),
        (["new"], "newer", False),
        (["new"], None, False),
        ([""], "", False),
        ([], "", False),
        (["new"], "nẹw\udc80", False),
    ],
)
def test_only_a_secret_of_ours_is_believed(
    secrets: list[str], header: str | None, *, genuine: bool
) -> None:
    assert comes_from_telegram(secrets, header) is genuine


def test_what_people_do_on_the_fake_is_understood() -> None:
    fake = FakeTelegram()
    lan = fake.person("Lan", phone="84900000001")

    def last() -> Any:
        return understand(json.dumps(fake.world.updates[-1]), bot=BOT)

    def after(update: int) -> Any:
        assert update
        return last()

    assert after(lan.say("chào 😀 @motcua_bot")) == Heard(text="chào 😀 @motcua_bot")
    assert after(lan.share(lan.user.id, lan.phone)) == Heard(phone="84900000001")
    assert after(lan.share(1, lan.phone)) == Heard()
    assert after(lan.send_sticker()) == Heard()
    assert after(lan.block()) == Gone()
    assert after(lan.unblock()) == Back()
    group, minh = fake.group(), _friend(fake)
    assert after(group.say(minh, "nói chuyện riêng")) is None
    assert after(group.say(minh, "😀 @motcua_bot hồ sơ?", topic=3)) == Heard(
        text="😀 @motcua_bot hồ sơ?", in_group=True
    )
    assert after(group.say_anonymously("/help@motcua_bot")) is None
    fake.group(kind="group").migrate(-1008)
    assert understand(json.dumps(fake.world.updates[-2])) == Moved(to="-1008")
    assert last() is None


def _friend(fake: FakeTelegram) -> Person:
    return fake.person("Minh")
