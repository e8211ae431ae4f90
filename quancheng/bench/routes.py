"""Routing hints and places: macro-F1, accuracy by coverage, the runner-up, speed; cold start; names in many texts."""

import csv
import os
import random
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedGroupKFold

from quancheng.bench import at_least, figure, note
from quancheng.mining import exact, routing
from quancheng.mining.lookalikes import groups
from quancheng.mining.places import Area, gazetteer
from quancheng.mining.routing import Hint

SEED = 2  # of the folds; tuning used 101 and 102 on one half of the messages
OUR_NAMES = {"卫生计生": "卫生健康"}  # the corpus's categories in our words; the other six are called alike
LETTERS = "东西王李张赵庄河口石桥柳林马泉山水金玉龙凤岗坡洼营寨堡集店铺屯沟崖塔寺井头前后新旧青白红黄"
Trained = Callable[[list[str], list[str]], routing.Router | exact.Exact]


def folder() -> Path | None:
    """Return the folder of labelled messages: BENCH_CORPUS or beside it, or shared/corpus beside the checkout; None."""
    named = Path(os.environ.get("BENCH_CORPUS") or Path(__file__).resolve().parents[3] / "shared" / "corpus")
    return next((one for one in (named, named / "messages", named.parent / "messages") if (one / "labelled.csv").is_file()), None)


def main() -> None:
    """Measure."""
    quick = bool(os.environ.get("BENCH_QUICK"))
    measure_places(100_000 if quick else 1_000_000)
    measure_speed(40_000)
    messages = folder()
    if messages is None:
        note("没有找到 messages/labelled.csv；用 --corpus 指定语料目录。分类的准确程度未测。")
        return
    with (messages / "labelled.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    texts, labels = [f"{row['title']}。{row['text']}" for row in rows], [row["category"] for row in rows]
    measure_cold(texts, labels)
    measure_folds("批量（字串）", texts, labels, routing.train)
    if not quick:
        measure_folds("细致（字串、词、句向量）", texts, labels, exact.train)


def measure_folds(name: str, texts: list[str], labels: list[str], train: Trained) -> None:
    """Five folds, look-alikes in one; the threshold of each fold comes from inside its lessons."""
    leader = groups(texts)
    apart = np.where(leader < 0, np.arange(len(texts)) + len(texts), leader)
    said: list[Hint] = [Hint("", 0.0, "", False)] * len(texts)
    began = time.process_time()
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=SEED)
    for turn, (lessons, test) in enumerate(folds.split(texts, labels, apart), 1):
        note(f"{name}：第{turn}折……")
        model = train([texts[i] for i in lessons], [labels[i] for i in lessons])
        for i, hint in zip(test.tolist(), model.hints([texts[i] for i in test]), strict=True):
            said[i] = hint
    _tell(name, said, labels)
    figure(f"{name}：五折学习和检验（每折内又分五折定门槛）", time.process_time() - began, "秒 CPU", "", None)


def _tell(name: str, said: Sequence[Hint], labels: Sequence[str]) -> None:
    best = [hint.category for hint in said]
    right = np.array([hint.category == label for hint, label in zip(said, labels, strict=True)])
    sure = np.argsort([-hint.confidence for hint in said], kind="stable")
    shown = np.array([hint.shown for hint in said])
    at_least(f"{name}：宏平均F1（{len(labels)} 件，五折）", f1_score(labels, best, average="macro"), 0.90, "")
    figure(f"{name}：准确率", float(right.mean()), "", "", None)
    at_least(f"{name}：最有把握的60%中的准确率", float(right[sure[: int(0.6 * len(sure))]].mean()), 0.98, "")
    both = np.mean([label in (hint.category, hint.second) for hint, label in zip(said, labels, strict=True)])
    at_least(f"{name}：前两个中有正确的", float(both), 0.975, "")
    figure(f"{name}：给出提示的比例", float(shown.mean()), "", "", None)
    figure(f"{name}：给出的提示的准确率", float(right[shown].mean()) if shown.any() else 0.0, "", "", None)
    figure(f"{name}：把握和准确率之差（平均）", _gap(np.array([hint.confidence for hint in said]), right), "", "", None)


