"""The newest quotations or claims of a filter as an Atom feed (RFC 4287)."""

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

from fastapi import Response

from app import __version__
from app.api.caching import answer_any_etag
from app.api.deps import Call
from app.api.exports.stream import ATOM, Opened
from app.api.listing import read_page
from app.api.paging import PageRequest

MAX_ENTRIES = 50

_NAMESPACE = "http://www.w3.org/2005/Atom"
_TITLE_LENGTH = 120
# What XML 1.0 cannot carry at all, not even escaped. https://www.w3.org/TR/xml/#charsets
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Ids have to be the same for ever and everywhere, whatever address the server has.
_IDS = uuid.UUID("6f2d6a52-6a3f-5b0e-9c1d-0d5b5f7a4e11")


def feed_response(call: Call, opened: Opened, *, what: str) -> Response:
    """Answer with the newest items of a list of quotations or claims.

    Args:
        call: The request.
        opened: The list, the newest first.
        what: What it lists, in words.
    """
    answer_any_etag(call.request, call.headers)
    # A feed says nothing of a total, and so none is counted.
    newest = PageRequest(limit=MAX_ENTRIES, cursor=None, scope=call.url, total=0)
    with call.session() as session:
        page = read_page(session, opened.listing, request=newest)
        items = opened.build(session, page.rows)
    base = str(call.request.base_url).rstrip("/")
    changed = call.state.changed_at or datetime.fromtimestamp(0, UTC)
    feed = ElementTree.Element("feed", xmlns=_NAMESPACE)
    _add(feed, "id", _to_urn(call.url))
    _add(feed, "title", f"On Record: {what}")
    _add(feed, "updated", _to_time(changed))
    ElementTree.SubElement(feed, "link", rel="self", type=ATOM, href=f"{base}{call.url}")
    _add(ElementTree.SubElement(feed, "author"), "name", "On Record")
    _add(feed, "generator", "On Record", version=__version__)
    for item in items:
        _add_entry(feed, item, base=base, changed=changed)
    body = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return Response(body, media_type=ATOM, headers=call.headers)


def _add_entry(
    feed: ElementTree.Element, item: Mapping[str, Any], *, base: str, changed: datetime
) -> None:
    kind = "quotes" if "speaker" in item else "claims"
    who = item["speaker"] if kind == "quotes" else item["claimant"]
    name = (who or {}).get("name") or item["source"] or "On Record"
    published = item["published_at"]
    entry = ElementTree.SubElement(feed, "entry")
    _add(entry, "id", _to_urn(item["id"]))
    _add(entry, "title", _shorten(f"{name}: {' '.join(item['text'].split())}"))
    _add(entry, "updated", _to_time(published or changed))
    if published is not None:
        _add(entry, "published", _to_time(published))
    _add(ElementTree.SubElement(entry, "author"), "name", name)
    address = f"{base}/v1/{kind}/{item['id']}"
    ElementTree.SubElement(entry, "link", rel="alternate", type="application/json", href=address)
    ElementTree.SubElement(
        entry,
        "link",
        rel="related",
        type="application/json",
        href=f"{base}/v1/articles/{item['article_id']}",
    )
    ElementTree.SubElement(
        entry, "category", term=item["form"] if kind == "quotes" else item["kind"]
    )
    for slug in item["about"]:
        ElementTree.SubElement(entry, "category", term=slug, scheme=f"{base}/v1/entities/")
    _add(entry, "content", item["text"], type="text")


def _add(parent: ElementTree.Element, tag: str, text: str, **attributes: str) -> None:
    ElementTree.SubElement(parent, tag, attributes).text = _NOT_XML.sub("\ufffd", text)


def _to_urn(name: str) -> str:
    return uuid.uuid5(_IDS, name).urn


def _to_time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _shorten(text: str) -> str:
    return text if len(text) <= _TITLE_LENGTH else f"{text[: _TITLE_LENGTH - 1].rstrip()}…"
