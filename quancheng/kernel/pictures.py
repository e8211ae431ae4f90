"""Pictures taken apart: what they truly are, how large, and their bytes without metadata. No files, no settings.

What a file calls itself counts for nothing. A JPEG, PNG or WebP is taken apart; its size in pixels is read, what is
not picture (EXIF with place and device, comments, previews, whatever hangs behind the end) is left out. Only the
orientation of a photograph is put back, so that it stands upright.
"""

import struct
import zlib
from dataclasses import dataclass

LARGEST = 8 * 1024 * 1024  # bytes of one picture
PIXELS = 50_000_000
SIDE = 12_000
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"gAMA", b"sRGB", b"cHRM"}
_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


class BadFile(ValueError):
    """The file is too large, broken, or not one of the kinds that are taken."""


@dataclass(frozen=True)
class Picture:
    """A picture without its metadata. `kind` is its true media type."""

    data: bytes
    kind: str
    suffix: str
    width: int
    height: int


def clean_picture(data: bytes) -> Picture:
    """Return a JPEG, PNG or WebP without its metadata. Raises BadFile."""
    if len(data) > LARGEST:
        raise BadFile(f"图片不能大于{LARGEST // 1024 // 1024}兆，请压缩后再传。")
    try:
        if data.startswith(b"\xff\xd8"):
            kind, suffix, (clean, width, height) = "image/jpeg", "jpg", _jpeg(data)
        elif data.startswith(_PNG):
            kind, suffix, (clean, width, height) = "image/png", "png", _png(data)
        elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            kind, suffix, (clean, width, height) = "image/webp", "webp", _webp(data)
        else:
            raise BadFile("只收 JPEG、PNG、WebP 图片。文件名改成这样的不算。")
    except (IndexError, struct.error, zlib.error) as error:
        raise BadFile("图片不完整或者已经损坏，请换一张。") from error
    _check_size(width, height)
    return Picture(clean, kind, suffix, width, height)


def _check_size(width: int, height: int) -> None:
    if width < 1 or height < 1 or max(width, height) > SIDE or width * height > PIXELS:
        raise BadFile(f"图片每边应在1至{SIDE}像素之间，总共不超过{PIXELS // 10000}万像素。")


def _jpeg(data: bytes) -> tuple[bytes, int, int]:
    """Return a JPEG of its picture alone: without APPn (but JFIF and Adobe's colours), comments, tail."""
    out, at, width, height, turned, ended = [b"\xff\xd8"], 2, 0, 0, 0, False
    while not ended:
        if data[at] != 0xFF:
            raise BadFile("图片不完整或者已经损坏，请换一张。")
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker == 0xD9:
            ended = True
            continue
        length = struct.unpack(">H", data[at + 2 : at + 4])[0]
        segment = data[at : at + 2 + length]
        if length < 2 or len(segment) != 2 + length:
            raise IndexError
        if marker in _SOF:
            height, width = struct.unpack(">HH", segment[5:9])
        if marker == 0xE1 and segment[4:10] == b"Exif\0\0":
            turned = turned or _orientation(segment[10:])
        if marker in (0xE0, 0xEE) or not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            out.append(_plain_jfif(segment) if marker == 0xE0 else segment)
        at += 2 + length
        if marker == 0xDA:
            end = _scan_end(data, at)
            out.append(data[at:end])
            at = end
    if not width or len(out) < 4:
        raise IndexError
    if 2 <= turned <= 8:
        out.insert(1, _upright(turned))
    return b"".join([*out, b"\xff\xd9"]), width, height


def _plain_jfif(segment: bytes) -> bytes:
    """Return the JFIF segment without its preview picture; nothing of any other APP0."""
    if segment[4:9] != b"JFIF\0" or len(segment) < 18:
        return b""
    return b"\xff\xe0\x00\x10" + segment[4:16] + b"\0\0"


