"""Kernels of notebooks start side by side without sharing a socket."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from spinbook.kernels import NAME

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sockets that are files need a Unix system")


@pytest.fixture(autouse=True)
def by_default(monkeypatch):
    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", NAME)


def test_kernels_that_start_together_have_sockets_of_their_own():
    async def started() -> tuple[list[str], list[bool]]:
        managers = [AsyncKernelManager(kernel_name="python3") for _ in range(2)]
        await asyncio.gather(*(one.start_kernel() for one in managers))
        addresses = [f"{one.transport}:{one.ip}" for one in managers]
        clients = [one.client() for one in managers]
        for client in clients:
            client.start_channels()
            await client.wait_for_ready(timeout=60)
            client.stop_channels()
        await asyncio.gather(*(one.shutdown_kernel(now=True) for one in managers))
        return addresses, [Path(one.ip).parent.exists() for one in managers]

    addresses, left = asyncio.run(started())
    assert len(set(addresses)) == 2
    assert all(one.startswith("ipc:") for one in addresses)
    assert left == [False, False]


def test_a_notebook_runs_in_such_a_kernel():
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("6 * 7")])
    NotebookClient(book, kernel_name="python3", timeout=60).execute()
    assert book.cells[0].outputs[0].data["text/plain"] == "42"
