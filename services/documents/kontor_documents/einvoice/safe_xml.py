"""XML from outside: no document type, no entities, no network, and no more memory than its size allows."""

import re

from lxml import etree

from kontor_documents.einvoice.errors import BrokenXml, FileTooLarge, HostileXml
from kontor_service.i18n import N_

MAX_XML_BYTES = 20 * 1024 * 1024
# An invoice line takes about 40 elements; every element has at least one "<".
MAX_TAGS = 1_000_000
_ENCODINGS = frozenset("utf-8 utf8 utf-16 us-ascii ascii iso-8859-1 iso-8859-15 windows-1252".split())
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
# What may stand before the root element.
_PROLOG = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_BOM = b"\xef\xbb\xbf"


def parse(data: bytes) -> etree._Element:
    """The root element. Raises FileTooLarge, HostileXml or BrokenXml (which names line and column).

    The parser itself refuses nesting below 256 levels and texts beyond 10 MB; so an attachment embedded in XML may
    have about 7 MB.
    """
    if len(data) > MAX_XML_BYTES:
        raise FileTooLarge(
            N_("At most %(megabytes)s MiB are accepted."),
            field="file",
            megabytes=MAX_XML_BYTES // 1024**2,
        )
    data = _as_ascii_compatible(data)
    if data.count(b"<") > MAX_TAGS:
        raise HostileXml(
            N_("XML of at most %(most)s tags is accepted."),
            code="xml_too_many_elements",
            field="file",
            most=MAX_TAGS,
        )
    prolog = _PROLOG.match(data)
    start = prolog.end() if prolog else 0
    if data[start : start + 9].upper() == b"<!DOCTYPE":
        raise HostileXml(N_("A document type declaration is not accepted."), code="xml_doctype", field="file")
    return _parsed(data)


def _as_ascii_compatible(data: bytes) -> bytes:
    """UTF-16 becomes UTF-8, so that what is looked for can be found; exotic encodings are refused."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise BrokenXml(N_("The UTF-16 text is broken: %(reason)s"), field="file", reason=error) from None
        return re.sub(r"^<\?xml.*?\?>", "", text, count=1, flags=re.DOTALL).encode(errors="replace")
    # XML begins with its declaration; some programs write an empty line before it.
    data = data.removeprefix(_BOM).lstrip()
    declared = _DECLARED.match(data)
    if declared and declared[1].decode().lower() not in _ENCODINGS:
        raise HostileXml(
            N_("The encoding %(encoding)s is not accepted."),
            code="xml_encoding",
            field="file",
            encoding=declared[1].decode(),
        )
    if not data.startswith(b"<"):
        raise BrokenXml(N_("The file is not XML."), field="file")
    return data


def _parsed(data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        if getattr(error, "code", None) in _LIMITS:
            raise HostileXml(
                N_("Line %(line)s: nested too deeply or too long."), code="xml_limits", field="file", line=line
            ) from None
        raise BrokenXml(
            N_("The XML is broken in line %(line)s, column %(column)s."),
            field="file",
            line=line,
            column=column,
            reason=error.msg,
        ) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise HostileXml(N_("A document type declaration is not accepted."), code="xml_doctype", field="file")
    return root


_LIMITS = frozenset(
    {
        etree.ErrorTypes.ERR_RESOURCE_LIMIT,
        etree.ErrorTypes.ERR_NAME_TOO_LONG,
        etree.ErrorTypes.ERR_ENTITY_LOOP,
        etree.ErrorTypes.ERR_INTERNAL_ERROR,
    }
)
