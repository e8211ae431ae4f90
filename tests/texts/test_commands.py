"""`quancheng text …` as other programs call it: what comes out, and how bad input is refused."""

import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from quancheng.texts.commands import main_text
from quancheng.texts.parse import parse
from quancheng.texts.read import read_file
from tests.texts import docx_files, laws, pdf_files

CALL = [sys.executable, "-c", "import sys; from quancheng.cli import main; sys.exit(main())", "text"]
ROOT = Path(__file__).resolve().parents[2]
CHANGED = laws.PLAIN.replace("一点五米", "一米").replace("第三条", "第三条　犬只每年免疫一次。\n第四条", 1)


def called(*words: str, stdin: bytes = b"", **environ: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process that knows no settings and no database."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "QUANCHENG", "DATABASE"))}
    return subprocess.run([*CALL, *words], input=stdin, capture_output=True, env=kept | environ, cwd=ROOT, check=False)


@pytest.fixture
def law(tmp_path) -> Path:
    path = tmp_path / "条例.txt"
    path.write_text(laws.FULL, encoding="utf-8")
    return path


@pytest.fixture
def old_and_new(tmp_path) -> list[str]:
    for name, words in (("old.txt", laws.PLAIN), ("new.txt", CHANGED)):
        (tmp_path / name).write_text(words, encoding="utf-8")
    return [str(tmp_path / "old.txt"), str(tmp_path / "new.txt")]


def test_parse_prints_the_tree(law, capfd):
    assert main_text(["parse", str(law)]) == 0
    said = capfd.readouterr()
    assert "    （一）符合国土空间规划；" in said.out and "第三条之一 规划每十年编制一次。" in said.out
    assert said.out.endswith("共7条。全部内容均已归位。\n") and said.err == ""


def test_parse_shows_what_has_no_place(tmp_path, capfd):
    path = tmp_path / "a.txt"
    path.write_text("某条例\n第一章　总则\n游离的一句。\n第一条　甲。\n第三条　乙。", encoding="utf-8")
    assert main_text(["parse", str(path)]) == 0
    said = capfd.readouterr().out
    assert "有1处未能归位：\n  第3行" in said and "游离的一句。" in said and "请核对：第5行　条号不连续" in said


def test_parse_json_has_the_promised_keys(law):
    ran = called("parse", str(law), "--json")
    assert (ran.returncode, ran.stderr) == (0, b"")
    found = json.loads(ran.stdout)
    assert {"title", "caption", "articles", "unplaced"} <= set(found)
    assert {"number", "anchor", "paragraphs"} <= set(found["articles"][0])
    assert {"text", "items"} <= set(found["articles"][0]["paragraphs"][0])
    assert found == parse(laws.FULL).to_json()


def test_json_is_utf8_and_words_do_not_break_a_narrow_terminal(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("某条例\n第一条　𠮷某😀。", encoding="utf-8")
    ran = called("parse", str(path), "--json", PYTHONIOENCODING="gbk")
    assert json.loads(ran.stdout.decode())["articles"][0]["paragraphs"][0]["text"] == "𠮷某😀。"
    ran = called("parse", str(path), PYTHONIOENCODING="gbk")
    assert ran.returncode == 0 and "\\U00020bb7某" in ran.stdout.decode("gbk")


def test_a_text_on_standard_input():
    ran = called("parse", "-", "--json", stdin=laws.DECISION.encode("gb18030"))
    assert [a["anchor"] for a in json.loads(ran.stdout)["articles"]] == ["d1", "d2", "d3"]


def test_compare_marks_words(old_and_new, capfd):
    assert main_text(["compare", *old_and_new]) == 0
    said = capfd.readouterr().out
    assert "修改　第二条 → 第二条" in said and "犬绳不超过[-一点五-]{+一+}米" in said and "新增　（新增） → 第三条" in said


def test_compare_json(old_and_new, capfdbinary):
    assert main_text(["compare", *old_and_new, "--json"]) == 0
    found = json.loads(capfdbinary.readouterr().out)
    assert found["counts"] == {"same": 2, "changed": 1, "new": 1}
    changed = next(row for row in found["rows"] if row["kind"] == "changed")
    assert (changed["old_anchor"], changed["new_anchor"]) == ("a2", "a2")
    assert "".join(s["text"] for s in changed["spans"] if s["op"] != "ins") == changed["old_text"]
    assert "".join(s["text"] for s in changed["spans"] if s["op"] != "del") == changed["new_text"]


@pytest.mark.parametrize("form", ["akn", "docx", "pdf", "txt", "json"])
def test_export_to_standard_output_and_to_a_file(form, law, tmp_path, capfdbinary):
    assert main_text(["export", str(law), "--to", form]) == 0
    straight = capfdbinary.readouterr().out
    path = tmp_path / f"out.{form}"
    assert main_text(["export", str(law), "--to", form, "-o", str(path)]) == 0
    assert capfdbinary.readouterr().out == b""
    begins = {"akn": b"<?xml", "docx": b"PK", "pdf": b"%PDF-", "txt": "濮河市".encode(), "json": b"{"}[form]
    assert straight.startswith(begins) and path.read_bytes().startswith(begins)
    if form in ("txt", "docx"):
        assert parse(read_file(path.read_bytes(), path.name)).to_json() == parse(laws.FULL).to_json()


def test_the_pdf_export_says_which_letters_have_no_font(tmp_path, capfd):
    path = tmp_path / "a.txt"
    path.write_text("某条例\n第一条　\ue123某。", encoding="utf-8")
    assert main_text(["export", str(path), "--to", "pdf", "-o", str(tmp_path / "a.pdf")]) == 0
    assert "U+E123" in capfd.readouterr().err
    assert "〔U+E123〕某。" in read_file((tmp_path / "a.pdf").read_bytes(), "a.pdf")


@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_nothing_binary_is_written_to_a_terminal(form, law):
    here, there = pty.openpty()
    try:
        ran = subprocess.run(
            [*CALL, "export", str(law), "--to", form], stdout=there, stderr=subprocess.PIPE, cwd=ROOT, check=False
        )
    finally:
        os.close(there)
        os.close(here)
    assert ran.returncode == 2 and "请用 -o" in ran.stderr.decode()


def bad_files(folder: Path) -> dict[str, tuple[Path, str]]:
    """Return kind -> (path, a word of the refusal)."""
    made = {
        "no Word document": ("a.docx", b"PK\x03\x04 no zip", "损坏"), "a scan": ("a.pdf", pdf_files.scanned(), "扫描件"),
        "a lock": ("b.pdf", pdf_files.locked(), "密码"), "empty": ("b.txt", b"", "空"),
        "binary": ("c.bin", bytes(range(256)) * 9, "不是文本"), "too large": ("d.txt", b"x" * (100 << 20), "20MB"),
        "a bomb": ("e.docx", docx_files.repacked(docx_files.of_lines("甲"), word__media__a_dot_xml=b" " * (60 << 20)), "过大"),
    }  # fmt: skip
    found = {}
    for kind, (name, data, word) in made.items():
        (folder / name).write_bytes(data)
        found[kind] = (folder / name, word)
    return {**found, "a folder": (folder, "文件夹"), "missing": (folder / "没有.txt", "没有这个文件")}


def test_bad_input_is_refused_in_one_line(tmp_path, capfd):
    for kind, (path, word) in bad_files(tmp_path).items():
        for words in (["parse", str(path)], ["parse", str(path), "--json"], ["export", str(path), "--to", "txt"]):
            status = main_text(words)
            said = capfd.readouterr()
            assert (status, said.out, said.err.count("\n")) == (2, "", 1), kind
            assert word in said.err and path.name in said.err, kind


def test_bad_input_on_either_side_of_a_comparison(law, tmp_path, capfd):
    missing = str(tmp_path / "没有.txt")
    assert main_text(["compare", str(law), missing]) == main_text(["compare", missing, str(law)]) == 2
    assert capfd.readouterr().err.count("没有这个文件") == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "缺少参数：命令"), (["parse"], "缺少参数：FILE"), (["parse", "a", "b"], "多出的参数：b"), (["sing"], "没有“sing”这个命令"),
        (["export", "a.txt"], "缺少参数：--to"), (["export", "a.txt", "--to"], "--to 后面缺少内容"), (["compare", "a"], "缺少参数：NEW"),
        (["parse", "a\0b"], "打不开"),
    ],
)  # fmt: skip
def test_wrong_words_on_the_command_line(words, said, capfd):
    assert main_text(words) == 2
    err = capfd.readouterr().err
    assert said in err and err.count("\n") == 1


