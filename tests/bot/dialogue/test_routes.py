"""Whole messages that are no question about a procedure, and questions that look like them."""

import pytest

from bot.dialogue.routes import Route, route_of


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("Xin chào", Route.GREETING),
        ("cảm ơn em nhiều", Route.THANKS),
        ("giúp tôi với", Route.HELP),
        ("Huỷ", Route.CANCEL),
        ("gặp cán bộ", Route.HUMAN),
        ("mấy giờ mở cửa", Route.HUMAN),
        ("chủ nhật có mở cửa không", Route.HUMAN),
        ("địa chỉ ở đâu", Route.HUMAN),
        ("Hồ sơ của tôi tới đâu rồi?", Route.DOSSIER),
        ("ho so den dau roi", Route.DOSSIER),
        ("tra cứu tình trạng hồ sơ", Route.DOSSIER),
        ("hồ sơ của tôi", Route.FOLLOWED),
        ("các hồ sơ tôi đang theo dõi", Route.FOLLOWED),
        ("nhắn cho tôi khi có kết quả", Route.FOLLOW),
        ("báo tôi khi xong", Route.FOLLOW),
        ("theo dõi hồ sơ này", Route.FOLLOW),
        ("thôi theo dõi", Route.UNFOLLOW),
        ("không nhận thông báo nữa", Route.UNFOLLOW),
        ("xoá dữ liệu của tôi", Route.ERASE),
        ("xóa hết tin nhắn", Route.ERASE),
        ("delete my data", Route.ERASE),
        ("bạn đang lưu gì về tôi", Route.OWN_DATA),
        ("tải dữ liệu của tôi", Route.OWN_DATA),
        ("English", Route.ENGLISH),
    ],
)
def test_a_whole_message_is_routed(text: str, route: Route) -> None:
    assert route_of(text) is route


@pytest.mark.parametrize(
    "text",
    [
        "thủ tục công nhận hòa giải viên nộp hồ sơ ở đâu",
        "làm khai sinh thì nộp hồ sơ ở đâu",
        "hồ sơ khai sinh gồm những gì",
        "xin chứng thực bản sao",
        "mai làm giấy khai sinh",
        "thứ hai làm căn cước",
        "xoá đăng ký thường trú",
        "xóa thông tin tiền án",
        "xoá án tích",
        "huỷ kết quả đăng ký kết hôn",
        "cung cấp thông tin về đất đai của tôi",
        "địa chỉ thửa đất bị sai",
        "cần giúp đăng ký kết hôn",
        "",
        "x" * 5000,
    ],
)
def test_a_question_is_left_to_be_understood(text: str) -> None:
    assert route_of(text) is None
