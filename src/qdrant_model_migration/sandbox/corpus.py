"""Documents that every Python already has: the docstrings of its standard library.

Source files are parsed, never imported. What is made of the documents lives elsewhere.
"""

from __future__ import annotations

import ast
import os
import re
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

LIMIT = 3_000
SHORTEST_TEXT = 80
SHORTEST_SUMMARY = 12

# Tests, other people's packages, and folders that repeat what is documented elsewhere.
_SKIPPED = {
    *("test", "tests", "idle_test", "idlelib", "site-packages", "dist-packages", "__pycache__"),
    *("lib2to3", "encodings", "turtledemo", "ensurepip", "pydoc_data"),
}

_Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


class Document(NamedTuple):
    """One docstring. summary: its first line; text: the rest; lines: where it stands in `file`,
    which is relative to the standard library; language: its code, None where nothing is said."""

    title: str
    summary: str
    text: str
    kind: str
    module: str
    file: str
    lines: tuple[int, int]
    arguments: tuple[str, ...]
    language: str | None = None

    def payload(self) -> dict[str, Any]:
        """What a point of this document carries: every type that JSON has, lists and nesting."""
        return {
            "title": self.title,
            "summary": self.summary,
            "text": self.text,
            "kind": self.kind,
            **({"lang": self.language} if self.language else {}),
            "module": self.module,
            "chars": len(self.text),
            "share_of_summary": round(len(self.summary) / len(self.text), 4),
            "public": not any(part.startswith("_") for part in self.title.split(".")),
            "replaced_by": None,
            "path": self.title.split("."),
            "source": {
                "file": self.file,
                "lines": list(self.lines),
                "arguments": [
                    {"name": name, "position": at} for at, name in enumerate(self.arguments)
                ],
            },
        }


# What an application leaves behind when it forgets the text: each of these is a dead letter.
WORDLESS: tuple[dict[str, Any], ...] = (
    {"title": "practice.missing", "kind": "module", "source": {"file": None, "lines": []}},
    {"title": "practice.null", "kind": "module", "text": None},
    {"title": "practice.empty", "kind": "module", "text": ""},
    {"title": "practice.blank", "kind": "module", "text": " \n\t"},
    {"title": "practice.list", "kind": "module", "text": ["a list", "instead of a text"]},
    {"title": "practice.number", "kind": "module", "text": 42},
)


def library() -> Path:
    """The folder of this Python's standard library."""
    return Path(sysconfig.get_path("stdlib"))


def gather(root: Path | None = None, limit: int = LIMIT) -> tuple[Document, ...]:
    """Up to `limit` documents below `root`, each text once.

    They come in an order by a hash of their names, so that the first n are a fair sample of all
    for any n, and the same on every computer with the same Python.
    """
    root = root or library()
    found: dict[str, Document] = {}
    for file in _files(root):
        for document in _documents(file, file.relative_to(root)):
            found.setdefault(re.sub(r"\s+", " ", document.text).lower(), document)
    ordered = sorted(found.values(), key=lambda one: (crc32(one.title.encode()), one.title))
    return tuple(ordered[:limit])


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(set(folders) - _SKIPPED)
        yield from (Path(folder) / name for name in sorted(files) if name.endswith(".py"))


def _documents(file: Path, relative: Path) -> Iterator[Document]:
    try:
        source = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return
    if '"""' not in source and "'''" not in source:
        return
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    parts = relative.with_suffix("").parts
    module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    for title, node, kind in _walk(tree, module, "module"):
        whole = (ast.get_docstring(node) or "").strip()
        summary, _, rest = whole.partition("\n")
        text = rest.strip()
        if len(text) < SHORTEST_TEXT or len(summary.strip()) < SHORTEST_SUMMARY:
            continue
        arguments: tuple[str, ...] = ()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = tuple(one.arg for one in (*node.args.posonlyargs, *node.args.args))
        first = 1 if isinstance(node, ast.Module) else node.lineno
        last = source.count("\n") if isinstance(node, ast.Module) else node.end_lineno or first
        yield Document(
            title,
            summary.strip(),
            text,
            kind,
            module,
            relative.as_posix(),
            (first, last),
            arguments,
        )


def _walk(node: _Documented, title: str, kind: str) -> Iterator[tuple[str, _Documented, str]]:
    yield title, node, kind
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from _walk(child, f"{title}.{child.name}", "class")
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            inside = "method" if isinstance(node, ast.ClassDef) else "function"
            yield from _walk(child, f"{title}.{child.name}", inside)
