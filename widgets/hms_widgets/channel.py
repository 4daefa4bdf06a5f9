"""A widget's line to the page that works while a cell runs. Says nothing over it itself.

Pages of JupyterLab send a widget's messages to a *subshell*, a thread of the kernel beside
the one that runs cells. ipykernel 7.4 overrides that: it hands a message to whichever
thread published last, which is the one that runs the cell, so a click would wait until the
cell has ended. The comm here publishes as ipykernel's own does and leaves the choice to
the page. Where a page or a kernel has no subshells (Voilà, ipykernel 6) messages are
handled between cells, as ever.
"""

from __future__ import annotations

import contextvars
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anywidget
import comm
from comm.base_comm import BaseComm


class Channel(BaseComm):
    """A comm whose incoming messages are handled on the thread that the page asked for."""

    def publish_msg(
        self,
        msg_type: str,
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: list[bytes] | None = None,
        **keys: Any,
    ) -> None:
        """Send to every page, as a part of the cell that runs now.

        The context of a task that an earlier cell started would name that cell, and who
        runs a notebook headless no longer listens to it.
        """
        kernel = _kernel()
        if kernel is None:
            return
        kernel.session.send(
            kernel.iopub_socket,
            msg_type,
            {"data": data or {}, "comm_id": self.comm_id, **keys},
            metadata=metadata or {},
            parent=contextvars.Context().run(kernel.get_parent, "shell"),
            ident=self.topic,
            buffers=buffers,
        )


class Reachable(anywidget.AnyWidget):
    """A widget that hears the page while a cell runs, on a thread that is not the cell's."""

    def open(self) -> None:
        """Open the line to the page."""
        with _channels():
            super().open()


_swapping = threading.Lock()


@contextmanager
def _channels() -> Iterator[None]:
    """Within this, comms are made as channels. Outside a kernel nothing changes."""
    if _kernel() is None:
        yield
        return
    with _swapping:
        # ``comm`` intends this function to be replaced; ipykernel does the same.
        usual, comm.create_comm = comm.create_comm, Channel
        try:
            yield
        finally:
            comm.create_comm = usual


def _kernel() -> Any:
    """The ipykernel of this process, None where there is none."""
    module = sys.modules.get("ipykernel.kernelbase")  # a kernel that runs has been imported
    kernel = getattr(module, "Kernel", None)
    return kernel.instance() if kernel is not None and kernel.initialized() else None
