"""The theme's icons as drawings in the page, so that it needs no script of 1.5 MB for a dozen of them."""

from __future__ import annotations

import re

ICON = re.compile(r'<i class="(?P<css>(?:[\w-]+ )*fa-solid fa-(?P<name>[a-z0-9-]+)[^"]*)"(?P<more>[^>]*)></i>')
SCRIPT = re.compile(r"<(?:script|link)[^>]*fontawesome/[^>]*all\.min\.js[^>]*>(?:</script>)?\n?")


def shape(name: str, script: str) -> tuple[str, str, str] | None:
    """Width, height and path of a solid icon in the text of Font Awesome's script, where the solid ones stand last."""
    pattern = rf'[,{{]"?{re.escape(name)}"?:\[(\d+),(\d+),\[[^\]]*\],"\w+","([^"]+)"\]'
    found = re.findall(pattern, script)
    return found[-1] if found else None


def drawn(page: str, script: str) -> str:
    """A page whose icons are drawings and which does without the script; an icon that it lacks is left alone."""

    def drawing(match: re.Match[str]) -> str:
        if (found := shape(match["name"], script)) is None:
            return match[0]
        css = match["css"].replace("fa-solid ", "spinbook-icon ")
        return (
            f'<svg class="{css}"{match["more"]} viewBox="0 0 {found[0]} {found[1]}" aria-hidden="true">'
            f'<path fill="currentColor" d="{found[2]}"></path></svg>'
        )

    return ICON.sub(drawing, SCRIPT.sub("", page))
