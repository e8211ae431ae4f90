"""PDF files made for the tests: broken lines, pictures only, a password."""

import struct
import zlib

import typst

from quancheng.kernel import typeset

PICTURE_PAGE = "#image(bytes({}), width: 100%)"


def png(size: int = 8) -> bytes:
    """Return a small grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\x00" + bytes(range(0, 8 * size, 8)) for _ in range(size))
    head = struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def scanned(pages: int = 2) -> bytes:
    """Return a PDF of pictures, as a scanner makes it."""
    page = PICTURE_PAGE.format("(" + ",".join(map(str, png())) + ")")
    return bytes(typst.compile("\n#pagebreak()\n".join([page] * pages).encode()))


def page_of(source: str, words: str) -> bytes:
    """Return a PDF of a source of typst that reads the words as `w`."""
    return typeset.pdf("#let w = json(bytes(sys.inputs.data)).w\n#set text(font: \"Noto Serif CJK SC\")\n" + source, {"w": words})


def half_scanned() -> bytes:
    picture = PICTURE_PAGE.format("(" + ",".join(map(str, png())) + ")")
    return page_of(f"#w\n#pagebreak()\n{picture}", "某条例")


def locked() -> bytes:
    """Return a PDF that asks for a password: its key fits no password that anybody knows."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>",
        b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"ab" * 32 + b"> /U <" + b"cd" * 32 + b"> >>",
    ]  # fmt: skip
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    identity = b"<" + b"11" * 16 + b">"
    return out + (
        b"xref\n0 5\n0000000000 65535 f \n%strailer\n<< /Size 5 /Root 1 0 R /Encrypt 4 0 R /ID [%s %s] >>\nstartxref\n%d\n%%%%EOF\n"
        % (table, identity, identity, len(out))
    )
