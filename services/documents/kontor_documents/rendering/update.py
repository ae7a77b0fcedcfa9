"""An incremental update (ISO 32000-1, 7.5.6): objects appended to a finished PDF.

Writing the file anew would cost as much as a third of setting it; and what the typesetter wrote stays byte for byte.
"""

import hashlib
import re
import zlib

STRUCTURE = re.compile(rb"xref\s+0 (\d+)\s+")
ROOT = re.compile(rb"/Root (\d+) 0 R")
INFO = re.compile(rb"/Info \d+ 0 R")
IDENTITY = re.compile(rb"/ID\s*\[\s*(\([^)]*\)|<[^>]*>)")
LENGTH = re.compile(rb"/Length (\d+)")


class Update:
    """Takes the PDF as Typst writes it: one cross-reference table, no object streams. RuntimeError for anything else."""

    def __init__(self, pdf: bytes) -> None:
        self._pdf = pdf
        self._start = int(pdf[pdf.rindex(b"startxref") + 9 :].split()[0])
        table = self._found(STRUCTURE.match(pdf, self._start), "cross-reference table")
        self._entries = table.end()
        self._size = int(table[1])
        self._trailer = pdf[pdf.rindex(b"trailer") :]
        self.root = int(self._found(ROOT.search(self._trailer), "catalogue")[1])
        self._objects: dict[int, bytes] = {}

    def dictionary(self, number: int) -> bytes:
        """What stands between << and >> in an object that is a dictionary without texts of users."""
        content = self._object(number)
        content = content[: content.index(b"endobj")]
        return content[content.index(b"<<") + 2 : content.rindex(b">>")]

    def stream(self, number: int) -> bytes:
        """The content of an uncompressed stream."""
        content = self._object(number)
        head, _, rest = content.partition(b"stream")
        length = int(self._found(LENGTH.search(head), "stream length")[1])
        start = len(rest) - len(rest.lstrip(b"\r\n"))
        return rest[start : start + length]

    def put(self, body: bytes, number: int | None = None) -> int:
        """Adds the object, or replaces the one of that number. Its number."""
        if number is None:
            number = self._size
            self._size += 1
        self._objects[number] = body
        return number

    def put_stream(self, content: bytes, entries: bytes, number: int | None = None, *, packed: bool = True) -> int:
        if packed:
            content, entries = zlib.compress(content), entries + b"/Filter/FlateDecode"
        return self.put(b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(content), content), number)

    def written(self) -> bytes:
        """The PDF with what was put, under an identity that follows from its bytes."""
        target = bytearray(self._pdf.rstrip() + b"\n")
        offsets = {}
        for number, body in sorted(self._objects.items()):
            offsets[number] = len(target)
            target += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        start = len(target)
        # The head of the free list, which readers look for first in any table.
        target += b"xref\n0 1\n0000000000 65535 f\r\n"
        for number, offset in offsets.items():
            target += b"%d 1\n%010d 00000 n\r\n" % (number, offset)
        info = self._found(INFO.search(self._trailer), "document information")[0]
        first = self._found(IDENTITY.search(self._trailer), "identity")[1]
        identity = hashlib.md5(target, usedforsecurity=False).hexdigest().encode()
        target += b"trailer\n<</Size %d/Root %d 0 R%s/Prev %d" % (self._size, self.root, info, self._start)
        target += b"/ID[%s<%s>]>>\nstartxref\n%d\n%%%%EOF\n" % (first, identity, start)
        return bytes(target)

    def _object(self, number: int) -> bytes:
        entry = self._entries + 20 * number
        return self._pdf[int(self._pdf[entry : entry + 10]) :]

    @staticmethod
    def _found(match: re.Match[bytes] | None, what: str) -> re.Match[bytes]:
        if match is None:
            raise RuntimeError(f"the typesetter's PDF has no {what} where one is expected")
        return match


def pdf_text(text: str) -> bytes:
    """A text string: ASCII where that suffices, else UTF-16 with its mark (7.9.2.2)."""
    encoded = text.encode() if text.isascii() else b"\xfe\xff" + text.encode("utf-16-be")
    return b"<%s>" % encoded.hex().encode()


def pdf_name(name: str) -> bytes:
    return b"/" + re.sub(rb"[^A-Za-z0-9+.-]", lambda found: b"#%02X" % found[0][0], name.encode())
