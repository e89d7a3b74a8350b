"""Why a source cannot be read, in one sentence for staff: no URL, no password, no row in it."""

from sqlalchemy.exc import DBAPIError, NoSuchModuleError, NoSuchTableError, SQLAlchemyError

_OF_MYSQL = {
    1040: "The server has too many connections.",
    1044: "The user may not open this database.",
    1045: "The server refuses the user name or the password.",
    1049: "The server has no such database.",
    1142: "The user may not read one of the tables: it needs SELECT on them.",
    1143: "The user may not read one of the columns: it needs SELECT on them.",
    1146: "One of the tables is not there.",
    1054: "One of the columns is not there.",
    1205: "A table is locked for too long.",
    1698: "The server refuses the user name or the password.",
    2002: "The server cannot be reached.",
    2003: "The server cannot be reached.",
    2005: "The server's name is not known.",
    2006: "The server closed the connection.",
    2013: "The server closed the connection, or did not answer in time.",
    1969: "The server stopped a statement that took too long.",
    3024: "The server stopped a statement that took too long.",
}
_OF_POSTGRESQL = {
    "28P01": "The server refuses the user name or the password.",
    "28000": "The server refuses the user name or the password.",
    "3D000": "The server has no such database.",
    "42501": "The user may not read one of the tables: it needs SELECT on them.",
    "42P01": "One of the tables is not there.",
    "42703": "One of the columns is not there.",
    "57014": "The server stopped a statement that took too long.",
    "53300": "The server has too many connections.",
}


class SourceTrouble(Exception):  # noqa: N818 - it says what is wrong
    """One sentence about a source that cannot be read now."""


Failures = (SQLAlchemyError, OSError, ImportError)
"""What reading a source can raise when the source, its network or its driver is not as it was."""


def trouble_of(error: BaseException) -> SourceTrouble:
    """The sentence for an error of database or network; the error's own text is not told."""
    return SourceTrouble(_sentence(error))


def _sentence(error: BaseException) -> str:
    if isinstance(error, NoSuchTableError):
        return "One of the tables is not there."
    if isinstance(error, NoSuchModuleError | ImportError):
        return "The driver that the URL names is not installed."
    if not isinstance(error, DBAPIError):
        return f"The server cannot be reached ({type(error).__name__})."
    cause = error.orig
    code = next(iter(getattr(cause, "args", ()) or ()), None)
    if isinstance(code, int):
        return _OF_MYSQL.get(code, f"The server cannot be read (error {code}).")
    state = getattr(cause, "sqlstate", None)
    if isinstance(state, str):
        return _OF_POSTGRESQL.get(state, f"The server cannot be read (error {state}).")
    kind = type(cause).__name__
    if kind in {"OperationalError", "ConnectionTimeout", "InterfaceError"}:
        return f"The server cannot be reached or read ({kind})."
    return f"The server cannot be read ({kind})."