def test_an_unknown_form(law, capfd):
    assert main_text(["export", str(law), "--to", "doc"]) == 2
    assert "没有“doc”这种格式，可以选择：akn、docx、pdf、txt、json" in capfd.readouterr().err


def test_a_file_that_cannot_be_written(law, tmp_path, capfd):
    assert main_text(["export", str(law), "--to", "txt", "-o", str(tmp_path)]) == 2
    assert "写不进这个文件" in capfd.readouterr().err


def test_help(capfd):
    assert main_text(["--help"]) == 0
    assert "quancheng text" in capfd.readouterr().out


def test_a_reader_who_has_had_enough(law):
    """`quancheng text parse FILE | head -1` ends quietly."""
    ran = subprocess.run(
        ["sh", "-c", '"$@" | head -c 10', "sh", *CALL, "parse", str(law)], capture_output=True, cwd=ROOT, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_it_needs_no_settings_and_does_not_load_django(law):
    program = (
        "import sys; from quancheng.cli import main; status = main(['text', 'parse', sys.argv[1], '--json']); "
        "print(sorted(m for m in sys.modules if m in ('django', 'quancheng.settings', 'pypdfium2')), status, file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", program, str(law)], capture_output=True, cwd=ROOT, check=False)
    assert ran.stderr.decode().strip() == "[] 0"


def test_standard_input_is_limited_too(capfd, monkeypatch):
    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            return b"x" * size

    monkeypatch.setattr(sys, "stdin", type("Stdin", (), {"buffer": Endless()})())
    assert main_text(["parse", "-"]) == 2
    assert "20MB" in capfd.readouterr().err
