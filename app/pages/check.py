"""Was it said? The API's matches of a text, and the answer in one line."""

from dataclasses import dataclass

from app.api.matching.compare import MatchType, read_asked
from app.api.matching.router import find_matches
from app.api.matching.schemas import MIN_WORDS, MatchList, MatchParameters
from app.pages.answers import Desk, make_url


@dataclass(frozen=True, slots=True)
class Checked:
    """What the page about a text shows.

    Attributes:
        text: What was asked; empty when nothing was.
        verdict: The answer in one line; empty when nothing was asked.
        matches: The API's answer; None when there is none to show.
    """

    text: str
    verdict: str
    matches: MatchList | None


def check_text(desk: Desk, text: str) -> Checked:
    """Answer /v1/quotes/match for a text, and say what that comes to."""
    text = text.strip()
    if not text:
        return Checked(text, "", None)
    asked = read_asked(text)
    if len(asked.words) < MIN_WORDS:
        return Checked(text, f"At least {MIN_WORDS} words are needed.", None)
    parameters = MatchParameters(text=text)
    url = make_url("/v1/quotes/match", parameters)
    found = find_matches(
        desk.session, asked, min_score=parameters.min_score, limit=parameters.limit
    )
    body: MatchList = {
        "data": found,
        "meta": {
            "total": len(found),
            "limit": parameters.limit,
            "dataset_version": desk.call.version,
        },
        "links": {"self": url},
    }
    desk.keep(url, {"data": body["data"], "meta": body["meta"]})
    return Checked(text, _say(body), body)


def _say(matches: MatchList) -> str:
    if not matches["data"]:
        return "No quotation here has these words, or nearly these."
    best = matches["data"][0]
    if best["type"] == MatchType.FUZZY:
        return "Not in these words. The nearest:"
    if not best["complete"]:
        return "Yes, as a part of a longer quotation."
    return "Yes, in these words."
