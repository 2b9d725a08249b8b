"""Each page of the built book in a headless browser, opened from disk as a reader without network would."""

from __future__ import annotations

import json

import pytest

from tests.book.conftest import HTML

# The theme keeps two fragments of HTML, which are not pages, among its static files.
PAGES = sorted(p.relative_to(HTML).as_posix() for p in HTML.rglob("*.html") if "_static" not in p.parts) or ["index.html"]
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
TYPESET = "MathJax.startup.promise.then(() => arguments[0](true), e => arguments[0](String(e)))"
# Text of the article where a formula was left as it was typed; code is left alone.
UNTYPESET = r"""
const article = document.querySelector('article, main, body').cloneNode(true);
article.querySelectorAll('pre, code, script, style, mjx-container').forEach(e => e.remove());
return article.textContent.match(/\\\(.{0,40}|\\\[.{0,40}|\$[^$\n]*\\[^$\n]*\$/g) || [];
"""

pytestmark = pytest.mark.browser


def requests(browser) -> list[str]:
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]


@pytest.fixture(params=PAGES)
def page(request, browser):
    """The page, loaded with empty logs at desktop width."""
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.get("about:blank")
    browser.get_log("browser")
    browser.get_log("performance")
    browser.get((HTML / request.param).as_uri())
    return browser


def test_page_is_quiet_offline_and_readable(page):
    if page.execute_script("return typeof MathJax !== 'undefined' && !!document.querySelector('.math, .spinbook-table')"):
        assert page.execute_async_script(TYPESET) is True
    console = [entry["message"] for entry in page.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
    assert console == []
    elsewhere = [url for url in requests(page) if not url.startswith(("file:", "data:", "blob:", "about:"))]
    assert elsewhere == []

    assert page.execute_script(UNTYPESET) == []
    formulas = page.execute_script("return document.querySelectorAll('span.math, div.math').length")
    drawn = page.execute_script("return document.querySelectorAll('mjx-container > svg').length")
    assert drawn >= formulas
    assert page.execute_script("return document.querySelectorAll('[data-mml-node=merror]').length") == 0

    images = page.execute_script("return [...document.images].map(i => [i.alt, i.naturalWidth, i.src.slice(0, 80)])")
    assert [image for image in images if len(image[0].strip()) < 20 or image[1] == 0] == []
    assert page.execute_script("return document.querySelectorAll('figure:not(:has(figcaption))').length") == 0

    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    assert page.execute_script("return window.innerWidth") == PHONE["width"]
    assert page.execute_script("return document.documentElement.scrollWidth") <= PHONE["width"]
