"""Language tags: as a file states them, or detected from the text (BCP 47)."""

import re

_TAG = re.compile(r"([a-z]{2,3})((?:[-_][a-z0-9]{2,8})*)", re.I)
# Detection costs 0.1 ms for 200 characters and 0.35 ms for 1,000, more than all else that is done
# to a plain text. Of 924 English news texts 400 characters got every one right, 200 all but one.
_DETECT_FROM = 500
UNDETERMINED = "und"


def clean_language(tag: str) -> str | None:
    """Write a stated tag as BCP 47 recommends ("en_gb" -> "en-GB"), or None when it is no tag."""
    match = _TAG.fullmatch(tag.strip())
    if match is None:
        return None
    parts = [match[1].lower()]
    for part in re.split(r"[-_]", match[2])[1:]:
        if len(part) == 4 and part.isalpha():
            parts.append(part.title())
        else:
            parts.append(part.upper() if len(part) == 2 else part.lower())
    return "-".join(parts)


def primary_language(tag: str | None) -> str | None:
    """Return the language of a tag without script and region ("en-GB" -> "en")."""
    return tag.split("-")[0].lower() if tag else None


def detect_language(text: str) -> str:
    """Detect the language of a text from its opening (py3langid, langid.py's method).

    Returns:
        A two-letter tag; "und" when the opening has no letters at all.
    """
    opening = text[:_DETECT_FROM]
    if not any(letter.isalpha() for letter in opening):
        return UNDETERMINED
    # Imported here, because its model takes 0.7 s to load and a file that states its language
    # does not need it. The module loads it once and keeps it.
    import py3langid

    return str(py3langid.classify(opening)[0])
