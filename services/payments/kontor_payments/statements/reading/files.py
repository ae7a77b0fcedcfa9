"""Which format a file has, and the statements in it: CAMT.053, MT940, or a ZIP of such files."""

import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from kontor_payments.statements.reading.camt import read_camt
from kontor_payments.statements.reading.model import FileUnreadable, Items, Statement, shortened
from kontor_payments.statements.reading.mt940 import read_mt940
from kontor_service.bodies import MEBIBYTE
from kontor_service.errors import Problem, TooLarge
from kontor_service.i18n import N_
from kontor_service.vocabulary import Rendered

MOST_BYTES = 32 * MEBIBYTE
# Of a ZIP: how many files it may have, what they may become together, and by how much one may grow.
_MOST_FILES = 500
_MOST_UNPACKED = 4 * MOST_BYTES
_MOST_RATIO = 200
_MT940 = re.compile(rb"^:20:", re.MULTILINE)
# What unpacking raises; of bzip2 it is OSError.
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError)
_MARK = b"\xef\xbb\xbf"


def read_file(content: bytes) -> Items:
    """Each statement followed by its entries. Raises FileUnreadable, TooLarge, also in the middle."""
    if content[:4] == b"PK\x03\x04":
        for name, one in _members(content):
            with naming_file(name):
                for item in _read_one(one):
                    yield replace(item, file=name) if isinstance(item, Statement) else item
    else:
        yield from _read_one(content)


@contextmanager
def naming_file(name: str) -> Iterator[None]:
    """A refusal in here says which file of the ZIP it is about; without a name it stays as it is."""
    try:
        yield
    except Problem as problem:
        if name:
            problem.message = Rendered(f"{name}: {problem.detail}")
            problem.params["file"] = name
        raise


def _read_one(content: bytes) -> Items:
    start = content[:4096].removeprefix(_MARK).lstrip()
    if start.startswith(b"<"):
        return read_camt(io.BytesIO(content))
    if _MT940.search(start):
        return read_mt940(content)
    raise FileUnreadable(N_("Please choose a bank statement in the format CAMT.053 or MT940, or a ZIP of such files."))


def _members(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Each file with its name, without folders. What stands in the ZIP's directory about sizes is only believed where it says too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir() and not _is_side_file(info.filename)]
            if len(infos) > _MOST_FILES:
                raise TooLarge(
                    N_("A ZIP may have at most %(most)s files."), code="statement_zip_too_large", most=_MOST_FILES
                )
            left = _MOST_UNPACKED
            for info in sorted(infos, key=lambda one: one.filename):
                most = min(left, MOST_BYTES, _MOST_RATIO * max(info.compress_size, 1024))
                with archive.open(info) as member:
                    found = member.read(most + 1)
                if len(found) > most:
                    raise TooLarge(N_("The files in this ZIP are too large."), code="statement_zip_too_large")
                left -= len(found)
                yield shortened(info.filename.rpartition("/")[2]), found
    except (*_BROKEN, EOFError, RuntimeError, NotImplementedError) as error:
        raise FileUnreadable(N_("This ZIP cannot be unpacked."), code="statement_zip_broken") from error


def _is_side_file(name: str) -> bool:
    """What computers add to a folder by themselves."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith(".")
