"""Read YAML strictly: a key written twice is an error, and only true and false are booleans.

YAML 1.1 would read the key ``on`` as True and the word ``no`` as False; here, as in YAML 1.2, both
stay words.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from wetland.base.errors import Mistake
from wetland.base.texts import text

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_Base):  # type: ignore[misc]
    """The safe loader, refusing duplicate keys."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    "while reading a mapping",
                    node.start_mark,
                    f"the key {key!r} is written twice",
                    key_node.start_mark,
                )
            seen.add(key)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return mapping


_BOOLEAN = "tag:yaml.org,2002:bool"
_StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _BOOLEAN]
    for first, resolvers in _Base.yaml_implicit_resolvers.items()
}
_StrictLoader.add_implicit_resolver(
    _BOOLEAN, re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)


def read_yaml(path: Path) -> tuple[Any, list[Mistake]]:
    """Read one YAML file.

    Returns
    -------
    content, mistakes
        The parsed content (None when it cannot be read) and what is wrong with the file, with the
        line where YAML tells it.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None, [Mistake(path.name, "-", text("文件不存在", "the file does not exist"))]
    except UnicodeDecodeError as error:
        what = text("不是 UTF-8 编码（字节 {n}）", "is not UTF-8 (byte {n})").fill(n=error.start)
        return None, [Mistake(path.name, "-", what)]
    try:
        return yaml.load(content, Loader=_StrictLoader), []  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark is not None else "-"
        problem = getattr(error, "problem", None) or str(error)
        what = text("YAML 语法错误：{p}", "YAML: {p}").fill(p=problem)
        return None, [Mistake(path.name, where, what)]
