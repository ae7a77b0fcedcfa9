"""Which files a mail may bring. What a document's comment takes beyond that, documents decides by their content."""

from collections.abc import Sequence
from pathlib import PurePath

from kontor_notifications.intake.parse import IncomingFileContent

MOST_FILES = 10
# Of programs and scripts, by what Windows, macOS and Linux start on a double click.
_PROGRAMS = frozenset(
    ".exe .com .scr .pif .bat .cmd .msi .msp .cpl .dll .ps1 .psm1 .vbs .vbe .js .jse .wsf .wsh .hta .jar .lnk .reg .app .apk .dmg .pkg"
    " .sh .run .deb .rpm .iso .img .appx .msix .docm .xlsm .pptm .chm .gadget .inf .url .library-ms .settingcontent-ms".split()
)
# Of programs whatever their names are: Windows, Linux, macOS (four kinds), scripts.
_STARTS = (b"MZ", b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!")


def is_program(file: IncomingFileContent) -> bool:
    return PurePath(file.name.rstrip(". ")).suffix.lower() in _PROGRAMS or file.content.startswith(_STARTS)


def refused(files: Sequence[IncomingFileContent]) -> IncomingFileContent | None:
    """The first file that is not taken in: a program, or one too many."""
    surplus = files[MOST_FILES:]
    return next((file for file in files if is_program(file)), surplus[0] if surplus else None)
