"""The command `motcua` as a real process: what it prints, and how it refuses."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.conftest import MOTCUA, Run
from tests.bot.desk import SAMPLE

_QUESTION = "đăng ký khai sinh cần giấy tờ gì"


@pytest.fixture
def serving(environment: dict[str, str], tmp_path: Path) -> Iterator[tuple[str, int]]:
    """A served demonstration: its address and its process."""
    with (tmp_path / "log").open("w+") as log:
        process = subprocess.Popen(
            [MOTCUA, "serve", "--with-demo"],
            cwd=tmp_path,
            env={**environment, "MOTCUA_PORT": "0"},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        assert process.stdout is not None
        url = ""
        for line in process.stdout:
            found = re.search(r"http://\S+/", line)
            if found:
                url = found[0]
                break
        yield url, process.pid
        process.send_signal(signal.SIGTERM)
        process.stdout.close()
        assert process.wait(timeout=10) == 0


def test_a_question_is_answered_on_the_terminal(motcua: Run) -> None:
    done = motcua("ask", _QUESTION)
    assert done.returncode == 0, done.stderr
    assert "Giấy chứng sinh" in done.stdout
    assert "Nguồn: thủ tục 1.001193" in done.stdout
    assert done.stderr == ""


def test_a_question_can_be_answered_as_json(motcua: Run) -> None:
    answer = json.loads(motcua("ask", _QUESTION, "--json").stdout)
    assert (answer["outcome"], answer["codes"][0]) == ("answer", "1.001193")
    assert set(answer) == {"id", "outcome", "codes", "facet", "text"}


def test_a_file_of_questions_is_answered_line_by_line(motcua: Run, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    rows = [
        {"id": "q1", "conversation": "a", "question": _QUESTION},
        {"id": "q2", "conversation": "a", "question": "thế còn phí?"},
        {"id": "q3", "conversation": None, "question": ""},
    ]
    file.write_text("\n".join(json.dumps(row) for row in rows) + "\n", "utf-8")
    lines = motcua("ask", "--file", file, "--json").stdout.splitlines()
    answers = [json.loads(line) for line in lines]
    assert [answer["id"] for answer in answers] == ["q1", "q2", "q3"]
    assert answers[1]["facet"] == "fee"
    assert answers[1]["codes"][0] == "1.001193"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "line 1"),
        (b'{"question": "a"}\n[]\n', "line 2"),
        (b'{"id": "x"}', "question"),
        (b"\xff\xfe\x00", "UTF-8"),
    ],
)
def test_a_broken_question_file_is_named_with_its_line(
    motcua: Run, tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_bytes(content)
    done = motcua("ask", "--file", file, "--json")
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_conversation_runs_on_the_terminal(motcua: Run) -> None:
    done = motcua("chat", text=f"{SAMPLE.code}\n")
    assert done.returncode == 0, done.stderr
    assert "6 số cuối" in done.stdout


def test_evaluating_prints_figures(motcua: Run, tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    row = {"id": "1", "question": _QUESTION, "expect": "answer", "codes": ["1.001193"]}
    file.write_text(json.dumps(row), "utf-8")
    figures = json.loads(motcua("evaluate", file, "--json").stdout)
    assert figures["all"]["first"] == 1.0
    assert "among_three" in motcua("evaluate", file).stdout


def test_the_demonstration_is_the_same_every_time(motcua: Run) -> None:
    first, second = motcua("demo"), motcua("demo")
    assert first.returncode == 0
    assert first.stdout == second.stdout
    assert SAMPLE.code in first.stdout
    shown = motcua("dossiers", "show", SAMPLE.code)
    assert "Đang xử lý" in shown.stdout


def test_a_catalogue_goes_out_and_comes_back_unchanged(motcua: Run, tmp_path: Path) -> None:
    sheet = tmp_path / "catalogue.xlsx"
    assert motcua("catalogue", "export", sheet).returncode == 0
    done = motcua("catalogue", "import", sheet)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 new" in done.stdout
    assert "0 abolished" in done.stdout
    assert "look ahead" in done.stdout


def test_a_broken_catalogue_changes_nothing(motcua: Run, tmp_path: Path) -> None:
    file = tmp_path / "broken.jsonl"
    file.write_text('{"code": "1.000001", "name": "a"}\n{"code": ', "utf-8")
    done = motcua("catalogue", "import", file, "--publish")
    assert done.returncode == 1
    assert "broken.jsonl, row 2" in done.stdout + done.stderr
    assert "Nothing was changed" in done.stderr
    assert "revision 1" in motcua("check").stdout.casefold()


def test_dossiers_are_imported_whole_or_not_at_all(motcua: Run, tmp_path: Path) -> None:
    file = tmp_path / "dossiers.csv"
    file.write_text("a,b\n1,2\n", "utf-8")
    done = motcua("dossiers", "import", file)
    assert done.returncode == 1
    assert "dossiers.csv" in done.stderr
    assert "nothing was imported" in done.stderr


def test_check_shows_settings_and_stars_secrets(motcua: Run) -> None:
    secret = "a-very-secret-key-of-more-than-32-characters"
    done = motcua("check", MOTCUA_KEYS=secret)
    assert done.returncode == 0, done.stderr
    assert "MOTCUA_PORT" in done.stdout
    assert secret not in done.stdout


def test_all_wrong_settings_are_told_at_once(motcua: Run) -> None:
    done = motcua("serve", MOTCUA_PORT="high", MOTCUA_HISTORY_DAYS="0", MOTCUA_POTR="1")
    assert done.returncode == 1
    for name in ("MOTCUA_PORT", "MOTCUA_HISTORY_DAYS", "MOTCUA_POTR"):
        assert name in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_one_sentence(motcua: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = motcua("serve", MOTCUA_PORT=str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "is in use" in done.stderr
    assert "MOTCUA_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_data_folder_that_cannot_be_written_is_one_sentence(motcua: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = motcua("check", MOTCUA_DATA=str(tmp_path / "file" / "var"))
    assert done.returncode == 1
    assert "MOTCUA_DATA" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to a read-only folder")
def test_a_read_only_data_folder_is_one_sentence(motcua: Run, tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    done = motcua("check", MOTCUA_DATA=str(folder))
    assert done.returncode == 1
    assert "MOTCUA_DATA" in done.stderr


def test_a_database_newer_than_the_code_is_one_sentence(motcua: Run, tmp_path: Path) -> None:
    assert motcua("check").returncode == 0
    with sqlite3.connect(tmp_path / "var" / "motcua.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    done = motcua("serve")
    assert done.returncode == 1
    assert "newer than this version" in done.stderr
    assert "Traceback" not in done.stderr
    assert motcua("db", "check").returncode == 1


def test_a_file_that_is_no_database_is_one_sentence(motcua: Run, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "motcua.db").write_bytes(b"not a database at all" * 100)
    done = motcua("check")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()


def test_an_unreachable_server_is_told_without_its_password(motcua: Run) -> None:
    url = "postgresql://desk:hunter2@127.0.0.1:9/motcua"
    done = motcua("check", MOTCUA_DATABASE_URL=url)
    assert done.returncode == 1
    assert "hunter2" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_the_server_answers_and_stops_when_told(serving: tuple[str, int]) -> None:
    url, _ = serving
    with urllib.request.urlopen(f"{url}readyz", timeout=5) as response:
        assert json.load(response) == {"ready": True}


def test_a_killed_server_loses_nothing_that_it_answered(
    motcua: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    process = subprocess.Popen(
        [MOTCUA, "serve"],
        cwd=tmp_path,
        env={**environment, "MOTCUA_PORT": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    url = next(found[0] for line in process.stdout if (found := re.search(r"http://\S+/", line)))
    request = urllib.request.Request(f"{url}chat", data=b"text=khai+sinh")
    urllib.request.urlopen(request, timeout=10).close()
    process.kill()
    process.stdout.close()
    process.wait(timeout=10)
    with sqlite3.connect(tmp_path / "var" / "motcua.db") as connection:
        (turns,) = connection.execute("SELECT count(*) FROM turns").fetchone()
    connection.close()
    assert turns == 1
    started = time.perf_counter()
    assert motcua("check").returncode == 0
    assert time.perf_counter() - started < 20
