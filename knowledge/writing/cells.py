"""Cells of a spreadsheet that can do no harm."""

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "'")


def guarded(text: str) -> str:
    """The text, with a mark before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text
