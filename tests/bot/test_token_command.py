"""`motcua token`: made, listed, revoked, and never shown again."""

from tests.bot.conftest import Run


def test_a_token_is_shown_once_listed_by_name_and_revoked(motcua: Run) -> None:
    made = motcua("token", "add", "Đăk Hà", "--scope", "dossiers:write", "--scope", "pairing:write")
    assert made.returncode == 0, made.stderr
    token = made.stdout.split()[0]
    assert token.startswith("motcua_")
    listed = motcua("token", "list").stdout
    assert token not in listed
    assert all(part in listed for part in ("Đăk Hà", "dossiers:write pairing:write", "good"))
    assert motcua("token", "revoke", "1").returncode == 0
    assert "revoked" in motcua("token", "list").stdout
    again = motcua("token", "revoke", "1")
    assert again.returncode == 1
    assert "No token in use has the number 1" in again.stderr


def test_a_token_for_nothing_is_refused(motcua: Run) -> None:
    assert motcua("token", "add", "Đăk Hà").returncode == 2
    assert motcua("token", "add", "Đăk Hà", "--scope", "everything").returncode == 2
    assert motcua("token", "add", " ", "--scope", "dossiers:read").returncode == 1
