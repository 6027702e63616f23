"""The pages' paths."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from starlette.responses import FileResponse

from app.api.articles.parameters import ArticleParameters
from app.api.deps import Call, NoParameters, call_for
from app.api.entities.parameters import EntityParameters
from app.api.errors import ProblemError
from app.api.straight import StraightRoute
from app.pages import answers, views
from app.pages.answers import Desk
from app.pages.assets import FILES, TYPES
from app.pages.check import check_text
from app.pages.parameters import CheckQuery, ListQuery, SearchQuery, SpeakerQuery
from app.pages.portrait import make_portrait
from app.pages.reader import make_reader
from app.pages.render import find_root, page_response, render_reader

router = APIRouter(route_class=StraightRoute, include_in_schema=False)

# The content's hash is in the name.
_FOREVER = "public, max-age=31536000, immutable"


@router.get("/")
def show_home(call: NoParameters) -> Response:
    """Show what is here, the newest quotations and the most quoted."""
    with call.session() as session:
        desk = Desk(call, session)
        home = views.make_home(desk)
    return page_response(desk, "home.html", home=home)


@router.get("/articles")
def show_articles(
    call: Annotated[Call, Depends(call_for(ListQuery))], asked: Annotated[ListQuery, Query()]
) -> Response:
    """List the articles, newest first, with a search box."""
    q = asked.q.strip() or None
    with call.session() as session:
        desk = Desk(call, session)
        filters = ArticleParameters(q=q, limit=views.ON_A_PAGE, cursor=asked.cursor or None)
        articles = answers.list_articles(desk, filters)
    return page_response(desk, "articles.html", articles=articles, asked=asked)


@router.get("/articles/{article_id}")
def show_article(article_id: Annotated[str, Path()], call: NoParameters) -> Response:
    """Show an article's text with everything that was found in it."""
    with call.session() as session:
        desk = Desk(call, session)
        article, text, annotations = answers.get_article(desk, article_id)
        entities = answers.list_article_entities(desk, article_id)
    reader = make_reader(article, text=text, annotations=annotations, entities=entities)
    body = render_reader(reader, root=find_root(call.request))
    return page_response(desk, "article.html", reader=reader, body=body)


@router.get("/speakers")
def show_speakers(
    call: Annotated[Call, Depends(call_for(ListQuery))], asked: Annotated[ListQuery, Query()]
) -> Response:
    """List people, organisations and places, the most quoted first."""
    with call.session() as session:
        desk = Desk(call, session)
        filters = EntityParameters(
            q=asked.q.strip() or None,
            limit=50,
            cursor=asked.cursor or None,
            sort="-quote_count",
        )
        entities = answers.list_entities(desk, filters)
    return page_response(desk, "speakers.html", entities=entities, asked=asked)


@router.get("/speakers/{entity_id}")
def show_speaker(
    entity_id: Annotated[str, Path()],
    call: Annotated[Call, Depends(call_for(SpeakerQuery))],
    asked: Annotated[SpeakerQuery, Query()],
) -> Response:
    """Show everything about a person, an organisation or a place."""
    with call.session() as session:
        desk = Desk(call, session)
        portrait = make_portrait(desk, entity_id, asked)
    return page_response(desk, "speaker.html", portrait=portrait)


@router.get("/search")
def show_search(
    call: Annotated[Call, Depends(call_for(SearchQuery))], asked: Annotated[SearchQuery, Query()]
) -> Response:
    """Search articles, quotations, claims and names."""
    with call.session() as session:
        desk = Desk(call, session)
        found = views.make_search(desk, asked)
    return page_response(desk, "search.html", found=found, asked=asked, q=asked.q)


@router.get("/quotes/check")
def show_check(
    call: Annotated[Call, Depends(call_for(CheckQuery))], asked: Annotated[CheckQuery, Query()]
) -> Response:
    """Say whether a sentence was said, by whom, and which words differ."""
    with call.session() as session:
        desk = Desk(call, session)
        checked = check_text(desk, asked.text)
    return page_response(desk, "check.html", checked=checked)


@router.get("/assets/{name}")
async def show_asset(name: str, request: Request) -> Response:  # noqa: ARG001
    """Serve one of our styles and scripts."""
    path = FILES.get(name)
    if path is None:
        raise ProblemError(404, "There is no such file.")
    return FileResponse(
        path, headers={"Content-Type": TYPES[path.suffix], "Cache-Control": _FOREVER}
    )
