"""A browser slices UTF-16 offsets out of the texts that it fetched, from another origin."""

import pytest
from playwright.sync_api import Browser

from tests.api.conftest import running_server
from tests.contract.hard_texts import HARD_TEXTS, read_hard_texts

pytestmark = [pytest.mark.browser, pytest.mark.model]

SCRIPT = """
async (base) => {
  const get = async (path) => (await fetch(base + path)).json();
  let checked = 0;
  const wrong = [];
  const look = (node, text) => {
    if (Array.isArray(node)) return node.forEach((one) => look(one, text));
    if (node === null || typeof node !== "object") return;
    if ("start" in node && "end" in node && typeof node.text === "string") {
      checked += 1;
      if (text.slice(node.start, node.end) !== node.text) wrong.push(node);
    }
    Object.values(node).forEach((one) => look(one, text));
  };
  const page = await get("/v1/articles?limit=200");
  for (const article of page.data) {
    const text = await (await fetch(base + article.links.text)).text();
    look(await get(article.links.annotations + "?offset_unit=utf16"), text);
  }
  return { articles: page.data.length, checked, wrong };
}
"""


def test_javascript_slices_the_words_of_every_span(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings = read_hard_texts(tmp_path_factory.mktemp("offsets"))
    with running_server(settings) as (address, _):
        page = browser.new_page()
        # Another name is another origin: everybody may call.
        page.goto(address.replace("127.0.0.1", "localhost") + "/healthz")
        told = page.evaluate(SCRIPT, address)
        page.close()
    assert told["wrong"] == []
    assert told["articles"] == len(HARD_TEXTS)
    assert told["checked"] > 100
