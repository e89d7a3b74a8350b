"""What Zalo's events mean to the desk, and which of them mean nothing."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import Gone, Heard, Meaning, Picture, Pressed
from bot.channels.zalo.intake import arrived, understand
from tests.bot.channels.zalo.events import LAN, OA, attachment, event, said


def _meaning(body: bytes) -> Meaning | None:
    came = arrived(body)
    return understand(came.body) if came else None


def test_a_text_is_kept_under_its_message_id_in_the_order_of_its_sender() -> None:
    came = arrived(said("text", text="làm khai sinh cần gì"))
    assert came is not None
    assert (came.key, came.chat, came.place) == ("96d3cdf3af150460909", LAN, None)
    assert understand(came.body) == Heard(text="làm khai sinh cần gì")


def test_ids_stay_texts_even_when_they_come_as_numbers() -> None:
    body = said("text", text="a").replace(f'"{LAN}"'.encode(), LAN.encode())
    came = arrived(body)
    assert came is not None
    assert came.chat == LAN


def test_a_typed_number_is_a_text() -> None:
    assert _meaning(said("text", text="2")) == Heard(text="2")


def test_a_press_of_ours_is_read_with_its_label() -> None:
    press = "#abcdefghijkl-_01:3 Giấy tờ cần có"
    pressed = Pressed(token="abcdefghijkl-_01", number=3)
    assert _meaning(said("text", text=press)) == Heard(text="Giấy tờ cần có", pressed=pressed)


@pytest.mark.parametrize(
    "typed", ["#short:1", "#abcdefghijklmnop:", "#abcdefghijklmnop:1234", "x #abcdefghijklmnop:1",
              "#abcdefghijklmnop:1x"],
)  # fmt: skip
def test_what_only_resembles_a_press_is_a_text(typed: str) -> None:
    assert _meaning(said("text", text=typed)) == Heard(text=typed)


def test_a_picture_is_heard_by_its_address() -> None:
    sent = attachment("image", url="https://f1.zdn.vn/a.jpg", thumbnail="https://f1.zdn.vn/t.jpg")
    heard = Heard(picture=Picture(reference="https://f1.zdn.vn/a.jpg"))
    assert _meaning(said("image", attachments=sent)) == heard


def test_a_picture_without_an_address_is_a_message_without_words() -> None:
    assert _meaning(said("image", attachments=[])) == Heard()
    assert _meaning(said("image", attachments=[None, {"type": "image"}])) == Heard()


@pytest.mark.parametrize(
    "kind", ["location", "sticker", "gif", "audio", "video", "file", "link", "business_card"]
)
def test_what_has_no_words_is_heard_without_words(kind: str) -> None:
    assert _meaning(said(kind, attachments=attachment(kind, url="https://f1.zdn.vn/x"))) == Heard()


def test_a_text_with_an_address_in_it_comes_as_a_link_and_is_read() -> None:
    assert _meaning(said("link", text="xem https://a.vn giúp")) == Heard(
        text="xem https://a.vn giúp"
    )


def test_who_follows_is_greeted() -> None:
    body = event("follow", oa_id=OA, follower={"id": LAN}, source="oa_profile")
    came = arrived(body)
    assert came is not None
    assert (came.key, came.chat) == (f"follow:1724131200000:{LAN}", LAN)
    assert understand(came.body) == Heard(text="/start")


def test_who_opens_the_chat_for_the_first_time_is_greeted() -> None:
    assert _meaning(event("user_click_chatnow", oa_id=OA, user_id=LAN)) == Heard(text="/start")


def test_who_leaves_is_gone() -> None:
    assert _meaning(event("unfollow", oa_id=OA, follower={"id": LAN})) == Gone()
    assert _meaning(event("user_withdraw", oa_id=OA, user_id=LAN)) == Gone()


@pytest.mark.parametrize(
    "info",
    [
        {"name": "Lan", "phone": "84900000001", "full_address": {"user_city": "Quảng Ngãi"}},
        {"address": "1 A", "phone": 84900000001, "city": "Kon Tum", "district": "", "name": "L"},
    ],
)
def test_a_shared_phone_is_vouched_for_in_the_new_shape_and_the_old(info: dict[str, Any]) -> None:
    body = event("user_submit_info", sender={"id": LAN}, recipient={"id": OA}, info=info)
    assert _meaning(body) == Heard(phone="84900000001")


@pytest.mark.parametrize("phone", ["", "abc", "12", "+84 900", ["84900000001"], None])
def test_what_is_no_phone_is_not_taken_for_one(phone: Any) -> None:
    body = event("user_submit_info", sender={"id": LAN}, info={"phone": phone})
    assert _meaning(body) == Heard()


@pytest.mark.parametrize(
    "name",
    ["user_received_message", "user_seen_message", "oa_send_text", "oa_send_anonymous_text",
     "oa_send_group_text", "user_reacted_message", "oa_reacted_message", "user_asking_product",
     "add_user_to_tag", "change_oa_daily_quota", "change_template_status", "create_group",
     "user_join_group", "user_send_consent", "", "user_send_", "user_send_group_"],
)  # fmt: skip
def test_events_that_need_nothing_are_not_kept(name: str) -> None:
    body = event(name, sender={"id": LAN}, recipient={"id": OA}, message={"msg_id": "1"})
    assert arrived(body) is None
    assert understand(body.decode()) is None


def test_a_delivery_report_about_a_phone_is_not_kept() -> None:
    body = event(
        "user_received_message",
        sender={"id": OA},
        recipient={"id": "84900000001"},
        message={"delivery_time": "1724131200000", "tracking_id": "t", "msg_id": "1"},
    )
    assert arrived(body) is None


def _in_group(text: str) -> bytes:
    return event(
        "user_send_group_text",
        oa_id=OA,
        sender={"id": LAN},
        recipient={"id": "f414c8f76fa586fbdfb4"},
        message={"text": text, "msg_id": "g1"},
    )


def test_a_group_that_names_us_is_heard_as_a_group() -> None:
    came = arrived(_in_group(f"[@{OA}] hồ sơ của tôi tới đâu"))
    assert came is not None
    assert came.chat == "group:f414c8f76fa586fbdfb4"
    meaning = understand(came.body)
    assert isinstance(meaning, Heard)
    assert meaning.in_group


def test_what_people_in_a_group_tell_each_other_is_not_kept() -> None:
    assert arrived(_in_group("trưa nay ăn gì")) is None


def test_a_visitor_without_a_name_is_answered_as_a_group_is() -> None:
    body = event(
        "anonymous_send_text",
        sender={"id": "9f"},
        recipient={"id": OA},
        message={"text": "hồ sơ H48.14-261120-0012", "msg_id": "a1", "conversation_id": "c7"},
    )
    came = arrived(body)
    assert came is not None
    assert came.chat == "anonymous:9f:c7"
    meaning = understand(came.body)
    assert isinstance(meaning, Heard)
    assert meaning.in_group


def test_the_same_event_delivered_again_has_the_same_key() -> None:
    assert arrived(said("text", text="a")) == arrived(said("text", text="a"))


def test_an_unusable_message_id_is_not_a_key() -> None:
    came = arrived(said("text", msg_id="x" * 5000, text="a"))
    assert came is not None
    assert came.key == f"user_send_text:1724131200000:{LAN}"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["event_name", "sender", "message", "id", "msg_id", "text", "attachments", "payload",
             "info", "phone", "follower", "timestamp", "type", "url"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(
    value=_JSON,
    name=st.sampled_from(["user_send_text", "user_send_image", "follow", "user_submit_info"]),
)
def test_no_json_makes_it_raise(value: Any, name: str) -> None:
    body = json.dumps(value)
    arrived(body.encode())
    understand(body)
    framed = event(name, sender=value, message=value, follower=value, info=value)
    came = arrived(framed)
    if came is not None:
        assert understand(came.body) is not None


@given(body=st.binary(max_size=200))
def test_no_bytes_make_it_raise(body: bytes) -> None:
    came = arrived(body)
    assert came is None or came.key
