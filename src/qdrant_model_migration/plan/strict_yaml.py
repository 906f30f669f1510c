"""YAML that means what it says: read with line numbers, written for people. Knows no plan.

Left out on purpose, each because it changes data in silence: a key given twice (the last one wins),
aliases (a few lines can unfold into gigabytes), dates, `yes` and `no` as truth values, 1_000 and
12:30 as numbers. What is not a number, `true`, `false` or `null` as JSON writes it is text.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from qdrant_model_migration import words
from qdrant_model_migration.plan.errors import PlanError

if TYPE_CHECKING:
    import yaml

Place = tuple[str | int, ...]
"""Where a value stands: the keys and list positions that lead to it."""

_BREAKS = re.compile("[\n\r\x85\u2028\u2029]")  # outside double quotes YAML folds them into spaces
# A plan has some hundred values in ten kilobytes. Reading takes 20 to 40 us a value.
_LARGEST = 1_000_000
_MOST = 50_000
_DEEPEST = 50
_CONTROL = "a character that a text file does not have"


class Text(NamedTuple):
    """A document's data, and the line (from 1) at which each place in it begins."""

    data: Any
    lines: dict[Place, int]

    def line(self, place: Place) -> int | None:
        """The line of a place, or of the nearest one around it."""
        for end in range(len(place), -1, -1):
            if place[:end] in self.lines:
                return self.lines[place[:end]]
        return None


def read(path: Path) -> Text:
    """Read a file. Raises PlanError with the file's name and the line for whatever is wrong."""
    name = path.name
    raw = _bytes(path)
    try:
        return parse(raw.decode("utf-8-sig"), name)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise PlanError(
            f"{name}, line {line}: a character cannot be read.",
            "The file is not saved as UTF-8 text.",
            "Save it again as UTF-8.",
        ) from None


def _bytes(path: Path) -> bytes:
    """The content of a file of sensible size. A device or a pipe could go on for ever."""
    try:
        kind = path.stat().st_mode
        if not stat.S_ISREG(kind):
            what = "a folder" if stat.S_ISDIR(kind) else "a device or a pipe"
            raise PlanError(f"{path} cannot be read.", f"It is {what}, not a file.", _WHICH)
        with path.open("rb") as file:
            raw = file.read(_LARGEST + 1)
    except FileNotFoundError:
        raise PlanError(
            f"The file {path} was not found.", "", "Check the name and the folder."
        ) from None
    except (OSError, ValueError) as error:
        why = f"{error.strerror}." if isinstance(error, OSError) else "No file has such a name."
        raise PlanError(f"The file {path} cannot be read.", why, "Check who may read it.") from None
    if len(raw) > _LARGEST:
        raise _too_much(path.name, f"It is larger than {_LARGEST // 10**6} MB")
    return raw


_WHICH = "Check the name of the file."


def _too_much(name: str, much: str) -> PlanError:
    why = f"{much}; a plan or a file of answers has some kilobytes."
    return PlanError(f"{name} is not a file of this program.", why, _WHICH)


def _too_deep(name: str, line: int) -> PlanError:
    why = f"Values lie more than {_DEEPEST} deep in each other."
    return PlanError(f"{name}, line {line}: it cannot be read.", why, "Correct the line.")


def parse(text: str, name: str) -> Text:
    """Read a document. `name` stands in the messages. Raises PlanError."""
    import yaml

    try:
        loader = _loader_class(name)(text)
        node = loader.get_single_node()
        lines: dict[Place, int] = {}
        data = None if node is None else _value(node, (), lines, name)
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1 if isinstance(error.position, int) else 1
        raise PlanError(f"{name}, line {line}: it holds {_CONTROL}.", "", "Delete it.") from None
    except yaml.MarkedYAMLError as error:
        raise _syntax(error, name) from None
    return Text(data, lines)


def write(path: Path, data: Any, header: str) -> None:
    """Write data below a header of comment lines; a reader never sees half a file.

    The last line lets `unedited` tell whether somebody changed the file since. Raises PlanError
    where the file cannot be written, ValueError for a number that is not finite.
    """
    text = "".join(f"# {line}".rstrip() + "\n" for line in header.splitlines()) + "\n" + dump(data)
    text += f"\n{_UNEDITED}{_digest(text)}\n"
    if path.exists() and not path.is_file():
        raise PlanError(f"{path} is not a file.", "It cannot be written over.", _WHICH)
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise _unwritable(path, error) from None


def unedited(path: Path) -> bool:
    """Whether the file is as `write` left it, to the letter. Raises PlanError."""
    text = _bytes(path).decode("utf-8", errors="replace")
    before, mark, digest = text.rpartition(f"\n{_UNEDITED}")
    return bool(mark) and digest == f"{_digest(before)}\n"


