"""Icons of the theme are drawn in the page."""

from spinbook.pages import icons

SCRIPT = 'a={sun:[1,2,[9],"f1","M9"]};b={"sun":[512,500,[9728],"f185","M1 2z"],"angle-left":[320,512,[],"f104","M3"]}'


def test_an_icon_becomes_the_solid_drawing_and_keeps_its_place():
    page = '<i class="theme-switch fa-solid fa-sun fa-lg" data-mode="light"></i><i class="fa-solid fa-angle-left"></i>'
    assert icons.drawn(page, SCRIPT) == (
        '<svg class="theme-switch spinbook-icon fa-sun fa-lg" data-mode="light" '
        'viewBox="0 0 512 500" aria-hidden="true">'
        '<path fill="currentColor" d="M1 2z"></path></svg>'
        '<svg class="spinbook-icon fa-angle-left" viewBox="0 0 320 512" aria-hidden="true">'
        '<path fill="currentColor" d="M3"></path></svg>'
    )


def test_an_icon_that_is_not_there_is_left_alone():
    page = '<i class="fa-solid fa-moon"></i><i>words</i>'
    assert icons.drawn(page, SCRIPT) == page


def test_the_script_goes_and_no_other():
    own = '<script src="_static/tables.js"></script>'
    script = '<script src="_static/vendor/fontawesome/6.5.2/js/all.min.js?digest=1"></script>\n'
    preload = '<link rel="preload" as="script" href="../_static/vendor/fontawesome/6.5.2/js/all.min.js" />\n'
    style = '<link href="_static/vendor/fontawesome/6.5.2/css/all.min.css" rel="stylesheet" />'
    assert icons.drawn(script + own + preload + style, SCRIPT) == own + style
