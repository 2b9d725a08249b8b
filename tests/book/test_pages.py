"""Each page of the built book in a headless browser, opened from disk as a reader without network would."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

HTML = Path(__file__).resolve().parents[2] / "build" / "html"
# The theme keeps two fragments of HTML, which are not pages, among its static files.
PAGES = sorted(p.relative_to(HTML).as_posix() for p in HTML.rglob("*.html") if "_static" not in p.parts) or [
    "index.html"
]
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
)
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
TYPESET = "MathJax.startup.promise.then(() => arguments[0](true), e => arguments[0](String(e)))"
# Formulas that the article shows as they were typed; code is left alone.
UNTYPESET = r"""
const article = document.querySelector('article, main, body').cloneNode(true);
article.querySelectorAll('pre, code, script, style, mjx-container').forEach(e => e.remove());
return article.textContent.match(/\\\(.{0,40}|\\\[.{0,40}|\$[^$\n]*\\[^$\n]*\$/g) || [];
"""

pytestmark = pytest.mark.browser


def what_is_missing() -> str:
    """What keeps these tests from running, or nothing."""
    if not (HTML / "index.html").exists():
        return "the book is not built: run `make book`"
    absent = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    return f"no {' and no '.join(absent)}: on Debian, apt-get install chromium chromium-driver" if absent else ""


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """A headless Chromium that logs its console and every request; without one, skipped here but failing in CI."""
    if reason := what_is_missing():
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    driver.set_page_load_timeout(120)
    driver.set_script_timeout(120)
    yield driver
    driver.quit()


@pytest.fixture(params=PAGES)
def page(request, browser):
    """The page at desktop width, loaded with empty logs and typeset."""
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.get("about:blank")
    browser.get_log("browser")
    browser.get_log("performance")
    browser.get((HTML / request.param).as_uri())
    assert browser.execute_async_script(TYPESET) is True
    return browser


def test_no_error_and_no_request_to_another_host(page):
    console = [entry["message"] for entry in page.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
    assert console == []
    events = [json.loads(entry["message"])["message"] for entry in page.get_log("performance")]
    urls = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
    assert any("tex-svg.js" in url for url in urls), "the log of requests must at least show the page's own"
    assert [url for url in urls if not url.startswith(("file:", "data:", "blob:", "about:"))] == []


def test_maths_is_rendered(page):
    formulas = page.execute_script("return document.querySelectorAll('span.math, div.math').length")
    assert page.execute_script("return document.querySelectorAll('mjx-container > svg').length") >= formulas
    assert page.execute_script(UNTYPESET) == []
    assert page.execute_script("return document.querySelectorAll('[data-mml-node=merror]').length") == 0


def test_every_image_loads_and_has_alt_text(page):
    images = page.execute_script("return [...document.images].map(i => [i.alt, i.naturalWidth, i.src.slice(0, 80)])")
    assert [image for image in images if len(image[0].strip()) < 20 or image[1] == 0] == []


def test_every_figure_has_a_caption_and_its_data(page):
    bare = "return [...document.querySelectorAll('figure')].filter(f => !f.querySelector('figcaption')).length"
    assert page.execute_script(bare) == 0
    without_data = """return [...document.querySelectorAll('figure.spinbook-figure')]
        .filter(f => !f.querySelector('a[download][href^="data:text/csv"]')).map(f => f.id)"""
    assert page.execute_script(without_data) == []


def test_fits_a_phone(page):
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    assert page.execute_script("return window.innerWidth") == PHONE["width"]
    assert page.execute_script("return document.documentElement.scrollWidth") <= PHONE["width"]
