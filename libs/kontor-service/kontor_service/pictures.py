"""Pictures that people upload: hostile until decoded, kept as what we encoded ourselves."""

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageOps

from kontor_service.errors import Invalid, TooLarge
from kontor_service.i18n import N_

NotAnImage = Invalid.named("not_an_image", N_("This picture cannot be used. Please send PNG or JPEG."))
PictureTooLarge = TooLarge.named("picture_too_large", N_("The picture is too large."))


@dataclass(frozen=True)
class Picture:
    content: bytes
    media_type: str
    width: int
    height: int


def redrawn(
    content: bytes,
    *,
    formats: Sequence[str],
    fits_into: tuple[int, int],
    most_pixels: int,
    as_jpeg: bool = False,
) -> Picture:
    """The picture alone, upright and reduced: no metadata, no trailing bytes. PNG unless it came, or goes, as JPEG.

    `formats` are Pillow's names of what is accepted. Raises NotAnImage, and PictureTooLarge for more pixels than allowed,
    which the header says: nothing has been decoded then.
    """
    try:
        with warnings.catch_warnings():
            # How much is too much is ours to say.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=list(formats)) as picture:
                _check_pixels(picture, most_pixels)
                jpeg = as_jpeg or picture.format == "JPEG"
                return _encoded(_fresh(picture, fits_into, "RGB" if jpeg else "RGBA"), "JPEG" if jpeg else "PNG")
    except Image.DecompressionBombError as error:
        raise PictureTooLarge(str(error), field="file") from None
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        raise NotAnImage(field="file") from error


def _check_pixels(picture: Image.Image, most: int) -> None:
    if picture.width * picture.height > most:
        raise PictureTooLarge(
            N_("At most %(megapixels)s megapixels are accepted."), field="file", megapixels=most // 10**6
        )


def _fresh(picture: Image.Image, fits_into: tuple[int, int], mode: str) -> Image.Image:
    # JPEG can be decoded smaller from the start.
    picture.draft("RGB", fits_into)
    plain = ImageOps.exif_transpose(picture).convert(mode)
    plain.thumbnail(fits_into, Image.Resampling.LANCZOS)
    # A new picture: nothing of the original's metadata can follow.
    fresh = Image.new(plain.mode, plain.size)
    fresh.paste(plain)
    return fresh


def _encoded(picture: Image.Image, kind: str) -> Picture:
    out = io.BytesIO()
    options = {"quality": 85} if kind == "JPEG" else {}
    picture.save(out, kind, optimize=True, **options)
    return Picture(out.getvalue(), f"image/{kind.lower()}", *picture.size)
