"""The booth: what encrypting one ballot costs in headless Chromium, the browser that stands in the hall."""

import html
import json
import os
import re
import shutil
import subprocess  # noqa: S404  # the browser is a program of its own
import tempfile
from pathlib import Path

from quancheng.ballots import ballot, pages, simulate
from quancheng.bench import at_most, figure, note

OPTIONS, MARKS, TURNS = 30, 10, 15
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
PAGE = """<!doctype html><meta charset="utf-8"><pre id="out"></pre><script>%s</script><script>
const B = BallotProtocol, given = %s, eid = B.eidOf(given.manifest), options = given.manifest.questions[0].options;
const marks = [options.map((_, o) => o < given.marks ? 1 : 0)], found = { preparing: [], encrypting: [], ballot: null };
for (let turn = 0; turn < given.turns; turn++) {
  const started = performance.now(), joint = B.element(given.joint).prepare(), ready = performance.now();
  found.ballot = B.makeBallot({ manifest: given.manifest, eid, joint }, B.cardSecret(B.randomBytes(16)), 1, marks).ballot;
  found.encrypting.push(performance.now() - ready);
  found.preparing.push(ready - started);
}
document.getElementById("out").textContent = JSON.stringify(found);
</script>"""


def main() -> None:
    """Measure."""
    browser = next(filter(None, map(shutil.which, (os.environ.get("CHROMIUM", ""), *NAMES))), None)
    if browser is None:
        note("没有找到 Chromium，这一项未测；用 CHROMIUM 指定。")
        figure("表决器：没有 Chromium，未测", 0, "", "", None)
        return
    hall = simulate.Hall(3, [simulate.approval(OPTIONS, MARKS, OPTIONS * 4 // 5)])
    hall.make_keys()
    turns = 3 if os.environ.get("BENCH_QUICK") else TURNS
    given = {"manifest": hall.manifest.body, "joint": hall.joint.hex(), "marks": MARKS, "turns": turns}
    note(f"在无界面的 Chromium 中加密 {turns} 张票……")
    found = _run(browser, PAGE % (pages.source("protocol.js"), json.dumps(given)))
    ballot.check(hall.manifest, hall.joint, found["ballot"])
    what = f"{OPTIONS} 项、选 {MARKS} 项"
    at_most(f"表决器加密一张票（{what}，Chromium，中位数）", sorted(found["encrypting"])[turns // 2], 250, "毫秒")
    at_most("　最慢的一次（含脚本预热）", max(found["encrypting"]), 500, "毫秒")
    figure("　备好公钥的乘法表（每次表决一次）", sorted(found["preparing"])[turns // 2], "毫秒", "", None)


def _run(browser: str, page: str) -> dict[str, list[float]]:
    with tempfile.TemporaryDirectory(prefix="quancheng-booth-") as folder:
        file = Path(folder, "booth.html")
        file.write_text(page, encoding="utf-8")
        command = [browser, *FLAGS, f"--user-data-dir={folder}/profile", "--dump-dom", file.as_uri()]
        made = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)  # noqa: S603  # our own page
    written = re.search(r'<pre id="out">(\{.*?\})</pre>', made.stdout, re.DOTALL)
    assert written, made.stdout[-500:]
    return json.loads(html.unescape(written[1]))  # type: ignore[no-any-return]  # what our own page wrote


if __name__ == "__main__":
    main()
