"""Kernels of notebooks on sockets in a folder of their own, so that several may start at the same moment.

Jupyter chooses free ports before a kernel starts, and the kernel takes them a second later. Two kernels that start
together may be given the same port; then one of them dies ("Kernel died before replying to kernel_info"). The Makefile
names this provisioner in JUPYTER_DEFAULT_PROVISIONER_NAME.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import Any

from jupyter_client.provisioning import LocalProvisioner

NAME = "spinbook-sockets"


class OwnSockets(LocalProvisioner):
    """Starts a kernel whose sockets are files in a temporary folder, which goes when the kernel has gone."""

    _folder: str | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Before the start: names the sockets."""
        manager = self.parent
        if self._folder is None and manager is not None and os.name == "posix":
            self._folder = tempfile.mkdtemp(prefix="kernel-")
            manager.transport, manager.ip = "ipc", os.path.join(self._folder, "socket")
        return await super().pre_launch(**kwargs)

    async def cleanup(self, restart: bool = False) -> None:
        """After the end: removes the folder, unless the kernel starts again."""
        await super().cleanup(restart)
        if self._folder is not None and not restart:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
