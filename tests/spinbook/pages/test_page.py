import math

import pytest

from spinbook.claims.verdict import VERDICTS
from spinbook.pages import page


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (2.26914, 0.00134, "2.2691 ± 0.0013"),
        (2.26914, 0.0, "2.269"),
        (12345.0, 0.0, "12345"),
        (2.26914, math.nan, "2.269 (no valid error)"),
        (2.5, None, "2.5"),
        (123.4, 56.7, "123 ± 57"),
        (3.89e-7, 4.5e-8, r"$(3.89 \pm 0.45) \times 10^{-7}$"),
        (-2e-8, 4.5e-7, r"$(-0.2 \pm 4.5) \times 10^{-7}$"),
        (0.6931472, 6.2e-6, "0.6931472 ± 0.0000062"),
        (-0.5, 0.1, "-0.50 ± 0.10"),
        (None, None, ""),
        ([1.5, 2.0], None, "1.5, 2"),
        ("1.53-1.71", None, "1.53-1.71"),
        (1.0, 0.0999, "1.00 ± 0.10"),
        (-0.001, 0.12, "0.00 ± 0.12"),
    ],
)
def test_numbers_are_rounded_to_their_error(value, error, text):
    assert page.number(value, error) == text


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("2.2691 ± 0.0013", "2.2691(13)"),
        ("-0.313 ± 0.076", "-0.313(76)"),
        ("17.8 ± 9.6", "17.8(96)"),
        ("439 ± 175", "439(175)"),
        ("0.998 ± 0.000", "0.998(0)"),
        ("2.269", "2.269"),
        ("2.269 (no valid error)", "2.269 (no valid error)"),
        ("2e+07 ± 3e+05", "2e+07 ± 3e+05"),
        (r"$(3.89 \pm 0.45) \times 10^{-7}$", r"$(3.89 \pm 0.45) \times 10^{-7}$"),
        ("not run", "not run"),
    ],
)
def test_wide_tables_have_the_error_of_the_last_digits_in_brackets(text, short):
    assert page.bracketed(text) == short


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.012, "12 ms"), (3.44, "3.4 s"), (725, "12 min"), (7500, "2 h 5 min"), (59.0, "59.0 s")]
)
def test_durations(seconds, text):
    assert page.duration(seconds) == text


def test_prose_is_escaped_and_keeps_mathematics_and_code():
    html = page.prose("a < b & $x < y$ by `run <x>`")
    assert html == (
        r'a &lt; b &amp; <span class="math notranslate nohighlight">\(x &lt; y\)</span> by <code>run &lt;x&gt;</code>'
    )


def test_a_bracket_stays_with_the_formula_behind_it():
    assert page.prose("ours ($x$ = 1)").startswith('ours <span class="spinbook-whole">(<span class="math')
    assert page.prose("ours (x = 1)") == "ours (x = 1)"


def test_a_number_and_its_error_stay_on_one_line_of_a_table():
    table = page.table("Cap", ("a", "b"), [("0.80 ± 0.02", "0.80 ± 0.02 of all")])
    assert '<td><span class="spinbook-whole">0.80 ± 0.02</span></td><td>0.80 ± 0.02 of all</td>' in table


def test_text_has_the_words_of_the_page():
    table = page.table("Cap", ("a", "b"), [("1 &lt; 2", "<b>x</b>")])
    assert page.as_text(table).split("\n") == ["Cap", "a  b  ", "1 < 2  x"]


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_badge_says_its_verdict_in_words(verdict):
    assert page.as_text(page.badge(verdict)) == verdict


def test_outside_a_notebook_text_is_printed(capsys):
    page.show("<p>hello</p>")
    assert capsys.readouterr().out == "hello\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("-0.0080 ± 0.0014", "−0.0080 ± 0.0014"),
        ("exact: -2, (-1.5) and $-J$", "exact: −2, (−1.5) and"),
        ("2026-11-28, SHA3-512, 1.53 - 1.71, `-1`", "2026-11-28, SHA3-512, 1.53 - 1.71, <code>-1</code>"),
    ],
)
def test_a_number_below_zero_has_a_minus_sign_and_names_keep_their_hyphens(text, shown):
    assert shown in page.prose(text)


def test_a_typed_number_keeps_its_digits():
    assert [page.written(value) for value in (2.269185, 0.004, 72, "nearly 100", None)] == [
        "2.269185",
        "0.004",
        "72",
        "nearly 100",
        "",
    ]


def test_names_break_behind_a_slash_or_an_underscore_alone():
    assert page.breakable("dnn/four_by") == "<code>dnn/<wbr>four_<wbr>by</code>"


def test_powers_of_ten_are_written_as_such_outside_code():
    assert page.prose("at most 5.5e-05 J, 2e+06 draws") == (
        'at most <span class="math notranslate nohighlight">\\(5.5 \\times 10^{-5}\\)</span> J, '
        '<span class="math notranslate nohighlight">\\(2 \\times 10^{6}\\)</span> draws'
    )
    assert page.prose("`rate=1e-3` and fe-05") == "<code>rate=1e-3</code> and fe-05"


def test_an_autocorrelation_time_has_its_index():
    assert page.prose("2 tau_int") == '2 <span class="math notranslate nohighlight">\\(\\tau_\\mathrm{int}\\)</span>'
    assert page.prose("`tau_int`") == "<code>tau_int</code>"


def test_of_a_rounding_error_only_the_size_is_shown():
    assert page.number(7.10543e-15, 0.0) == "7e-15"
    assert page.number(0.0, 0.0) == "0"


@pytest.mark.parametrize(
    ("item", "name"), [("fig2a", "Fig.\xa02a"), ("figS1", "Fig.\xa0S1"), ("text3", "Text\xa03"), ("causes", "Causes")]
)
def test_items_are_called_as_a_reader_calls_them(item, name):
    row = {"item": f"vae/{item}", "claim": f"{item}/second_lowest", "verdict": "holds"}
    assert f"<strong>{name}</strong>" in page.answer("Found.", [row])
    assert f"{name}, second lowest: " in page.verdict_link(row, "#here")
