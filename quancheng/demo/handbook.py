"""`quancheng docs`: one page per act, drawn from the declarations and docstrings; a test keeps it true."""

import importlib
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

from quancheng.people.permissions import PERMISSIONS
from quancheng.procedures import declare
from quancheng.procedures.library import LIBRARY

PACKAGES = (
    "people", "procedures", "texts", "consultations", "publications", "handling", "legislation", "suggestions",
    "contact", "petitions", "meetings", "projects", "analysis", "ledger",
)  # fmt: skip


def acts_of(package: str) -> dict[str, Callable[..., Any]]:
    """Return the acts of a package: its public keyword-only functions that take `at`."""
    module = importlib.import_module(f"quancheng.{package}.acts")
    found: dict[str, Callable[..., Any]] = {}
    for name, function in inspect.getmembers(module, inspect.isfunction):
        home = function.__module__.startswith(f"quancheng.{package}.")
        if home and not name.startswith("_") and "at" in inspect.signature(function).parameters:
            found[name] = function
    return found


def pages() -> dict[str, str]:
    """Return file name -> content of the handbook."""
    result = {}
    index = ["# 操作手册：每项操作一页", "", "由声明和说明自动生成：`quancheng docs`。", ""]
    for package in PACKAGES:
        index.append(f"## {package}\n")
        for name, function in sorted(acts_of(package).items()):
            lines = [f"# {package}.{name}", "", inspect.cleandoc(function.__doc__ or ""), "", "```python"]
            lines += [f"{name}("]
            lines += [f"    {parameter}," for parameter in inspect.signature(function).parameters.values()]
            lines += [f") -> {_shown(inspect.signature(function).return_annotation)}", "```", ""]
            result[f"{package}.{name}.md"] = "\n".join(lines)
            index.append(f"- [{package}.{name}]({package}.{name}.md)")
        index.append("")
    for procedure in declare.registered():
        file_name = f"procedure.{procedure.key}.v{procedure.version}.md"
        result[file_name] = _procedure_page(procedure)
        index.append(f"- [程序：{procedure.label}]({file_name})")
    result["parameters.md"] = _parameters_page()
    result["permissions.md"] = _permissions_page()
    index += ["- [参数库](parameters.md)", "- [权限表](permissions.md)", ""]
    result["README.md"] = "\n".join(index)
    return result


def _shown(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


def _procedure_page(procedure: declare.Procedure) -> str:
    lines = [f"# 程序：{procedure.label}（第{procedure.version}版）", "", "```mermaid", procedure.diagram(), "```", ""]
    lines += ["| 步骤 | 从 | 到 | 权限 | 依据 | 须写理由 |", "|---|---|---|---|---|---|"]
    for step in procedure.steps:
        sources = "、".join(procedure.states[s].label for s in step.sources)
        lines.append(
            f"| {step.label} | {sources} | {procedure.states[step.target].label} | {step.permission} | {step.article} "
            f"| {'是' if step.note_required else ''} |"
        )
    return "\n".join([*lines, ""])


def _parameters_page() -> str:
    lines = ["# 参数库", "", "| 键 | 名称 | 默认 | 界限 | 规则 | 依据 |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {p.key} | {p.label} | {p.default}{p.unit} | {p.bound()} | {p.rule} | {p.article} |" for p in LIBRARY.values()
    ]
    return "\n".join([*lines, ""])


def _permissions_page() -> str:
    lines = ["# 权限表", "", "| 权限 | 哪些职务 |", "|---|---|"]
    lines += [f"| {name} | {'、'.join(sorted(roles))} |" for name, roles in PERMISSIONS.items()]
    return "\n".join([*lines, ""])


def main_docs(argv: list[str]) -> int:
    """Write docs/acts, or with --check say whether it is up to date (0 yes, 1 no)."""
    folder = Path(settings.BASE_DIR) / "docs" / "acts"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    if "--check" in argv:
        old = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
        if old == wanted:
            return 0
        names = sorted(k for k in old.keys() | wanted.keys() if old.get(k) != wanted.get(k))
        print("docs/acts 与声明不一致，请运行 quancheng docs：" + "、".join(names), file=sys.stderr)
        return 1
    for path in folder.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, content in wanted.items():
        (folder / name).write_text(content, encoding="utf-8")
    print(f"已写出 {len(wanted)} 页到 docs/acts。")
    return 0
