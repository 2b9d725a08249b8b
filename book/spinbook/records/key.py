"""Which record is meant: its name, and the settings, version and other records that it must have been made with."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .. import layout
from . import storage


@dataclasses.dataclass(frozen=True)
class Key:
    """A record `<paper>/<name>` as its experiment declares it.

    Attributes
    ----------
    root : Path
        The folder that holds `book/`.
    name : str
        `<paper>/<name>`.
    settings : dict
        Scale to settings, as plain JSON values.
    version : int
        Raised by hand where a change of code changes the result.
    device : str
        "cpu", or the accelerator without which the record is not computed.
    compare : dict
        Which numbers are compared with another run's, and how; see spinbook.records.comparison.
    uses : tuple of Key
        The records that this one is computed from.
    """

    root: Path
    name: str
    settings: dict[str, dict[str, Any]]
    version: int = 1
    device: str = "cpu"
    compare: dict[str, Any] = dataclasses.field(default_factory=dict)
    uses: tuple[Key, ...] = ()

    @property
    def path(self) -> Path:
        return self.root / "book" / "records" / f"{self.name}.json"

    @property
    def largest_scale(self) -> str:
        """The largest declared scale."""
        return layout.nearest_scale("paper", tuple(self.settings))

    def command(self, scale: str | None = None, device: str | None = None) -> str:
        """The command that makes this record, at its largest declared scale and on its own device unless told."""
        scale, device = scale or self.largest_scale, device or self.device
        return f"python -m spinbook run {self.name} --scale {scale} --device {device} --record"

    def matches(self, stored: Mapping[str, Any], scale: str) -> bool:
        """Whether something stored has the settings and version that are declared for `scale`."""
        return (
            scale in self.settings
            and stored["version"] == self.version
            and storage.plain(stored["settings"]) == self.settings[scale]
        )


def check_settings(name: str, settings: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The declared settings as plain JSON values; ValueError for an unknown scale or where "smoke" is missing."""
    for scale in settings:
        layout.check_scale(scale)
    if "smoke" not in settings:
        raise ValueError(f'the settings of record {name!r} lack the scale "smoke"')
    return {scale: storage.plain(settings[scale]) for scale in settings}
