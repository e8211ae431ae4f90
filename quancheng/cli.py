"""The command line `quancheng`."""

import os
import subprocess  # noqa: S404  # starts our own worker
import sys
from collections.abc import Callable

USAGE = """用法：quancheng 命令 [参数]

文本与核验（不需要数据库）
  text parse|compare|export …     解析、对照、导出法规文本
  receipt verify 文件             离线核验回执
  ballot verify|simulate|pages …  离线核验表决存档；模拟一次表决；会场各页的摘要
  draw verify 文件                离线核验旁听抽签
  analyse 文件 --out 文件夹       离线分析一张意见表：同类、主题、类别建议和报告
平台
  demo [--port N] [--rebuild]     建立演示城市并启动服务（网页、后台任务）
  crowd [条数]                    在演示城市里加一次有十万条虚构意见的征求意见，用来试分析
  rehearse 表决号 […]             在演示城市里扮演监票人、签到组和代表，演练表决器无记名表决
  serve [--port N] [--workers N]  启动网页服务；SQLite 时同时运行后台任务
  worker                          只运行后台任务（PostgreSQL、多进程时）
  migrate                         建立或者更新数据库表
  account 用户名 姓名 机关 职务 [站点]   新建账户并授予职务（从标准输入读密码）
  sweep                           立即执行一次全部定时任务
  ledger verify|seal|key|export-tiles   核验、封存台账，查看公钥，导出文件
  bench [--quick]                 测量并写入 var/bench.json
  docs [--check]                  由声明生成 docs/acts
  check                           自检
"""


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit status (0 done, 1 not valid, 2 bad input)."""
    argv = sys.argv[1:] if argv is None else argv
    if not argv or argv[0] in ("-h", "--help", "help"):
        print(USAGE)
        return 0 if argv else 2
    name, rest = argv[0], argv[1:]
    if name not in COMMANDS:
        print(f"没有“{name}”这个命令。运行 quancheng --help 查看用法。", file=sys.stderr)
        return 2
    return COMMANDS[name](rest)


def _django(demo: bool = False) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quancheng.settings")
    if demo:
        os.environ["QUANCHENG_DEMO"] = "1"
    import django  # noqa: PLC0415  # text and receipt must work without settings

    django.setup()


def _text(argv: list[str]) -> int:
    from quancheng.texts.commands import main_text  # noqa: PLC0415  # only this command needs it

    return main_text(argv)


def _receipt(argv: list[str]) -> int:
    from quancheng.ledger.commands import main_receipt  # noqa: PLC0415  # works with no database

    return main_receipt(argv)


def _ballot(argv: list[str]) -> int:
    from quancheng.ballots.commands import main_ballot  # noqa: PLC0415  # works with no database

    return main_ballot(argv)


def _draw(argv: list[str]) -> int:
    from quancheng.meetings.commands import main_draw  # noqa: PLC0415  # works with no database

    return main_draw(argv)


def _analyse(argv: list[str]) -> int:
    from quancheng.mining.commands import main_analyse  # noqa: PLC0415  # works with no database

    return main_analyse(argv)


def _ledger(argv: list[str]) -> int:
    _django()
    from quancheng.ledger.commands import main_ledger  # noqa: PLC0415  # after Django is set up

    return main_ledger(argv)


def _migrate(argv: list[str]) -> int:
    _django()
    from django.core.management import call_command  # noqa: PLC0415  # after Django is set up

    call_command("migrate", *argv, verbosity=0, interactive=False)
    return 0


def _check(argv: list[str]) -> int:
    _django()
    from django.core.management import call_command  # noqa: PLC0415  # after Django is set up

    call_command("check", *argv)
    call_command("makemigrations", "--check", "--dry-run", verbosity=1)
    return 0


def _option(argv: list[str], name: str, default: str) -> str:
    if name in argv:
        position = argv.index(name) + 1
        if position < len(argv):
            return argv[position]
    return default


def _number(argv: list[str], name: str, default: int) -> int:
    text = _option(argv, name, str(default))
    if not text.isdecimal():
        print(f"{name} 须为数字，收到“{text}”。", file=sys.stderr)
        raise SystemExit(2)
    return int(text)


def _serve(argv: list[str]) -> int:
    _django()
    from django.conf import settings  # noqa: PLC0415  # after Django is set up
    from django.core.management import call_command  # noqa: PLC0415  # after Django is set up
    from django.db import connections  # noqa: PLC0415  # after Django is set up
    from granian import Granian  # noqa: PLC0415  # only this command needs the server
    from granian.constants import Interfaces  # noqa: PLC0415  # as above
    from granian.log import LogLevels  # noqa: PLC0415  # as above

    embedded = "sqlite" in str(settings.DATABASES["default"]["ENGINE"])
    workers = _number(argv, "--workers", 1)
    port = _number(argv, "--port", 8000)
    address = _option(argv, "--address", "127.0.0.1")
    call_command("migrate", verbosity=0, interactive=False)
    connections.close_all()  # the web processes are forked: no connection may cross over
    worker = None
    if embedded and "--no-worker" not in argv:  # a process of its own: a thread's locks would be forked shut
        worker = subprocess.Popen([sys.executable, "-m", "quancheng.cli", "worker", "--with-parent"])  # noqa: S603  # our own command
    print(f"全程平台已启动：http://{address}:{port}/  （按 Ctrl+C 停止）", flush=True)
    try:
        Granian(
            "quancheng.wsgi:application", address=address, port=port, interface=Interfaces.WSGI, workers=workers,
            blocking_threads=8 if workers == 1 else 4, backpressure=128, log_level=LogLevels.error,
            log_access=False, respawn_failed_workers=True,
        ).serve()
    finally:
        if worker is not None:
            worker.terminate()
            worker.wait()
    return 0


def _demo(argv: list[str]) -> int:
    _django(demo=True)
    from quancheng.demo.city import ensure_city  # noqa: PLC0415  # after Django is set up

    ensure_city(rebuild="--rebuild" in argv)
    if "--build-only" in argv:
        return 0
    return _serve(argv)


def _rehearse(argv: list[str]) -> int:
    _django(demo=True)
    from quancheng.demo.rehearsal import main_rehearse  # noqa: PLC0415  # after Django is set up

    return main_rehearse(argv)


def _crowd(argv: list[str]) -> int:
    _django(demo=True)
    from quancheng.demo.crowd import main_crowd  # noqa: PLC0415  # after Django is set up

    return main_crowd(argv)


def _worker(argv: list[str]) -> int:
    _django()
    from quancheng import worker  # noqa: PLC0415  # after Django is set up

    worker.run(with_parent="--with-parent" in argv)
    return 0


def _sweep(argv: list[str]) -> int:
    _django()
    from quancheng import worker  # noqa: PLC0415  # after Django is set up

    worker.run(once=True)
    return 0


def _account(argv: list[str]) -> int:
    _django()
    from django.db import transaction  # noqa: PLC0415  # after Django is set up
    from django.utils import timezone  # noqa: PLC0415  # after Django is set up

    from quancheng.people import acts  # noqa: PLC0415  # after Django is set up

    if len(argv) not in (4, 5):
        print("用法：quancheng account 用户名 姓名 机关代码 职务 [站点代码]，密码从标准输入读取。", file=sys.stderr)
        return 2
    username, name, organ, role, *site = argv
    now = timezone.now()
    try:
        with transaction.atomic():
            account = acts.create_account(
                username=username, name=name, password=sys.stdin.readline().rstrip("\n"), at=now
            )
            acts.give_office(
                account_id=account.pk, organ=organ, role=role, site=site[0] if site else "",
                valid_from=timezone.localdate(), at=now,
            )
    except acts.BadInput as error:
        print(error, file=sys.stderr)
        return 2
    print(f"已建立账户 {username}（{name}）。")
    return 0


def _bench(argv: list[str]) -> int:
    from quancheng.bench import main_bench  # noqa: PLC0415  # measures in databases of its own

    return main_bench(argv)


def _docs(argv: list[str]) -> int:
    _django()
    from quancheng.demo.handbook import main_docs  # noqa: PLC0415  # after Django is set up

    return main_docs(argv)


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "text": _text,
    "receipt": _receipt,
    "ballot": _ballot,
    "draw": _draw,
    "analyse": _analyse,
    "ledger": _ledger,
    "migrate": _migrate,
    "check": _check,
    "serve": _serve,
    "demo": _demo,
    "rehearse": _rehearse,
    "crowd": _crowd,
    "worker": _worker,
    "sweep": _sweep,
    "account": _account,
    "bench": _bench,
    "docs": _docs,
}

if __name__ == "__main__":
    sys.exit(main())
