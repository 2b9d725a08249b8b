"""The first page, the pages that open a part, and the scorecard, in a headless browser and opened from disk."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import yaml

from spinbook.pages import front, items, live_ising
from spinlib.exact import kaufman, onsager
from spinlib.statistics import mean_and_error

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "build" / "html"
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
SIZE = 16
# Energies and |m| per site after each sweep, of a lattice that begins all up.
SERIES = """
const [size, seed, temperature, settle, sweeps] = arguments;
const lattice = new LiveIsing.Lattice(size, seed), energy = [], magnetization = [];
for (let i = 0; i < settle; i++) lattice.sweep(temperature);
for (let i = 0; i < sweeps; i++) {
  lattice.sweep(temperature);
  energy.push(lattice.energy());
  magnetization.push(Math.abs(lattice.magnetization()));
}
return [energy, magnetization];
"""
ROWS = "return [...document.querySelectorAll('tr[data-verdict]')]"


def what_is_missing() -> str:
    """What keeps these tests from running, or nothing."""
    if not (HTML / "index.html").exists():
        return "the book is not built: run `make book`"
    absent = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    return f"no {' and no '.join(absent)}: on Debian, apt-get install chromium chromium-driver" if absent else ""


def driver(folder: Path, *flags: str):
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for flag in (*FLAGS, f"--user-data-dir={folder}", *flags):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    if reason := what_is_missing():
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    opened = driver(tmp_path_factory.mktemp("chromium"))
    yield opened
    opened.quit()


@pytest.fixture
def page(browser):
    """Opens a page at desktop width, with no preference about motion."""

    def opened(name: str):
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
        browser.get_log("browser")
        load(browser, (HTML / name.partition("?")[0]).as_uri() + "".join(name.partition("?")[1:]))
        return browser

    return opened


def load(browser, address: str) -> None:
    """Open a page and wait until it is whole: Chromium's driver now and then returns while it is still being read."""
    browser.get(address)
    path, state = address.partition("?")[0], "return [location.href.split(/[?#]/)[0], document.readyState]"
    wait_for(lambda: browser.execute_script(state) == [path, "complete"])


def live(browser, name: str):
    return browser.find_element("css selector", f"[data-live={name}]")


def wait_for(condition, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.1)


@pytest.mark.parametrize("temperature", [3.0, 1.5])
def test_the_live_lattice_has_kaufman_s_energy(page, temperature):
    """The exact energy of this very size; a cold start is in equilibrium at 1.5 after a few sweeps."""
    index = page("index.html")
    energies, magnetizations = index.execute_script(SERIES, SIZE, 5, temperature, 500, 20_000)
    energy = mean_and_error(np.array(energies))
    assert energy.valid
    assert energy.error < 0.003
    assert abs(energy.value - kaufman.energy(temperature, (SIZE, SIZE))) < 3.5 * energy.error
    if temperature < onsager.critical_temperature():
        magnetization = mean_and_error(np.array(magnetizations))
        assert abs(magnetization.value - onsager.magnetization(temperature)) < 3.5 * magnetization.error