def _scan_end(data: bytes, at: int) -> int:
    """Return where a scan's entropy-coded bytes end: at the next marker that is no stuffing and no restart."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0:
            raise IndexError
        following = data[at + 1]
        if following != 0 and not 0xD0 <= following <= 0xD7:
            return at
        at += 2


def _orientation(tiff: bytes) -> int:
    """Return how a photograph is turned (1–8), 0 where EXIF does not say."""
    if tiff[:2] not in (b"II", b"MM"):
        return 0
    order = "<" if tiff[:2] == b"II" else ">"
    start = struct.unpack(order + "I", tiff[4:8])[0]
    if start + 2 > len(tiff):
        return 0
    for entry in range(min(struct.unpack(order + "H", tiff[start : start + 2])[0], 200)):
        row = tiff[start + 2 + entry * 12 : start + 14 + entry * 12]
        if len(row) == 12 and struct.unpack(order + "H", row[:2])[0] == 0x0112:
            return int(struct.unpack(order + "H", row[8:10])[0])
    return 0


def _upright(turned: int) -> bytes:
    """Return an EXIF segment that says how the picture is turned, and nothing else."""
    tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01" + struct.pack(">H", turned) + b"\0\0\0\0\0\0"
    return b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff


def _png(data: bytes) -> tuple[bytes, int, int]:
    """Return a PNG of its picture alone, its sums checked and its bytes as many as its size asks for."""
    out, at, body, header = [_PNG], len(_PNG), zlib.decompressobj(), b""
    wanted, got = 0, 0
    while True:
        length = struct.unpack(">I", data[at : at + 4])[0]
        name, chunk = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        sum_ = data[at + 8 + length : at + 12 + length]
        if len(sum_) != 4 or zlib.crc32(name + chunk) != struct.unpack(">I", sum_)[0] or (not header) != (name == b"IHDR"):
            raise IndexError
        if name == b"IHDR":
            header = chunk
            _check_size(*struct.unpack(">II", chunk[:8]))
            wanted = _png_bytes(chunk)
        if name == b"IDAT":
            while chunk and got <= wanted:
                got += len(body.decompress(chunk, 1 << 20))
                chunk = body.unconsumed_tail
        if name in _PNG_KEPT:
            out.append(data[at : at + 12 + length])
        at += 12 + length
        if name == b"IEND":
            break
    if got <= wanted:
        got += len(body.flush())
    if got < wanted or got > wanted + (wanted >> 3) + 64_000:
        raise IndexError
    width, height = struct.unpack(">II", header[:8])
    return b"".join(out), width, height


def _png_bytes(header: bytes) -> int:
    """Return how many bytes the rows of a PNG have at least; of an interlaced one, nearly."""
    width, height, depth, colour, _method, _filter, interlaced = struct.unpack(">IIBBBBB", header)
    if colour not in _CHANNELS or depth not in (1, 2, 4, 8, 16):
        raise IndexError
    row = (width * _CHANNELS[colour] * depth + 7) // 8
    return int(row * height if interlaced else (row + 1) * height)


def _webp(data: bytes) -> tuple[bytes, int, int]:
    """Return a WebP of its picture alone: without EXIF, XMP and colour profile; the flags say so."""
    total = struct.unpack("<I", data[4:8])[0] + 8
    if total > len(data):
        raise IndexError
    out, at, width, height = [], 12, 0, 0
    while at + 8 <= total:
        name, length = data[at : at + 4], struct.unpack("<I", data[at + 4 : at + 8])[0]
        chunk = data[at + 8 : at + 8 + length]
        if len(chunk) != length:
            raise IndexError
        if name == b"VP8X":
            width = int.from_bytes(chunk[4:7], "little") + 1
            height = int.from_bytes(chunk[7:10], "little") + 1
            chunk = bytes([chunk[0] & ~0b0010_1100]) + chunk[1:]
        elif name in (b"VP8 ", b"VP8L") and not width:
            width, height = _webp_size(name, chunk)
        if name in (b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"):
            out.append(name + struct.pack("<I", length) + chunk + b"\0" * (length & 1))
        at += 8 + length + (length & 1)
    body = b"WEBP" + b"".join(out)
    if not any(piece[:3] == b"VP8" and piece[3:4] != b"X" or piece[:4] == b"ANMF" for piece in out):
        raise IndexError
    return b"RIFF" + struct.pack("<I", len(body)) + body, width, height


def _webp_size(name: bytes, chunk: bytes) -> tuple[int, int]:
    if name == b"VP8L":
        if chunk[0] != 0x2F:
            raise IndexError
        bits = struct.unpack("<I", chunk[1:5])[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk[3:6] != b"\x9d\x01\x2a":
        raise IndexError
    width, height = struct.unpack("<HH", chunk[6:10])
    return width & 0x3FFF, height & 0x3FFF
