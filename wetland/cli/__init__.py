"""The command line: ``wetland <noun> <verb>``.

One module per noun (`wetland.cli.law`, `wetland.cli.site` ...) holds ``app``, a `typer.Typer` with
one command per verb; the one exception is ``wetland screen FILE``, a single command. A new noun is
its module and one line in `NOUNS`. Only the module of the noun on the command line is imported.

Exit codes: 0 fine, 1 something the user gave cannot be used, 2 usage, 3 findings exist and
``--fail-on`` asked for that, 4 files or rows were set aside by ``wetland screen --out``.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Annotated

import typer

import wetland
from wetland.base.errors import WetlandError
from wetland.base.texts import Text, text
from wetland.cli.options import LangOption, chosen_lang
from wetland.cli.output import silence_stdout

# noun -> what it is about; the module of the same name holds its verbs.
NOUNS: dict[str, Text] = {
    "law": text("此地此日适用的规定", "what applies at a place on a day"),
    "screen": text("把一个文件对照法规筛查", "screen a file against zones and law"),
    "observations": text("观察记录", "observations"),
    "tracks": text("轨迹：进出分区、可疑点", "tracks: visits to zones, doubtful fixes"),
    "water": text("水质：导入、类别、趋势、预测", "water: import, classes, trends, forecast"),
    "birds": text("鸟类：导入、指数、丰富度、预警、导出", "birds: import, index, richness, alerts"),
    "visitors": text("游客：承载量、预测、停车", "visitors: load, forecast, parking"),
    "findings": text("疑似问题", "findings"),
    "records": text("许可、公告等记录", "permits, closures, designations, works, events"),
    "site": text("场地包", "site packs"),
    "store": text("数据存储", "the store"),
    "demo": text("演示数据", "the demo store"),
}

INTERRUPTED = 130


def build_app(nouns: Iterable[str] = NOUNS) -> typer.Typer:
    """Make the root application with the commands of ``nouns``.

    Parameters
    ----------
    nouns
        Which modules of `wetland.cli` to import; the default is all.
    """
    root = typer.Typer(
        name="wetland",
        help="湿地保护区：分区、法规、筛查与记录 / Zones, law, screening and records of a wetland",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    root.callback()(_root)
    for noun in nouns:
        module = import_module(f"wetland.cli.{noun}")
        about = f"{NOUNS[noun].zh} / {NOUNS[noun].en}"
        if hasattr(module, "app"):
            root.add_typer(module.app, name=noun, help=about, no_args_is_help=True)
        else:
            root.command(noun, help=about, no_args_is_help=True)(getattr(module, noun))
    return root


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; never lets a traceback out.

    Set ``WETLAND_DEBUG=1`` to see the traceback of an error inside the program.

    Parameters
    ----------
    argv
        Arguments without the program's name; None reads ``sys.argv``.
    """
    _speak_utf8()
    args = list(sys.argv[1:] if argv is None else argv)
    named = [a for a in args if a in NOUNS][:1]
    chosen_lang.set(None)
    try:
        command = typer.main.get_command(build_app(named or NOUNS))
        command.main(args=args, prog_name="wetland")
    except SystemExit as stop:
        return _finish(stop.code if isinstance(stop.code, int) else 1)
    except KeyboardInterrupt:
        return _finish(INTERRUPTED)
    except WetlandError as error:
        return _complain(error)
    except BrokenPipeError:  # the reader has seen enough (``| head``)
        silence_stdout()
        return 0
    except OSError as error:
        return _complain(_operating_system(error))
    except Exception as error:  # noqa: BLE001 - the outermost edge: a person gets a sentence
        return _complain(_internal(error))
    return _finish(0)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"wetland {wetland.__version__}")
        raise typer.Exit


def _root(
    lang: LangOption = "zh",
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_show_version, help="版本 / Show the version"
        ),
    ] = False,
) -> None:
    """Take the options that stand before the noun; their callbacks do the work."""


def _finish(code: int) -> int:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        silence_stdout()
    return code


def _complain(error: WetlandError) -> int:
    lang = chosen_lang.get() or "zh"
    print(error.show(lang), file=sys.stderr)
    if os.environ.get("WETLAND_DEBUG"):
        traceback.print_exception(error)
    return _finish(1)


def _operating_system(error: OSError) -> WetlandError:
    where = error.filename if error.filename is not None else ""
    reason = error.strerror or type(error).__name__
    wrapped = WetlandError(
        text("无法读写 {where}：{reason}", "cannot read or write {where}: {reason}").fill(
            where=where, reason=reason
        )
    )
    wrapped.__cause__ = error
    return wrapped


def _internal(error: Exception) -> WetlandError:
    name = f"{type(error).__name__}: {error}".replace("\n", " ")
    wrapped = WetlandError(
        text("程序内部错误：{name}", "error inside the program: {name}").fill(name=name),
        hint=text(
            "这不是您的错。请设 WETLAND_DEBUG=1 重试，并把输出发给开发者。",
            "This is not your mistake. Run again with WETLAND_DEBUG=1 and report the output.",
        ),
    )
    wrapped.__cause__ = error
    return wrapped


def _speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None and not stream.encoding.lower().startswith("utf"):
            reconfigure(encoding="utf-8", errors="replace")
