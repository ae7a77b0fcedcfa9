"""The merchant's logo, made fit for archival paper."""

import base64
import io
from functools import lru_cache

from PIL import Image, ImageOps, UnidentifiedImageError

from kontor_documents.rendering.errors import RenderingError
from kontor_service.i18n import N_

# The space beside the return address, in millimetres.
WIDTH, HEIGHT = 65.0, 22.0
# 65 mm at 400 dpi: sharp in print, small in the file.
MAX_PIXELS = (1024, 346)
# A bomb of a picture is refused before it is decoded.
MAX_SOURCE_PIXELS = 40_000_000


@lru_cache(maxsize=64)
def logo_art(content: bytes) -> dict[str, str | float]:
    """The logo as SVG around an sRGB PNG (PDF/A allows no other colour space beside our output intent) and its size in mm.

    SVG because template input is text: Typst decodes its data URI, and nothing has to be written to disk.
    """
    png, (width, height) = _normalised(content)
    encoded = base64.b64encode(png).decode()
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{encoded}"/></svg>'
    )
    scale = min(WIDTH / width, HEIGHT / height)
    return {"svg": svg, "width": width * scale, "height": height * scale}


def _normalised(content: bytes) -> tuple[bytes, tuple[int, int]]:
    try:
        with Image.open(io.BytesIO(content)) as opened:
            if opened.width * opened.height > MAX_SOURCE_PIXELS:
                raise RenderingError(
                    "branding.logo",
                    N_("%(width)s × %(height)s pixels are too many."),
                    width=opened.width,
                    height=opened.height,
                )
            image = ImageOps.exif_transpose(opened).convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise RenderingError("branding.logo", N_("This picture cannot be used. Please send PNG or JPEG.")) from error
    image.thumbnail(MAX_PIXELS, Image.Resampling.LANCZOS)
    if image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    target = io.BytesIO()
    image.save(target, "PNG", optimize=True)
    return target.getvalue(), image.size
