"""The notebook in the docs does what it shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from notebooks import code_cells, kept, run_cell, tags

NOTEBOOK = Path(__file__).parents[1] / "docs" / "notebook.ipynb"


def test_every_cell_of_the_notebook_prints_what_the_notebook_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for library in ("pandas", "polars", "duckdb"):
        pytest.importorskip(library)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    namespace: dict[str, Any] = {"__name__": "__main__"}
    notebook = json.loads(NOTEBOOK.read_text("utf-8"))
    for cell in code_cells(notebook):
        text = run_cell(cell, namespace)
        if "figure" not in tags(cell):
            source = "".join(cell["source"])
            assert text == kept(cell), (
                f"write it anew with `python tests/notebooks.py docs/notebook.ipynb`; the cell is:\n{source}"
            )


def test_the_notebook_is_one_for_jupyter() -> None:
    notebook = json.loads(NOTEBOOK.read_text("utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    assert all("outputs" in cell and "execution_count" in cell for cell in notebook["cells"] if cell["cell_type"] == "code")
