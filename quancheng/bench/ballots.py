"""Secret ballots: CPU to verify a whole archive, to accept one ballot, to encrypt one with the Python code."""

import os
import random
import time

from quancheng.ballots import cast, simulate, verify
from quancheng.bench import at_most, figure, note

BALLOTS, OPTIONS, MARKS = 500, 30, 10


def main() -> None:
    """Measure."""
    ballots = BALLOTS // 10 if os.environ.get("BENCH_QUICK") else BALLOTS
    question = simulate.approval(OPTIONS, MARKS, OPTIONS * 4 // 5)
    hall = simulate.Hall(ballots, [question])
    hall.make_keys()
    cards, chance = hall.open(ballots, ballots), random.Random(1)
    note(f"模拟 {ballots} 张选票……")
    encrypting = accepting = 0.0
    for card in cards:
        marks = simulate.some_marks(chance, hall.manifest)
        began = time.process_time()
        body, _ = hall.made(card, marks)
        made = time.process_time()
        accepted = cast.press(hall.manifest, hall.joint, hall.standings[body["credential"]], body)
        accepting += time.process_time() - made
        encrypting += made - began
        hall.keep(body, *accepted)
    hall.close()
    hall.decrypt((1, 2, 3), hall.reading())
    data = hall.publish()
    note(f"核验 {len(data) / 1e6:.1f} MB 的存档……")
    began = time.process_time()
    verdict = verify.verify(data)
    whole = time.process_time() - began
    what = f"{OPTIONS} 项、每票至多 {MARKS} 项"
    at_most(f"核验全部 {ballots} 张票（{what}；Helios 原样 601 秒、ElectionGuard-Python 603 秒）", whole, 15 * ballots / BALLOTS, "秒 CPU")
    figure("　核验通过", float(verdict.ok), "", "= 1", verdict.ok)
    at_most(f"接受一张票（{what}）", accepting / len(cards) * 1000, 40, "毫秒 CPU")
    figure("　用 Python 加密一张票", encrypting / len(cards) * 1000, "毫秒 CPU", "", None)


if __name__ == "__main__":
    main()
