"""ninjs 3.x, the IPTC's "News in JSON" (https://iptc.org/standards/ninjs/).

Read are ``uri headlines bodies by people infoSources copyrightHolder versionCreated firstCreated
contentCreated language altIds renditions genres subjects located slugline urgency``. Names are
taken without regard to case, which reads 2.x as well (``versioncreated``). ninjs has no place for
"this is invented"; a genre named ``invented`` says it.
"""

from collections.abc import Mapping

from app.parsing.errors import ReadError
from app.parsing.readers.article import ReadOptions, ReadResult, Stated, build_article
from app.parsing.readers.decoding import decode
from app.parsing.readers.files import SeedFile
from app.parsing.readers.html_text import html_to_text
from app.parsing.readers.json_text import JsonError, load_json
from app.vocabulary import FileFormat

# Which headline and body is taken when there are several: the first of these roles, else the
# first in the file. Roles are the provider's own; these are the ones in the IPTC's examples.
_MAIN_ROLES = ("main", "body", "headline", "text")
_KEPT = ("genres", "subjects", "located", "slugline", "urgency", "ednote", "copyrightnotice")
_WRITER_RELATIONS = ("author", "creator", "writer", "byline")


def read_ninjs(data: bytes, *, file: SeedFile, options: ReadOptions) -> ReadResult:
    """Read a ninjs file as one article.

    Raises:
        ReadError: It is not JSON, not a ninjs news item with a text body, or has no text.
    """
    text = decode(data, name=file.name)
    if not text.strip():
        raise ReadError(file.name, "is only white space")
    try:
        item = load_json(text)
    except JsonError as error:
        raise ReadError(file.name, str(error)) from error
    if isinstance(item, list):
        raise ReadError(file.name, "is a list; several articles go into a .jsonl, one a line")
    if not isinstance(item, dict):
        raise ReadError(file.name, "is not a JSON object")
    stated, warnings = from_ninjs(item, file=file)
    article, more = build_article(stated, file=file, format=FileFormat.NINJS, options=options)
    return ReadResult(FileFormat.NINJS, (article,), (*warnings, *more))


def from_ninjs(item: Mapping[str, object], *, file: SeedFile) -> tuple[Stated, list[str]]:
    """Return what a ninjs item states, and warnings about properties that are not as in ninjs.

    Raises:
        ReadError: It has no text body.
    """
    warnings: list[str] = []
    lowered = {str(key).lower(): value for key, value in item.items()}

    def objects(name: str) -> list[dict[str, object]]:
        """Return the objects of an array property, keys in lower case."""
        value = lowered.get(name.lower())
        entries = value if isinstance(value, list) else []
        found = [
            {str(key).lower(): entry[key] for key in entry}
            for entry in entries
            if isinstance(entry, dict)
        ]
        if value is not None and (not isinstance(value, list) or len(found) < len(entries)):
            warnings.append(f"{file.name} (field {name}): is not an array of objects; left out")
        return found

    bodies = [body for body in objects("bodies") if body.get("value") is not None]
    if not bodies:
        reason = "is missing: this is no ninjs text item"
        if lowered.get("type") not in (None, "text"):
            reason = f"is missing: the item is of type {lowered['type']!r}, not text"
        raise ReadError(file.name, reason, field="bodies")
    body = _choose(sorted(bodies, key=_is_marked_up))
    text = body["value"]
    if isinstance(text, str) and _is_marked_up(body):
        text = html_to_text(text, file=file)
    headline = _choose(objects("headlines") or [{"value": lowered.get("title")}])
    uri = lowered.get("uri")
    stated = Stated(
        text=text,
        id=uri,
        title=headline.get("value"),
        authors=lowered.get("by", lowered.get("byline")) or _find_writers(objects("people")),
        outlet=_find_outlet(objects("infoSources")) or lowered.get("copyrightholder"),
        published_at=lowered.get("firstcreated")
        or lowered.get("versioncreated")
        or lowered.get("contentcreated"),
        language=lowered.get("language"),
        url=_find_url(uri, objects("altIds"), objects("renditions")),
        meta=_find_meta(lowered, objects("genres")),
    )
    return stated, warnings


def _is_marked_up(body: Mapping[str, object]) -> bool:
    kind = str(body.get("contenttype") or body.get("role") or "")
    return "html" in kind.lower() or "xml" in kind.lower()


def _choose(entries: list[dict[str, object]]) -> dict[str, object]:
    for role in _MAIN_ROLES:
        for entry in entries:
            if str(entry.get("role", "")).lower().rsplit(":", 1)[-1] == role:
                return entry
    return entries[0]


def _find_writers(people: list[dict[str, object]]) -> list[object]:
    return [
        person.get("name")
        for person in people
        if str(person.get("rel", "")).lower().endswith(_WRITER_RELATIONS) and person.get("name")
    ]


def _find_outlet(sources: list[dict[str, object]]) -> object:
    named = [source for source in sources if source.get("name")]
    for source in named:
        if str(source.get("role", "")).lower().endswith(("publisher", "originator", "provider")):
            return source["name"]
    return named[0]["name"] if named else None


def _find_url(
    uri: object, alt_ids: list[dict[str, object]], renditions: list[dict[str, object]]
) -> object:
    """Return the web address: the uri when it is one, else an alternative id, else a web page."""
    places = [uri]
    places += [entry.get("value") for entry in alt_ids]
    places += [
        entry.get("href")
        for entry in renditions
        if str(entry.get("contenttype", "")).lower() == "text/html"
    ]
    for place in places:
        if isinstance(place, str) and place.startswith(("https://", "http://")):
            return place
    return None


def _find_meta(lowered: Mapping[str, object], genres: list[dict[str, object]]) -> dict[str, object]:
    meta = {name: lowered[name] for name in _KEPT if lowered.get(name) not in (None, "", [])}
    words = {str(genre.get(key, "")).lower() for genre in genres for key in ("name", "literal")}
    if "invented" in words or lowered.get("invented") is True:
        meta["invented"] = True
    return meta
