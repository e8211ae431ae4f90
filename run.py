#!/usr/bin/env python3
"""One door to the project: make .venv, install the locked libraries, then run the city or its tests.

    python3 run.py demo [--port 8000 …]   build the demo city if there is none, and serve it
    python3 run.py test [pytest options]  run every test, browser tests included
    python3 run.py install                only install, so that .venv/bin/quancheng exists

Standard library only, and no syntax newer than Python 3.6, so that an old Python can say what is wrong.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
COMMANDS = ("demo", "test", "install")
SYSTEM = ("chromium-headless-shell", "fonts-noto-cjk", "fonts-lxgw-wenkai")


def stop(chinese, english):
    sys.stderr.write(f"\n{chinese}\n{english}\n")
    raise SystemExit(1)


def suitable_python():
    """Return the path of a Python of 3.11 or newer: this one, or another on PATH."""
    names = [sys.executable] + [shutil.which(f"python3.{minor}") for minor in (11, 12, 13, 14)]
    for name in filter(None, names):
        probe = "import sys; raise SystemExit(sys.version_info < (3, 11))"
        if subprocess.call([name, "-c", probe], stderr=subprocess.DEVNULL) == 0:
            return name
    stop(f"需要 Python 3.11 或更新版本，当前是 {sys.version.split()[0]}。",
         "Python 3.11 or newer is needed; on Debian 12: apt-get install python3 python3-venv")


def make_venv():
    probe = "import sys, sysconfig; sys.version_info < (3, 11) and sys.exit(1); print(sysconfig.get_path('purelib'))"
    if PYTHON.exists():
        answer = subprocess.run([str(PYTHON), "-c", probe], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if answer.returncode == 0:
            return Path(answer.stdout.decode().strip())
    uv, python = shutil.which("uv"), suitable_python()
    if uv:
        done = subprocess.call([uv, "venv", "--quiet", "--clear", "--python", python, str(VENV)])
    elif subprocess.call([python, "-c", "import ensurepip, venv"], stderr=subprocess.DEVNULL):
        stop("这个 Python 缺少 ensurepip，无法建立 .venv。请先运行：apt-get install python3-venv",
             "ensurepip is missing from this Python; first run: apt-get install python3-venv")
    else:
        done = subprocess.call([python, "-m", "venv", "--clear", str(VENV)])
    if done:
        stop("建立 .venv 没有成功，原因见上。", "Making .venv failed; the reason is above.")
    return Path(subprocess.check_output([str(PYTHON), "-c", probe]).decode().strip())


def install(lock):
    """Install the libraries of the lock file and the command .venv/bin/quancheng; a second time is quick."""
    library = make_venv()
    version = subprocess.check_output([str(PYTHON), "-c", "import sys; print(sys.version)"])
    stamp, state = VENV / (lock + ".installed"), hashlib.sha256((ROOT / lock).read_bytes() + version).hexdigest()
    if not stamp.exists() or stamp.read_text() != state:
        print(f"正在安装 {lock} 所列的程序库（首次约需一分钟）……", flush=True)
        uv = shutil.which("uv")
        if uv:
            command = [uv, "pip", "install", "--quiet", "--python", str(PYTHON)]
        else:
            command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        if subprocess.call(command + ["--require-hashes", "-r", str(ROOT / lock)]):
            stop("程序库没有装好，原因见上（多为网络或软件源的问题）；修好后再运行同一命令即可。",
                 "Installing failed; the reason is above. Run the same command again once it is mended.")
        stamp.write_text(state)
    (library / "quancheng.pth").write_text(str(ROOT) + "\n")
    script = VENV / "bin" / "quancheng"
    script.write_text(
        f"#!/bin/sh\n'''exec' \"{PYTHON}\" \"$0\" \"$@\"\n' '''\n"
        "import sys\n\nfrom quancheng.cli import main\n\nsys.exit(main())\n"
    )
    script.chmod(0o755)
    return script


def ensure_chromium():
    """Return the path of Chromium, installing it when we may; tests fail without it, they are never skipped."""
    def found():
        names = (os.environ.get("CHROMIUM"), "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
        return next(filter(None, (shutil.which(name) for name in names if name)), None)
    if not found() and hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        subprocess.call(["apt-get", "update", "-q"], env=environment)
        get = ["apt-get", "install", "-y", "-q", "--no-install-recommends"]
        if subprocess.call(get + list(SYSTEM), env=environment):  # a system whose Chromium comes in one piece
            subprocess.call(get + ["chromium"] + list(SYSTEM[1:]), env=environment)
    if not found():
        stop(f"浏览器测试需要 Chromium。请运行：apt-get install {' '.join(SYSTEM)}，或用环境变量 CHROMIUM 指明它的位置。",
             "Browser tests need Chromium: install the packages named above or point CHROMIUM to it.")
    return found()


def main():
    command, rest = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("", [])
    if command not in COMMANDS:
        print(__doc__)
        return 0 if command in ("", "-h", "--help", "help") else 2
    os.environ["UV_PYTHON_DOWNLOADS"] = "never"
    script = install("requirements-test.lock" if command == "test" else "requirements.lock")
    if command == "install":
        print(f"已装好：{script}")
        return 0
    sys.stdout.flush()
    if command == "demo":
        os.execv(str(script), [str(script), "demo"] + rest)
    os.environ["CHROMIUM"] = ensure_chromium()
    os.chdir(str(ROOT))
    os.execv(str(PYTHON), [str(PYTHON), "-m", "pytest"] + rest)


if __name__ == "__main__":
    sys.exit(main())
