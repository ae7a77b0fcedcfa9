"""From data to paper."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time
from functools import lru_cache, partial

from kontor_documents.content.model import DocumentData
from kontor_documents.rendering.archive import EmbeddedFile, embed
from kontor_documents.rendering.branding import Branding
from kontor_documents.rendering.sheet import compose
from kontor_documents.rendering.typesetting import typeset
from kontor_service.i18n import Language

# Each thread keeps a compiler. More than two would only queue for the interpreter: composing and embedding hold it.
THREADS = 2


def render(
    document: DocumentData,
    branding: Branding,
    *,
    xml: bytes | None = None,
    attachments: Sequence[EmbeddedFile] = (),
    language: Language | None = None,
    prices: bool | None = None,
) -> bytes:
    """The document as PDF/A-3b and PDF/UA-1, byte-identical for the same input.

    `document` carries computed line nets and totals. `xml` is its CII form, embedded as factur-x.xml (xrechnung.xml for
    that profile). `language` is the document's own unless given. `prices` False prints none, True prints them on a
    delivery note too. Raises RenderingError naming the input at fault. Thread-safe, no input or output.
    """
    sheet = compose(document, branding, language or document.language, prices)
    day = datetime.combine(document.issue_date, time(), UTC)
    return embed(typeset(sheet, day), day, xml, attachments)


async def render_async(
    document: DocumentData,
    branding: Branding,
    *,
    xml: bytes | None = None,
    attachments: Sequence[EmbeddedFile] = (),
) -> bytes:
    """`render` in a bounded pool of threads; the event loop stays free while a page is set."""
    work = partial(render, document, branding, xml=xml, attachments=attachments)
    return await in_pool(work)


async def in_pool(work: Callable[[], bytes]) -> bytes:
    """What `work` makes, in the bounded pool of threads that keep a compiler."""
    return await asyncio.get_running_loop().run_in_executor(_pool(), work)


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="rendering")
