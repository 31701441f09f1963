"""Runs a notebook's cells as a kernel would, without one: `notebooks.py NOTEBOOK` writes what they print and answer into it.

A cell is plain Python: its last expression is its answer, what it prints comes before that. A cell with the tag "figure" needs matplotlib
and draws; what it draws isn't kept, and where there is no matplotlib it is left out.
"""

from __future__ import annotations

import ast
import contextlib
import importlib.util
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def code_cells(notebook: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The cells that are run here."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and ("figure" not in tags(cell) or importlib.util.find_spec("matplotlib")):
            yield cell


def tags(cell: dict[str, Any]) -> list[str]:
    return list(cell["metadata"].get("tags", []))


def run_cell(cell: dict[str, Any], namespace: dict[str, Any]) -> str:
    """What the cell prints, and below it what its last expression is."""
    tree = ast.parse("".join(cell["source"]))
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "<cell>", "exec"), namespace)
        answer = eval(compile(ast.Expression(last.value), "<cell>", "eval"), namespace) if last is not None else None
    return printed.getvalue() + (f"{answer!r}\n" if answer is not None else "")


def kept(cell: dict[str, Any]) -> str:
    """What the notebook says that the cell prints and answers."""
    return "".join("".join(output["text"]) for output in cell["outputs"])


def main() -> None:
    path = Path(sys.argv[1])
    notebook = json.loads(path.read_text("utf-8"))
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for number, cell in enumerate(code_cells(notebook), 1):
        text = run_cell(cell, namespace)
        cell["execution_count"] = number
        cell["outputs"] = []
        if text and "figure" not in tags(cell):
            cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": text.splitlines(keepends=True)}]
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
