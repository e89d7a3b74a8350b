"""Settings: read at once, wrong ones told all together, secrets never repeated."""

from pathlib import Path

import pytest

from bot.errors import SettingsInvalid
from bot.settings import Settings, read_settings, setting_name

_ROOT = Path(__file__).parent.parent.parent


def test_nothing_set_gives_the_defaults() -> None:
    settings = read_settings({})
    assert settings.port == 8080
    assert settings.effective_database_url == "sqlite+aiosqlite:///var/motcua.db"


def test_all_problems_come_at_once_each_in_one_sentence() -> None:
    with pytest.raises(SettingsInvalid) as caught:
        read_settings(
            {
                "MOTCUA_PORT": "eighty",
                "MOTCUA_HISTORY_DAYS": "0",
                "MOTCUA_PROT": "1",
                "MOTCUA_KEYS": "short-secret",
                "MOTCUA_DATA_FILE": "/nowhere/at/all",
            }
        )
    problems = caught.value.problems
    assert len(problems) == 5
    together = "\n".join(problems)
    assert "MOTCUA_PORT is 'eighty'" in together
    assert "MOTCUA_HISTORY_DAYS is '0'" in together
    assert "Did you mean MOTCUA_PORT?" in together
    assert "MOTCUA_DATA_FILE names /nowhere/at/all" in together
    assert "at least 32 characters" in together
    assert "short-secret" not in together


def test_a_value_can_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text("k" * 40 + "\n")
    settings = read_settings({"MOTCUA_KEYS_FILE": str(file)})
    assert [key.get_secret_value() for key in settings.keys] == ["k" * 40]
    assert "kkkk" not in repr(settings)


def test_a_setting_given_twice_is_a_problem() -> None:
    with pytest.raises(SettingsInvalid, match="both set"):
        read_settings({"MOTCUA_PORT": "1", "MOTCUA_PORT_FILE": "x"})


def test_the_public_address_and_the_bots_name_are_made_plain() -> None:
    settings = read_settings(
        {"MOTCUA_PUBLIC_URL": "https://motcua.example/chat/", "MOTCUA_TELEGRAM_BOT": "@motcua_bot"}
    )
    assert settings.public_url == "https://motcua.example/chat"
    assert settings.telegram_bot == "motcua_bot"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MOTCUA_PUBLIC_URL", "motcua.example"),
        ("MOTCUA_PUBLIC_URL", "javascript:alert(1)"),
        ("MOTCUA_PUBLIC_URL", "https://x.example/?a=1"),
        ("MOTCUA_PUBLIC_URL", "https://user:word@x.example"),
        ("MOTCUA_PUBLIC_URL", 'https://x.example/"><script>'),
        ("MOTCUA_TELEGRAM_BOT", "a/b?c=d"),
        ("MOTCUA_TELEGRAM_BOT", "bot"),
    ],
)
def test_an_address_that_would_not_work_on_paper_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsInvalid, match="it needs"):
        read_settings({name: value})


def test_other_programs_variables_are_none_of_our_business() -> None:
    assert read_settings({"PATH": "/bin", "HOME": "/root"}) == Settings()


@pytest.mark.parametrize("document", ["README.md", ".env.example"])
@pytest.mark.parametrize("field", sorted(Settings.model_fields))
def test_every_setting_is_documented(document: str, field: str) -> None:
    assert setting_name(field) in (_ROOT / document).read_text("utf-8")


@pytest.mark.parametrize("field", sorted(Settings.model_fields))
def test_the_readme_says_what_the_setting_says_of_itself(field: str) -> None:
    description = Settings.model_fields[field].description
    assert description
    assert " ".join(description.split()) in (_ROOT / "README.md").read_text("utf-8")
