"""Values of a row as plain, inert text: no markup, no control signs, no placeholder taken for a fact."""

from __future__ import annotations

import re
from html import unescape
from typing import Final
from urllib.parse import urlsplit

from aftercare_directory.sources.reading import Reading, Refused, doubtful

NAME_LENGTH_LIMIT: Final = 300
"""The longest name a listing may have, in characters; HSDS names are far shorter."""
DESCRIPTION_LENGTH_LIMIT: Final = 8000
"""The longest description kept, in characters."""

_NOTHING: Final = frozenset({"null", "none", "n/a", "undefined", "-"})
_LONGEST_NOTHING: Final = max(map(len, _NOTHING))
_SILENT_TAGS: Final = frozenset({"script", "style", "head", "template", "iframe", "object"})
_BREAKING_TAGS: Final = frozenset({"br", "p", "li", "div", "tr", "ul", "ol", "h1", "h2", "h3", "h4"})
_SPACE = re.compile(r"[^\S\n]+")
_TAG = re.compile(r"(<[a-zA-Z/!][^<>]*>)")
_TAG_NAME = re.compile(r"</?([a-zA-Z0-9]+)")
_NO_DIGIT = re.compile(r"\D")
_EMAIL = re.compile(r"[^@\s<>\"',;]+@[^@\s<>\"',;]+\.[a-zA-Z]{2,}")


def inert(value: object, *, lines: bool = False) -> str:
    """A value as text: entities decoded, markup and control signs gone, blanks folded; None is "".

    With `lines`, line breaks stay (for descriptions); otherwise the text is one line.
    """
    if value is None or isinstance(value, dict | list):
        return ""
    text = str(value)
    if text.isprintable() and not ("&" in text or "<" in text or "  " in text):
        return text.strip()  # most values: nothing to decode, strip or fold
    text = unescape(text)
    if "<" in text:
        text = _without_markup(text)
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text)
    kept = [folded for line in text.split("\n") if (folded := _SPACE.sub(" ", line).strip())]
    return ("\n" if lines else " ").join(kept)


def _without_markup(text: str) -> str:
    """The words between the tags, without what stands inside a tag that acts.

    One pass over the text: a parser of real HTML takes the square of the length of a hostile one.
    """
    kept: list[str] = []
    silent = 0
    for number, piece in enumerate(_TAG.split(text)):
        if number % 2 == 0:
            kept.append("" if silent else piece)
            continue
        name = _TAG_NAME.match(piece)
        tag = name[1].casefold() if name else ""
        if tag in _SILENT_TAGS:
            silent = max(0, silent - 1) if piece.startswith("</") else silent + 1
        elif tag in _BREAKING_TAGS:
            kept.append("\n")
    return "".join(kept)


def plain(value: object) -> str:
    """One line of inert text; the ways of writing "nothing" are nothing."""
    if value is None:
        return ""
    text = inert(value)
    return "" if len(text) <= _LONGEST_NOTHING and text.casefold() in _NOTHING else text


def described(*values: object) -> str:
    """Descriptions, one below the other, each once, cut to the limit."""
    texts = dict.fromkeys(inert(value, lines=True) for value in values)
    return "\n".join(text for text in texts if text)[:DESCRIPTION_LENGTH_LIMIT]


def name_of(value: object, field: str) -> str:
    """A name a listing cannot do without; a row that lacks it is refused."""
    text = plain(value)
    if not text:
        raise Refused(field, value or "", "is empty; every listing needs a name")
    if len(text) > NAME_LENGTH_LIMIT:
        raise doubtful(field, text, f"is longer than {NAME_LENGTH_LIMIT} characters; is this a name?")
    return text


def web_address(value: object, field: str, reading: Reading) -> str:
    """An http or https address, or "" with a note."""
    text = plain(value)
    if not text:
        return ""
    address = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme in ("http", "https") and "." in parts.netloc and " " not in address:
        return address
    reading.note(field, text, "is not a web address; not used")
    return ""


def email_address(value: object, field: str, reading: Reading) -> str:
    """An e-mail address, or "" with a note."""
    text = plain(value)
    if not text or _EMAIL.fullmatch(text):
        return text
    reading.note(field, text, "is not an e-mail address; not used")
    return ""


def phone_numbers(values: list[object], field: str, reading: Reading) -> tuple[str, ...]:
    """The telephone numbers as written, each once; placeholders are dropped with a note."""
    kept: dict[str, None] = {}
    for value in values:
        text = plain(value)
        if not text:
            continue
        digits = _NO_DIGIT.sub("", text)
        if len(digits) < 3 or (len(digits) >= 7 and len(set(digits[:10])) == 1):
            reading.note(field, text, "is a placeholder, not a telephone number; not used")
        else:
            kept[text] = None
    return tuple(kept)
