"""Rows of documents to papers, cases and notes."""

from knowledge.model import PaperUse
from knowledge.reading.papers import Row, read_papers


def _row(name: str, quantity: str | None = "1 bản chính", heading: str | None = None) -> Row:
    return Row(name=name, quantity=quantity, heading=heading)


def test_a_remark_without_copies_is_a_note() -> None:
    read = read_papers([_row("Trường hợp gửi qua bưu chính thì gửi bản sao.", "0 bản chính")])
    assert [paper.use for paper in read.papers] == [PaperUse.NOTE]


def test_headings_to_choose_from_become_one_question() -> None:
    read = read_papers(
        [
            _row("Đơn của cá nhân", heading="a) Đối với cá nhân:"),
            _row("Đơn của tổ chức", heading="b) Đối với tổ chức:"),
        ]
    )
    assert [case.label for case in read.questions[0].cases] == ["Cá nhân", "Tổ chức"]
    assert [paper.cases for paper in read.papers] == [("c1",), ("c2",)]


def test_one_heading_over_all_is_a_note_and_no_condition() -> None:
    heading = "Người yêu cầu nộp một bộ hồ sơ gồm"
    read = read_papers([_row("Dự thảo", heading=heading), _row("Bản sao", heading=heading)])
    assert not read.questions
    assert [paper.condition for paper in read.papers] == ["", "", ""]
    assert (read.papers[0].name, read.papers[0].use) == (heading, PaperUse.NOTE)


def test_papers_to_show_are_told_from_papers_to_submit() -> None:
    read = read_papers(
        [
            _row("Thẻ căn cước", heading="* Giấy tờ phải xuất trình:"),
            _row("Tờ khai", heading="* Giấy tờ phải nộp:"),
        ]
    )
    assert [paper.use for paper in read.papers] == [PaperUse.SHOW, PaperUse.SUBMIT]


def test_a_file_name_glued_to_a_paper_is_cut_off_and_kept_beside_it() -> None:
    read = read_papers([_row("- Đơn xin nhận con nuôi;Mẫu đơn số 1.doc")])
    assert read.papers[0].name == "Đơn xin nhận con nuôi"
    assert read.papers[0].note == "Mẫu: Mẫu đơn số 1.doc"
    assert read.repaired == 1


def test_copies_and_originals_are_counted() -> None:
    paper = read_papers([_row("Tờ khai", "1 bản chính,2 bản sao")]).papers[0]
    assert (paper.originals, paper.copies) == (1, 2)


def test_a_piece_of_the_steps_in_both_cells_is_no_paper() -> None:
    piece = ". Bước 2. Nộp hồ sơ cho cơ quan."
    read = read_papers([_row(piece, None, piece)])
    assert all(paper.use is PaperUse.NOTE for paper in read.papers)


def test_a_condition_in_the_name_stands_apart() -> None:
    paper = read_papers([_row("Trường hợp nhờ người khác thì phải có giấy ủy quyền.")]).papers[0]
    assert paper.condition == "nhờ người khác"
    assert paper.name == "Giấy ủy quyền."
