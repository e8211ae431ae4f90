"""Pictures are what their bytes are, and keep nothing but the picture."""

import struct
import subprocess
import zlib

import pytest
from district import png

from quancheng.contact import files
from quancheng.kernel import pictures

EXIF = b"Exif\0\0MM\0*\0\0\0\x08\0\x02\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\x88\x25\0\x04\0\0\0\x01\0\0\0\x26\0\0\0\0GPS-30.5N-114.3E"


def segment(marker: int, data: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data


def jpeg(width=8, height=6, extra=b"", tail=b"", scan=b"\x12\xff\x00\x34\xff\xd0\x56") -> bytes:
    jfif = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
    frame = segment(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0")
    return b"\xff\xd8" + jfif + extra + frame + segment(0xDA, b"\1\1\0\0\x3f\0") + scan + b"\xff\xd9" + tail


def webp(width=10, height=7, extra=b"") -> bytes:
    lossless = b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14) + b"\0"
    big = bytes([0b0000_1100]) + b"\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBP"
    for name, data in ((b"VP8X", big), (b"VP8L", lossless), (b"EXIF", extra), (b"XMP ", extra)):
        body += name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def kept(data: bytes) -> tuple[files.Stored, bytes]:
    stored = files.keep_picture(data)
    return stored, files.path_of(stored.name).read_bytes()


def test_a_photograph_loses_place_and_device_but_stands_upright():
    stored, data = kept(jpeg(extra=segment(0xE1, EXIF) + segment(0xFE, b"camera of Zhang"), tail=b"PK\x03\x04hidden"))
    assert (stored.kind, stored.width, stored.height, stored.size) == ("image/jpeg", 8, 6, len(data))
    for trace in (b"GPS", b"Zhang", b"hidden", b"\x88\x25"):
        assert trace not in data
    assert b"Exif\0\0" in data and pictures._orientation(data[data.index(b"MM\0*") :]) == 6
    assert data.endswith(b"\xff\xd9") and b"\x12\xff\x00\x34\xff\xd0\x56" in data


def test_a_photograph_that_stands_upright_keeps_no_exif_at_all():
    assert b"Exif" not in kept(jpeg(extra=segment(0xE1, EXIF.replace(b"\0\x06\0\0", b"\0\x01\0\0", 1))))[1]


def test_the_preview_in_a_jfif_goes():
    thumb = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\1\1abc")
    data = kept(b"\xff\xd8" + thumb + jpeg()[20:])[1]
    assert b"abc" not in data and data[:20] == b"\xff\xd8" + segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")


def test_a_png_loses_its_texts_and_is_checked():
    stored, data = kept(png(40, 30, extra=b"Author\0Zhang"))
    assert (stored.kind, stored.width, stored.height) == ("image/png", 40, 30)
    assert b"Zhang" not in data and data == png(40, 30)


def test_a_webp_loses_exif_and_says_so():
    stored, data = kept(webp(extra=EXIF))
    assert (stored.kind, stored.width, stored.height) == ("image/webp", 10, 7)
    assert b"GPS" not in data and b"EXIF" not in data and data[20] & 0b1100 == 0
    assert struct.unpack("<I", data[4:8])[0] == len(data) - 8


@pytest.mark.parametrize(
    "data",
    [
        b"", b"GIF89a" + b"\0" * 50, b"<svg onload='x'/>", b"\xff\xd8", b"\xff\xd8\xff\xd9", jpeg()[:-6], jpeg()[:30],
        b"\x89PNG\r\n\x1a\n", png()[:-6], png()[:40], png().replace(b"IDAT", b"IDAX"), webp()[:20], b"RIFF\0\0\0\0WEBP",
        b"MZ" + png(), b"%PDF-1.4\n%%EOF", jpeg(width=0), jpeg(width=13_000), jpeg(width=9_000, height=9_000),
        b"\xff\xd8" + b"\xff\xe1\0\0" * 9,
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(files.BadFile):
        files.keep_picture(data)


def test_a_png_that_unpacks_to_more_than_it_says_is_refused_early():
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)
    bomb = zlib.compress(b"\0" * 200_000_000, 9)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", bomb) + chunk(b"IEND", b"")
    with pytest.raises(files.BadFile):
        files.keep_picture(data)


def test_too_many_bytes_are_refused():
    with pytest.raises(files.BadFile):
        files.keep_picture(jpeg(scan=b"\1" * files.LARGEST))


def test_the_same_picture_is_kept_once_and_no_half_file_stays():
    first, second = files.keep_picture(png(9, 9)), files.keep_picture(png(9, 9, extra=b"Comment\0x"))
    assert first == second
    folder = files.path_of(first.name).parent
    assert not list(folder.glob(".new-*"))
    assert subprocess.run(["ls", "-1", folder], capture_output=True, check=True).stdout.decode().count(first.name) == 1


def test_documents_are_pdf_or_picture():
    assert files.keep_document(b"%PDF-1.7\n...\n%%EOF\n").kind == "application/pdf"
    assert files.keep_document(png()).kind == "image/png"
    for data in (b"%PDF-1.7 cut off", b"plain words", b"PK\x03\x04"):
        with pytest.raises(files.BadFile):
            files.keep_document(data)