def _gap(sure: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the expected calibration error in ten bins of equal size."""
    bins = np.array_split(np.argsort(sure), 10)
    return float(sum(len(rows) * abs(sure[rows].mean() - right[rows].mean()) for rows in bins) / len(sure))


def measure_cold(texts: list[str], labels: list[str]) -> None:
    """The shipped sentences alone, on the corpus's seven categories under our names."""
    router = routing.cold()
    wanted = [OUR_NAMES.get(label, label) for label in labels]
    scores = router.scores(texts)
    best = [router.categories[i] for i in scores.argmax(axis=1).tolist()]
    figure("没有学过的城市：准确率（在全部类别中选）", float(np.mean([a == b for a, b in zip(best, wanted, strict=True)])), "", "", None)
    seven = [i for i, name in enumerate(router.categories) if name in set(wanted)]
    among = [router.categories[seven[i]] for i in scores[:, seven].argmax(axis=1).tolist()]
    figure("没有学过的城市：准确率（只在7类中选）", float(np.mean([a == b for a, b in zip(among, wanted, strict=True)])), "", "", None)
    figure("没有学过的城市：宏平均F1（只在7类中选）", f1_score(wanted, among, average="macro"), "", "", None)


def measure_speed(count: int) -> None:
    """Texts of 81 characters, put together from the shipped sentences, by a router of seven categories."""
    chosen = [seed for seed in routing.seeds() if seed.category in {"城乡建设", "交通运输", "环境保护", "教育文体", "劳动和社会保障", "商贸旅游", "卫生健康"}]
    router = routing.train([seed.sentence for seed in chosen] * 4, [seed.category for seed in chosen] * 4, measured=False)
    draw = random.Random(1)
    texts = ["，".join(draw.choice(chosen).sentence for _ in range(6))[:81] for _ in range(count)]
    router.scores(texts[:1000])
    began = time.process_time()
    router.scores(texts)
    at_least("批量分类，每秒 CPU（81字一段）", count / (time.process_time() - began), 30_000, "段")


def measure_places(count: int) -> None:
    """Ten thousand names, texts of 80 characters, every second one with a name."""
    draw = random.Random(1)
    names: set[str] = set()
    while len(names) < 10_000:
        names.add("".join(draw.choices(LETTERS, k=draw.choice((2, 2, 2, 3)))) + draw.choice(("村",) * 8 + ("社区", "镇", "街道")))
    listed = sorted(names)
    began = time.process_time()
    held = gazetteer(Area(str(i), name, parent=str(i // 50) if i >= 200 else None) for i, name in enumerate(listed))
    figure("地名：备好1万个名称", time.process_time() - began, "秒 CPU", "", None)
    filler = [seed.sentence for seed in routing.seeds()]
    texts = []
    for i in range(50_000):
        words = "，".join(draw.choices(filler, k=6))[:77]
        at = draw.randrange(len(words))
        texts.append(words[:at] + draw.choice(listed) + words[at:] if i % 2 else words)
    spent = found = 0.0
    for first in range(0, count, len(texts)):
        part = texts[: min(len(texts), count - first)]
        began = time.process_time()
        found += sum(map(len, held.find(part, with_roads=False)))
        spent += time.process_time() - began
    figure(f"地名：{count} 段文字对1万个名称", spent, "秒 CPU", "", None)
    began = time.process_time()
    held.find(texts)
    figure("地名：连同道路名，每100万段", (time.process_time() - began) * 1e6 / len(texts), "秒 CPU", "", None)
    figure("地名：每段找到的地名", found / count, "个", "", None)
    figure("　内存峰值", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB", "", None)


if __name__ == "__main__":
    main()
