"""IBM Plex Sans for browsers: the variable font of fontpkg-ibm-plex-sans, cut to what pages need and packed as WOFF2.

Two cuts, told apart by `unicode-range`: Latin (43 kB, on every page) and the rest (Greek, Cyrillic, Vietnamese), which a
browser fetches only where such a letter occurs. Cutting takes two seconds, so the result is kept on disk where that can be written.
"""

import os
import tempfile
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import metadata
from io import BytesIO
from pathlib import Path
from threading import Lock

from fontpkg_ibm_plex_sans import FAMILY, ROOT

_SOURCE = ROOT / "files" / "IBMPlexSans[wdth,wght].ttf"
_FEATURES = ["kern", "liga", "tnum", "lnum", "ccmp", "locl", "mark", "mkmk", "calt", "case", "zero"]
_WEIGHTS = (400, 700)
_lock = Lock()


@dataclass(frozen=True)
class Cut:
    name: str
    ranges: tuple[tuple[int, int], ...]

    @property
    def unicode_range(self) -> str:
        return ", ".join(f"U+{low:X}-{high:X}" for low, high in self.ranges)

    @property
    def file_name(self) -> str:
        """Carries what decides the bytes: the font's version and the recipe."""
        recipe = f"{metadata.version('fontpkg-ibm-plex-sans')} {self.ranges} {_FEATURES} {_WEIGHTS}"
        return f"plex-{self.name}.{sha256(recipe.encode()).hexdigest()[:10]}.woff2"


CUTS = (
    Cut(
        "latin",
        ((0x20, 0x17F), (0x2000, 0x206F), (0x20AC, 0x20AC), (0x2116, 0x2122), (0x2190, 0x2193), (0x2212, 0x2212)),
    ),
    Cut("more", ((0x180, 0x1FFF), (0x2C60, 0x2C7F), (0xA720, 0xA7FF))),
)


def font_faces(address: str = "/static/") -> str:
    """The @font-face rules, with the files below that address."""
    return "\n".join(
        f'@font-face {{ font-family: "{FAMILY}"; src: url("{address}{cut.file_name}") format("woff2"); '
        f"font-weight: {_WEIGHTS[0]} {_WEIGHTS[1]}; font-display: swap; unicode-range: {cut.unicode_range} }}"
        for cut in CUTS
    )


@cache
def font_file(file_name: str) -> bytes | None:
    """The bytes of one cut, made on first use; None for a name that is not one. Slow then: call it in a thread."""
    cut = next((cut for cut in CUTS if cut.file_name == file_name), None)
    if cut is None:
        return None
    with _lock:
        kept = _folder() / file_name
        if kept.is_file():
            return kept.read_bytes()
        made = _made(cut)
        _keep(kept, made)
        return made


def _folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or tempfile.gettempdir()
    return Path(base) / f"kontor-fonts-{os.getuid() if hasattr(os, 'getuid') else 'user'}"


def _keep(path: Path, content: bytes) -> None:
    """A read-only file system only costs the next process two seconds."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as opened:
            opened.write(content)
        os.replace(opened.name, path)
    except OSError:
        return


def _made(cut: Cut) -> bytes:
    # Here, because fontTools takes a third of a second to import and most starts find the file kept.
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    font = TTFont(_SOURCE, recalcTimestamp=False)
    options = subset.Options(layout_features=_FEATURES, notdef_outline=True)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[point for low, high in cut.ranges for point in range(low, high + 1)])
    cutter.subset(font)
    font = instancer.instantiateVariableFont(font, {"wdth": 100, "wght": _WEIGHTS})
    font.flavor = "woff2"
    packed = BytesIO()
    font.save(packed)
    return packed.getvalue()
