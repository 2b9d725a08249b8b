"""Each page of the built book in a headless browser, opened from disk as a reader without network would.

A page is loaded once for all of its tests, so each test leaves it as it was: desktop, light.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from urllib.parse import unquote, urlparse

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
LARGEST_PAGE = 10**6
LARGEST_SCRIPTS = 3 * 10**6
# WCAG 2.0 and 2.1, levels A and AA; the name of a control must hold its words (2.5.3), which axe tries out.
CONFORMANCE = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "rules": {"label-content-name-mismatch": {"enabled": True}, "color-contrast": {"enabled": False}},
    "resultTypes": ["violations"],
}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
LINKS = {"runOnly": {"type": "rule", "values": ["link-in-text-block"]}, "resultTypes": ["violations"]}
# Formulas are drawings of one colour, that of the text around them.
RUN_AXE = """
const [include, options, done] = arguments;
const told = (v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 200)} ${n.failureSummary.slice(0, 300)}`);
axe.run({include: include, exclude: [["mjx-container"]]}, options)
   .then((found) => done(found.violations.flatMap(told)), (error) => done([String(error)]));
"""
# Contrast takes axe seconds a thousand elements: it is measured on one of all that look alike, those of one colour,
# size and weight on the same grounds. The element must have words of its own and be seen.
MARK_ALL_LOOKS = """
document.querySelectorAll("[data-look]").forEach((e) => e.removeAttribute("data-look"));
const looks = new Set();
for (const e of document.body.querySelectorAll("*")) {
  if (e.closest("mjx-container, svg, script, style, noscript, dialog:not([open])") || !e.checkVisibility()) continue;
  if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
  const style = getComputedStyle(e), look = [style.color, style.fontSize, style.fontWeight];
  for (let a = e; a; a = a.parentElement) {
    const s = getComputedStyle(a);
    look.push(s.backgroundColor, s.backgroundImage, s.opacity);
  }
  const key = look.filter((part) => part !== "rgba(0, 0, 0, 0)" && part !== "none" && part !== "1").join();
  if (!looks.has(key)) { looks.add(key); e.dataset.look = ""; }
}
return looks.size;
"""
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


@contextmanager
def shown(browser, *, phone: bool = False, dark: bool = False, printed: bool = False):
    """The page in another rendering, and as it was afterwards."""
    media = {"media": "print" if printed else "", "features": []}
    try:
        if phone:
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        browser.execute_script("document.documentElement.dataset.theme = arguments[0]", "dark" if dark else "light")
        # Tables become cards a moment after the window has changed.
        browser.execute_async_script("setTimeout(arguments[1], arguments[0])", 250 if phone else 50)
        yield
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
        browser.execute_script("document.documentElement.dataset.theme = 'light'")


def opened(browser, name):
    """Load a page of the book with empty logs, until it is typeset.

    Chromium's driver now and then returns while a page is still being read.
    """
    from selenium.webdriver.support.wait import WebDriverWait

    browser.get("about:blank")
    browser.get_log("browser")
    browser.get_log("performance")
    browser.get((HTML / name).as_uri())
    WebDriverWait(browser, 60).until(lambda b: b.execute_script("return document.readyState") == "complete")
    assert browser.execute_async_script(TYPESET) is True


@pytest.fixture(params=PAGES, scope="module")
def page(request, browser):
    """The page at desktop width, light, loaded with empty logs and typeset."""
    opened(browser, request.param)
    browser.execute_script("document.documentElement.dataset.theme = 'light'")
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
    with shown(page, phone=True):
        assert page.execute_script("return window.innerWidth") == PHONE["width"]
        assert page.execute_script("return document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("rendering", [{}, {"dark": True}, {"phone": True}, {"phone": True, "dark": True}], ids=str)
def test_wcag_finds_nothing_to_object_to(page, rendering):
    if not page.execute_script("return 'axe' in window"):
        page.execute_script((files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8"))
    with shown(page, **rendering):
        assert page.execute_script(MARK_ALL_LOOKS) > 5
        found = page.execute_async_script(RUN_AXE, [["[data-look]"]], CONTRAST)
        # What does not depend on colours is asked in the light.
        found += page.execute_async_script(RUN_AXE, [["html"]], LINKS if "dark" in rendering else CONFORMANCE)
        assert found == []


def test_own_bytes_and_scripts_are_few(page):
    own = HTML / unquote(urlparse(page.current_url).path).removeprefix(HTML.as_posix()).lstrip("/")
    assert own.stat().st_size <= LARGEST_PAGE
    scripts = page.execute_script("return [...document.scripts].map(s => s.src).filter(Boolean)")
    assert any("tex-svg.js" in script for script in scripts)
    sizes = {script: Path(unquote(urlparse(script).path)).stat().st_size for script in set(scripts)}
    assert sum(sizes.values()) <= LARGEST_SCRIPTS, sizes


SHOWN_PICTURES = """
return [...document.querySelectorAll("figure.spinbook-figure")].map((figure) =>
  [...figure.querySelectorAll("img")].filter((i) => i.checkVisibility()).map((i) => i.className.includes("-dark ")))
"""


@pytest.mark.parametrize(
    ("rendering", "dark"),
    [
        ({}, False),
        ({"dark": True}, True),
        ({"phone": True, "dark": True}, True),
        ({"dark": True, "printed": True}, False),
    ],
    ids=str,
)
def test_each_figure_shows_the_picture_for_its_ground(page, rendering, dark):
    with shown(page, **rendering):
        pictures = page.execute_script(SHOWN_PICTURES)
        assert all(shown and set(shown) == {dark} for shown in pictures)
        if "phone" not in rendering:
            assert all(len(shown) == 1 for shown in pictures)


@pytest.mark.parametrize(
    ("rendering", "wanted"),
    [
        ({}, (False, False)),
        ({"dark": True}, (True, False)),
        ({"phone": True}, (False, True)),
        ({"phone": True, "dark": True}, (True, True)),
        ({"dark": True, "printed": True}, (False, False)),
    ],
    ids=str,
)
def test_the_first_page_shows_one_picture_of_each_figure(browser, rendering, wanted):
    """The one for its ground, dark or light, and for its width, narrow or not."""
    pictures = """return [...document.querySelectorAll(".front-picture:has(.front-dark)")].map(figure =>
        [...figure.querySelectorAll("img")].filter(i => i.checkVisibility()).map(i =>
        [i.classList.contains("front-dark"), i.classList.contains("front-narrow")]))"""
    opened(browser, "index.html")
    with shown(browser, **rendering):
        found = browser.execute_script(pictures)
        assert found
        assert all(len(seen) == 1 and tuple(seen[0]) == wanted for seen in found), found


def test_formulas_begin_inside_the_text_of_a_phone(page):
    """A formula that is too wide scrolls, and shows its beginning first."""
    cut = """const article = document.querySelector(".bd-article");
        if (!article) return [];
        const left = article.getBoundingClientRect().left;
        return [...document.querySelectorAll(".bd-article mjx-container[display=true] > svg")].filter(e =>
        e.checkVisibility() && e.getBoundingClientRect().left < left - 1).map(e => e.parentElement.textContent)"""
    with shown(page, phone=True):
        assert page.execute_script(cut) == []


def test_figures_fit_a_phone_and_can_be_read_there(page):
    """Each shown picture or part of one fits the text, and is at least two thirds of its size on a desktop."""
    scales = """return [...document.querySelectorAll("figure.spinbook-figure img")].filter(i => i.checkVisibility())
        .map(i => [i.closest("figure").id, i.getBoundingClientRect().width * 2 / i.naturalWidth,
                   (i.closest(".spinbook-panel") || i).getBoundingClientRect().right])"""
    with shown(page, phone=True):
        for figure, scale, right in page.execute_script(scales):
            assert right <= PHONE["width"], figure
            assert scale > 0.3, figure


def test_wide_things_scroll_and_the_keyboard_reaches_them(page):
    unreachable = """return [...document.querySelectorAll(".bd-article *")].filter(e =>
        ["auto", "scroll"].includes(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth + 1
        && e.checkVisibility() && e.tabIndex < 0).map(e => e.outerHTML.slice(0, 150))"""
    for phone in (False, True):
        with shown(page, phone=phone):
            assert page.execute_script(unreachable) == []


def test_paper_is_light_and_cuts_no_code(page):
    cut = """return [...document.querySelectorAll(".bd-article pre")].filter(e => e.checkVisibility()
        && e.scrollWidth > e.clientWidth + 1).map(e => e.textContent.slice(0, 100))"""
    hidden = ".bd-sidebar-primary, .bd-sidebar-secondary, .copybtn, .spinbook-enlarge, details:not([open])"
    seen = f"return [...document.querySelectorAll('{hidden}')].filter(e => e.checkVisibility()).length"
    with shown(page, dark=True, printed=True):
        assert page.execute_script(cut) == []
        assert page.execute_script("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.execute_script(seen) == 0


CHAPTER_PAGES = [name for name in PAGES if name.startswith("chapters/")]


@pytest.mark.parametrize("name", CHAPTER_PAGES)
def test_a_chapter_offers_its_notebook(name):
    text = (HTML / name).read_text(encoding="utf-8")
    (link,) = re.findall(r'<a href="([^"]*[.]ipynb)" download>', text)
    notebook = json.loads(((HTML / name).parent / link).read_text(encoding="utf-8"))
    assert any("colab" in cell["metadata"].get("tags", []) for cell in notebook["cells"])
    assert all(not cell.get("outputs") for cell in notebook["cells"])


def test_names_of_the_library_are_links():
    chapters = "".join((HTML / name).read_text(encoding="utf-8") for name in CHAPTER_PAGES)
    targets = re.findall(r'href="[./]*(api_\w+[.]html)#(spinlib[.\w]+)"[^>]*>\s*<code', chapters)
    assert targets
    for file, anchor in set(targets):
        assert f'id="{anchor}"' in (HTML / file).read_text(encoding="utf-8")


def keys(browser, *pressed):
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(browser).send_keys(*pressed).perform()


FIGURES = [name for name in PAGES if '<figure class="spinbook-figure' in (HTML / name).read_text(encoding="utf-8")]
DIALOG = """const d = document.querySelector("dialog.spinbook-dialog"), i = d.querySelector("img:not(.spinbook-dark)");
return [d.open, d.open && i.checkVisibility() && i.naturalWidth > 0, d.querySelector("h2").textContent]"""


@pytest.mark.parametrize("name", FIGURES[:1])
def test_a_figure_enlarges_by_keyboard_and_by_mouse(browser, name):
    from selenium.webdriver.common.keys import Keys

    opened(browser, name)
    browser.execute_script("document.querySelector('.spinbook-enlarge').focus()")
    keys(browser, Keys.ENTER)
    assert browser.execute_script(DIALOG) == [True, True, "Figure 1"]
    reach = "return document.activeElement.closest('dialog') !== null"
    assert browser.execute_script(reach)
    keys(browser, Keys.ESCAPE)
    assert browser.execute_script(DIALOG)[0] is False
    assert browser.execute_script("return document.activeElement.className") == "spinbook-enlarge"
    picture = browser.find_element("css selector", ".spinbook-picture img")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", picture)
    picture.click()
    assert browser.execute_script(DIALOG) == [True, True, "Figure 1"]
    browser.find_element("css selector", "dialog.spinbook-dialog button").click()
    assert browser.execute_script(DIALOG)[0] is False


@pytest.mark.parametrize("name", FIGURES[:1])
def test_a_tap_on_a_phone_shows_the_whole_picture_at_its_resolution(browser, name):
    opened(browser, name)
    with shown(browser, phone=True):
        browser.execute_script(
            "[...document.querySelectorAll('.spinbook-panels, .spinbook-picture img')]"
            ".find(e => e.checkVisibility()).click()"
        )
        assert browser.execute_script(DIALOG)[:2] == [True, True]
        width = """const i = document.querySelector('.spinbook-dialog img');
            return i.getBoundingClientRect().width * devicePixelRatio / i.naturalWidth"""
        assert browser.execute_script(width) == pytest.approx(1, abs=0.01)
        browser.execute_script("document.querySelector('dialog').close()")


CAPTION = """const f = [...document.querySelectorAll("figure.spinbook-in-parts")]
    .find((f) => f.querySelector(".spinbook-side"));
return f.querySelector("figcaption").textContent.match(/(Left|Right|Top|Bottom)/)[0]
    + getComputedStyle(f.querySelector(".spinbook-side"), "::after").content;"""


def test_a_caption_says_where_a_phone_puts_the_panels(browser):
    opened(browser, "chapters/vae/corrected_sampling.html")
    assert browser.execute_script(CAPTION) == "Leftnone"
    with shown(browser, phone=True):
        assert browser.execute_script(CAPTION).endswith('"Top"')


def test_wide_tables_are_cards_on_a_phone(browser):
    opened(browser, "notation.html")
    with shown(browser, phone=True):
        titles = """return [...document.querySelectorAll("table.spinbook-cards td")].map(c =>
            getComputedStyle(c, "::before").content)"""
        shown_titles = set(browser.execute_script(titles))
        assert {'"symbol"', '"meaning"'} <= shown_titles
    opened(browser, "chapters/library/sampler_rates.html")
    with shown(browser, phone=True):
        assert '"χ²"' in browser.execute_script(titles)
