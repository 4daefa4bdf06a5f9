"""Runs a notebook without a page, as a test or a job would. Knows nothing of what is in it."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from hms_kernel.errors import BackendMissing, TaskFailed, UsageError


def run_notebook(
    notebook: str | Path,
    output: str | Path,
    parameters: Mapping[str, Any] | None = None,
    *,
    cell_timeout_s: int | None = None,
) -> Path:
    """Execute a notebook from a fresh kernel and save what came of it.

    The saved copy holds no widget state: displays are there as their static
    views, so the file stays small and needs no kernel to be read.

    Args:
        notebook: what to run; it is not changed.
        output: where the executed copy goes; a run that fails is saved too.
        parameters: values for names in the cell tagged ``parameters``.
        cell_timeout_s: seconds one cell may take; None for any.

    Returns:
        The path of the executed copy.

    Raises:
        UsageError: there is no such notebook, the file is none, or it has no parameter of a name given.
        BackendMissing: papermill is not installed.
        TaskFailed: a cell failed; ``detail`` is the cell and its traceback.
    """
    try:
        import nbformat
        import papermill
    except ImportError as error:
        raise BackendMissing(
            "running notebooks needs papermill: pip install 'hms-workbench[notebook]'"
        ) from error

    source = Path(notebook)
    if not source.is_file():
        raise UsageError(f"no notebook {str(source)!r}")
    try:
        nbformat.read(source, as_version=4)  # type: ignore[no-untyped-call]
    except (ValueError, nbformat.ValidationError) as error:
        raise UsageError(f"{str(source)!r} is no notebook") from error
    given = dict(parameters or {})
    # Left to itself papermill warns and runs on with a value nobody reads.
    known = sorted(papermill.inspect_notebook(str(source))) if given else []
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f": did you mean {near[0]!r}?" if near else "."
            raise UsageError(
                f"{source.name} has no parameter {name!r}{hint} "
                f"It has: {', '.join(known) or 'none'}"
            )
    try:
        papermill.execute_notebook(
            str(source),
            str(output),
            parameters=given,
            progress_bar=False,
            store_widget_state=False,
            execution_timeout=cell_timeout_s,
        )
    except papermill.PapermillExecutionError as error:
        message = f"cell {error.exec_count} of {source.name} failed: {error.ename}: {error.evalue}"
        raise TaskFailed(message, kind="error", detail=str(error)) from error
    return Path(output)