_UNEDITED = "# Nothing was edited while this fits: "


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def dump(data: Any) -> str:
    """JSON-like data as YAML: keys in the order given, short lists of plain values on one line."""
    import yaml

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

    def a_list(dumper: yaml.SafeDumper, value: list[Any]) -> yaml.Node:
        plain = all(not isinstance(item, (list, dict)) for item in value)
        short = plain and sum(len(str(item)) + 2 for item in value) <= 80
        return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=short)

    def a_number(dumper: yaml.SafeDumper, value: float) -> yaml.Node:
        if not math.isfinite(value):
            raise ValueError("a plan holds finite numbers only")
        return dumper.represent_scalar("tag:yaml.org,2002:float", _json_number(value))

    def a_text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
        # YAML 1.1 reads fewer texts as numbers than we do: 0E0 would come back as one.
        style = '"' if _BREAKS.search(value) or re.match(_FLOAT, value) else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style)

    Dumper.add_representer(str, a_text)
    Dumper.add_representer(list, a_list)
    Dumper.add_representer(float, a_number)
    text: str = yaml.dump(
        data, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=100, indent=2
    )
    return text


def _json_number(value: float) -> str:
    text = repr(value)
    mantissa, e, exponent = text.partition("e")
    if not e:
        return text
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}e{int(exponent):+03d}"


def _loader_class(name: str) -> type[yaml.SafeLoader]:
    import yaml

    class Loader(yaml.SafeLoader):
        """Resolves scalars as JSON does; refuses aliases, and more than a person would write."""

        yaml_implicit_resolvers: dict[str, list[tuple[str, Any]]] = {}  # noqa: RUF012 - yaml's
        depth = values = 0

        def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
            if self.check_event(yaml.AliasEvent):
                mark = self.get_event().start_mark  # type: ignore[no-untyped-call]
                raise yaml.composer.ComposerError(None, None, _ALIAS, mark)
            self.depth, self.values = self.depth + 1, self.values + 1
            if self.depth > _DEEPEST:
                line = self.peek_event().start_mark.line + 1  # type: ignore[no-untyped-call]
                raise _too_deep(name, line)
            if self.values > _MOST:
                raise _too_much(name, f"It holds more than {_MOST:,} values")
            node = super().compose_node(parent, index)
            self.depth -= 1
            return node

    for tag, pattern, first in (
        ("null", r"(?:null|~|)\Z", ["n", "~", ""]),
        ("bool", r"(?:true|false)\Z", list("tf")),
        ("int", r"-?(?:0|[1-9][0-9]*)\Z", list("-0123456789")),
        ("float", _FLOAT, list("-0123456789")),
    ):
        Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)
    return Loader


_ALIAS = "an alias"
_FLOAT = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?\Z"


def _value(node: yaml.Node, place: Place, lines: dict[Place, int], name: str) -> Any:
    import yaml

    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = key_node.value
            if not isinstance(key, str):
                raise PlanError(f"{name}, line {line}: a key must be a word.", "", "Correct it.")
            _whole(key, line, name)
            inner = (*place, key)
            if key in found:
                first = lines[inner]
                raise PlanError(
                    f"{name}, line {line}: {key} stands there twice, first in line {first}.",
                    "Only one of them could count.",
                    "Delete one of the two.",
                )
            lines[inner] = line
            found[key] = _value(value_node, inner, lines, name)
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*place, i), lines, name) for i, item in enumerate(node.value)]
    return _scalar(node, name)


def _scalar(node: yaml.Node, name: str) -> Any:
    kind, text = node.tag.rpartition(":")[2], node.value
    if kind == "str":
        return _whole(text, node.start_mark.line + 1, name)
    if kind == "null":
        return None
    if kind == "bool" and text in ("true", "false"):
        return text == "true"
    try:
        if kind == "int":
            return int(text)
        if kind == "float" and math.isfinite(float(text)):
            return float(text)
    except ValueError:
        pass
    told = "a tag (!)" if kind not in ("int", "float", "bool") else words.cut(text)
    raise PlanError(
        f"{name}, line {node.start_mark.line + 1}: {told} has no place here.",
        "Values are text, numbers, true, false, null, lists and keys with values.",
        "Put it in quotes if it is text.",
    )


def _whole(text: str, line: int, name: str) -> str:
    """A text that can be written again; an escape can make half of a character."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise PlanError(f"{name}, line {line}: it holds {_CONTROL}.", "", "Delete it.")
    return text


def _syntax(error: yaml.MarkedYAMLError, name: str) -> PlanError:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    problem = (error.problem or "").lower()
    if error.problem == _ALIAS:
        return PlanError(
            f"{name}, line {line}: a value that refers to another one (*name) is not allowed here.",
            "",
            "Write the value out.",
        )
    if "tab" in problem or "'\\t'" in problem:
        why = "A line begins with a tab; the beginning of a line must be spaces."
    elif "expected a single document" in problem or "document" in problem:
        why = "There is more than one document in it."
    elif "mapping values are not allowed" in problem:
        why = "A colon stands where none is expected, or the line before is not finished."
    elif "quoted scalar" in (error.context or "") or "unexpected end of stream" in problem:
        why = "A quotation mark is never closed."
    elif "block end" in problem or "block mapping" in (error.context or ""):
        why = "The line is not as far in as the lines around it, or a colon is missing."
    else:
        why = "A bracket, quotation mark or colon is missing or one too many."
    return PlanError(f"{name}, line {line}: it cannot be read.", why, "Correct the line.")


def _unwritable(path: Path, error: OSError) -> PlanError:
    return PlanError(
        f"The file {path} cannot be written.",
        f"{error.strerror}.",
        "Choose another folder, or make room.",
    )