def test_a_seed_fixes_the_live_lattice(page):
    index = page("index.html")
    first, again, other = (index.execute_script(SERIES, 8, seed, 2.5, 0, 50) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_an_odd_lattice_is_refused(page):
    asked = "try { new LiveIsing.Lattice(5, 1); return 'taken' } catch (error) { return error.name }"
    assert page("index.html").execute_script(asked) == "RangeError"


def test_the_page_runs_the_lattice_it_shows_and_stops(page):
    index = page("index.html")
    index.execute_script("document.querySelector('.live-ising').scrollIntoView()")
    wait_for(lambda: int(live(index, "sweeps").text) > 300)
    temperature = float(live(index, "shown-temperature").text)
    assert temperature == live_ising.START
    shown = [float(e.text.replace("−", "-")) for e in live(index, "energy").find_elements("css selector", "b")]
    assert shown[2] == pytest.approx(onsager.energy(temperature), abs=2e-3)
    assert shown[1] == pytest.approx(shown[2], abs=0.2)
    live(index, "run").click()
    stopped = live(index, "sweeps").text
    time.sleep(0.5)
    assert live(index, "sweeps").text == stopped
    assert live(index, "run").text == "Start"


def test_the_keyboard_moves_the_temperature_and_the_size_is_a_choice(page):
    from selenium.webdriver import Keys

    index = page("index.html")
    index.execute_script("document.querySelector('.live-ising').scrollIntoView()")
    live(index, "temperature").send_keys(Keys.ARROW_RIGHT * 3)
    assert float(live(index, "shown-temperature").text) == pytest.approx(live_ising.START + 0.03)
    live(index, "size").send_keys("16")
    assert index.execute_script("return document.querySelector('.live-lattice').width") == 16
    live(index, "random").send_keys(Keys.ENTER)
    assert live(index, "energy").text.startswith("Energy per site: now ")


def test_the_lattice_waits_where_motion_is_not_wanted(page, browser):
    page("index.html")
    wanted = {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", wanted)
    load(browser, (HTML / "index.html").as_uri())
    browser.execute_script("document.querySelector('.live-ising').scrollIntoView()")
    time.sleep(1.5)
    assert live(browser, "run").text == "Start"
    assert live(browser, "sweeps").text == "0"
    live(browser, "run").click()
    wait_for(lambda: int(live(browser, "sweeps").text) > 0)


def test_the_lattice_waits_while_it_is_out_of_view(page):
    index = page("index.html")
    index.execute_script("window.scrollTo(0, 0)")
    root = index.find_element("css selector", ".live-ising")
    wait_for(lambda: root.get_attribute("data-visible") == "false")
    before = index.execute_script("return document.querySelector('[data-live=sweeps]').textContent")
    time.sleep(1)
    assert index.execute_script("return document.querySelector('[data-live=sweeps]').textContent") == before


def test_tc_is_marked_where_the_slider_has_it(page):
    index = page("index.html")
    index.execute_script(
        "document.querySelector('[data-live=temperature]').value = JSON.parse(document.querySelector("
        "'.live-ising-curves').textContent).critical"
    )
    share = float(
        index.execute_script("return document.querySelector('.live-ising').style.getPropertyValue('--live-critical')")
    )
    low, high = (float(live(index, "temperature").get_attribute(end)) for end in ("min", "max"))
    assert low + share * (high - low) == pytest.approx(onsager.critical_temperature())


def scorecard_rows() -> list[dict]:
    return json.loads((ROOT / "build" / "scorecard.json").read_text(encoding="utf-8"))


def test_the_first_page_has_the_totals_of_the_scorecard(page):
    index = page("index.html")
    for paper in ("dp", "dnn", "vae", "vit", "fid"):
        count = Counter(r["verdict"] for r in scorecard_rows() if r["paper"] == paper and r["source"] != "ours")
        badges = index.find_elements("css selector", f"section[aria-label='Paper {paper}'] .front-totals a")
        assert sorted(badge.text for badge in badges) == sorted(f"{n} {verdict}" for verdict, n in count.items())
    assert front.ASKED.search(index.find_element("css selector", "article").text) is None


@pytest.mark.parametrize("paper", ["dp", "dnn", "vae"])
def test_a_part_opens_with_ten_sentences_and_all_its_figures(page, paper):
    opened = page(f"{paper}.html")
    sentences = opened.find_elements("css selector", "article section section:first-of-type > ol > li")
    assert len(sentences) == 10
    table = opened.find_elements("css selector", "table.front-cards tbody tr")
    named = [line.find_elements("css selector", "td")[0].text for line in table]
    assert named == [
        items.item_name(item).replace("\N{NO-BREAK SPACE}", " ") for item, _ in items.items_in_order(paper, ROOT)
    ]
    badges = opened.find_elements("css selector", "table.front-cards tbody a.spinbook-badge")
    assert len(badges) == sum(row["paper"] == paper for row in scorecard_rows())
    assert front.ASKED.search(opened.find_element("css selector", "article").text) is None


@pytest.mark.parametrize("name", ["index.html", "dp.html", "dnn.html", "vae.html", "scorecard.html"])
def test_links_to_claims_and_figures_lead_to_something(page, name):
    opened = page(name)
    links = opened.execute_script(
        "return [...document.querySelectorAll('article a[href^=\"chapters/\"]')].map(a => a.getAttribute('href'))"
    )
    assert links
    texts = {link.partition("#")[0]: (HTML / link.partition("#")[0]).read_text(encoding="utf-8") for link in links}
    dead = [
        link for link in links if "#" in link and f'id="{link.partition("#")[2]}"' not in texts[link.partition("#")[0]]
    ]
    assert dead == []


def test_the_scorecard_shows_all_rows_without_javascript(tmp_path_factory, browser):
    plain = driver(tmp_path_factory.mktemp("plain"), "--blink-settings=scriptEnabled=false")
    try:
        load(plain, (HTML / "scorecard.html").as_uri())
        rows = plain.find_elements("css selector", "tr[data-verdict]")
        assert len(rows) == len(scorecard_rows())
        assert all(row.is_displayed() for row in rows)
        assert not plain.find_element("css selector", ".scorecard-filter").is_displayed()
    finally:
        plain.quit()


def visible(opened) -> list[list[str]]:
    return opened.execute_script(
        ROWS + ".filter(r => r.offsetParent !== null).map(r => [r.dataset.paper, r.dataset.verdict, r.dataset.source])"
    )


def test_the_filter_leaves_what_was_asked_for(page):
    from selenium.webdriver import Keys

    opened = page("scorecard.html")
    everything = visible(opened)
    assert len(everything) == len(scorecard_rows())
    opened.find_element("css selector", "select[name=paper]").send_keys("dnn")
    assert visible(opened) == [row for row in everything if row[0] == "dnn"]
    opened.find_element("css selector", "select[name=verdict]").send_keys("fails")
    chosen = [row for row in everything if row[:2] == ["dnn", "fails"]]
    assert chosen
    assert visible(opened) == chosen
    told = opened.find_element("css selector", ".scorecard-filter [data-told]").text
    assert told == f"{len(chosen)} of {len(everything)} rows shown"
    opened.find_element("css selector", ".scorecard-filter button").send_keys(Keys.ENTER)
    wait_for(lambda: visible(opened) == everything)


def test_a_link_may_choose_what_the_filter_shows(page):
    opened = page("scorecard.html?paper=dp&verdict=holds")
    shown = visible(opened)
    assert shown
    assert {tuple(row[:2]) for row in shown} == {("dp", "holds")}


def test_on_a_phone_rows_are_cards(page):
    opened = page("scorecard.html")
    opened.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    row = opened.execute_script(ROWS + "[0].getBoundingClientRect().toJSON()")
    assert row["width"] <= PHONE["width"]
    cells = opened.execute_script(
        ROWS + "[0].querySelectorAll('td:not([data-empty])').values().map(c => c.getBoundingClientRect().top).toArray()"
    )
    assert cells == sorted(cells)
    assert len(set(cells)) == len(cells) > 1
    titles = opened.execute_script(ROWS + ".map(r => getComputedStyle(r.cells[0], '::before').content)")
    assert set(titles) == {'"Claim"'}


def test_references_lead_to_their_publishers(page):
    opened = page("references.html")
    found = opened.execute_script(
        "return [...document.querySelectorAll('article a[href*=\"doi.org/\"]')].map(a => a.href)"
    )
    entries = (ROOT / "book" / "references.bib").read_text(encoding="utf-8").count("\n  doi ")
    assert len(found) == entries > 40


def test_the_citation_is_that_of_the_file(page):
    shown = page("index.html").find_element("css selector", ".highlight-bibtex").text
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text())["title"] in " ".join(shown.split())
