"""XML described as a tree of nodes in schema order; the same tree reads and writes.

Values live in plain dictionaries ("terms") whose keys the nodes name. A node without a key is transparent: what is
below it belongs to the surrounding dictionary. Unknown elements are passed over when reading.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.resources import files
from typing import Any

from lxml import etree

from kontor_documents.einvoice.codec import BASIC_DATE, BOOLEAN, BYTES, DECIMAL, ISO_DATE, TEXT, Codec
from kontor_documents.einvoice.errors import BadValue
from kontor_service.i18n import N_

Terms = dict[str, Any]
# Of anything that repeats, as DocumentData limits its lines.
MAX_ITEMS = 10_000
# No document is without it; any other day that is none is a finding.
_ISSUE_DATE = "issue_date"
# Characters of a text that several elements make up.
MAX_JOINED = 10_000


@dataclass(frozen=True)
class Node:
    """One element. `key` opens a dictionary of its own (`many`: a list of them); `text` names its content.

    Of several elements with the same tag, the one whose constants agree is meant, or else the last. `where` says which
    items of a list stand in this element: those with that key, or with that value under it ("" for without).
    Attributes: "=x" is the constant x, "$x" comes from the document (the currency), anything else is a key."""

    tag: str
    children: tuple["Node", ...] = ()
    key: str = ""
    many: bool = False
    first: bool = False
    where: tuple[str, str | None] | None = None
    text: str = ""
    codec: Codec = TEXT
    constant: str = ""
    always: bool = False
    joined: bool = False
    read_only: bool = False
    nested: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    namespaces: Mapping[str, str] = field(default_factory=dict, compare=False)

    @cached_property
    def by_tag(self) -> dict[str, list["Node"]]:
        found: dict[str, list[Node]] = {}
        for child in self.children:
            found.setdefault(child.tag, []).append(child)
        return found

    @cached_property
    def _inner(self) -> "Node":
        return replace(self, tag=self.nested)

    @cached_property
    def constants(self) -> list[tuple[str, str, str]]:
        """Path below this element, attribute (none: the text), value."""
        own = [(".", name, value[1:]) for name, value in self.attributes.items() if value[0] == "="]
        own += [(child.tag, "", child.constant) for child in self.children if child.constant]
        return own + [
            (f"{child.tag}/{path}", name, value) for child in self.children for path, name, value in child.constants
        ]

    def below(self, element: etree._Element) -> "Node | None":
        """The node that describes this child element; None for an unknown element."""
        if self.nested and element.tag == self.nested:
            return self._inner
        nodes = self.by_tag.get(str(element.tag))
        return next((node for node in nodes[:-1] if node._agrees(element)), nodes[-1]) if nodes else None

    def _agrees(self, element: etree._Element) -> bool:
        for path, name, value in self.constants:
            found = element.find(path)
            if found is None or (found.get(name) if name else (found.text or "").strip()) != value:
                return False
        return True

    def items(self, terms: Terms) -> list[Terms]:
        """The items of the list at `key` that belong into elements of this kind."""
        found: list[Terms] = terms.get(self.key) or []
        if self.where:
            key, value = self.where
            found = [
                item for item in found if (bool(item.get(key)) if value is None else (item.get(key) or "") == value)
            ]
        return found[:1] if self.first else found


_TEMPLATE = "{urn:kontor:xml-template}"
_CODECS = {
    "decimal": DECIMAL,
    "date": ISO_DATE,
    "basic-date": BASIC_DATE,
    "boolean": BOOLEAN,
    "bytes": BYTES,
}


def load(file: str) -> list[Node]:
    """The documents that a template beside this module describes: an example of the XML with keys instead of values.

    The text of an element is the key of its content, or "=x" for the constant x. Of the attributes with the prefix k,
    `key`, `each` and `first` open a dictionary, a list of them, or a list of which only one can be written, `where` says
    which items of the list, `type` says how the content is spelled, `is` may name always, joined and read-only, `use`
    takes over the children of a k:define, `nested` names elements of the same shape within, to be read only, and `only`
    names the one document that has the element. All other attributes are those of the XML.
    """
    root = etree.fromstring(files(__package__).joinpath(file).read_bytes(), etree.XMLParser(remove_comments=True))
    definitions = {element.get("name", ""): element for element in root.iter(f"{_TEMPLATE}define")}
    documents = [element for element in root if element.tag != f"{_TEMPLATE}define"]
    return [_node(element, definitions, etree.QName(element).localname) for element in documents]


def _node(element: etree._Element, definitions: Mapping[str, etree._Element], document: str) -> Node:
    attributes = {str(name): str(value) for name, value in element.items()}
    given = {name.removeprefix(_TEMPLATE): attributes.pop(name) for name in [*attributes] if name.startswith(_TEMPLATE)}
    flags = given.get("is", "").split()
    text = (element.text or "").strip()
    children = [*(definitions[given["use"]] if "use" in given else ()), *element]
    key, equals, value = given.get("where", "").partition("=")
    return Node(
        str(element.tag),
        tuple(
            _node(child, definitions, document)
            for child in children
            if child.get(f"{_TEMPLATE}only", document) == document
        ),
        key=given.get("key") or given.get("each") or given.get("first", ""),
        many="each" in given or "first" in given,
        first="first" in given,
        where=(key, value if equals else None) if key else None,
        text="" if text.startswith("=") else text,
        codec=_CODECS[given["type"]] if "type" in given else TEXT,
        constant=text[1:] if text.startswith("=") else "",
        always="always" in flags,
        joined="joined" in flags,
        read_only="read-only" in flags,
        nested=str(element.tag).replace(etree.QName(element).localname, given["nested"]) if "nested" in given else "",
        attributes=attributes,
        namespaces={str(prefix): str(uri) for prefix, uri in element.nsmap.items() if prefix != "k"},
    )


def read(element: etree._Element, node: Node, terms: Terms, unknown: set[str], path: str = "") -> Terms:
    """Fills `terms` from the element's children, and `unknown` with the names of those that say something nobody reads.
    Empty ones are as if they were not there. BadValue names the path of what cannot be read; days that are none, but for
    that of issue, go into `unknown`."""
    for child in element:
        found = node.below(child)
        if found is None and any(text.strip() for text in child.itertext()):
            unknown.add(etree.QName(child).localname)
        if found is None or found.constant:
            continue
        if not found.key:
            _read_one(child, found, terms, unknown, path)
            continue
        items: list[Terms] = terms.get(found.key, []) if found.many else []
        if len(items) >= MAX_ITEMS:
            raise BadValue(
                N_("At most %(most)s entries are accepted here."),
                code="too_many_items",
                field=f"{path}{found.key}",
                most=MAX_ITEMS,
            )
        target: Terms = {} if found.many else terms.get(found.key, {})
        below = f"{path}{found.key}[{len(items)}]." if found.many else f"{path}{found.key}."
        _read_one(child, found, target, unknown, below)
        if not target:
            continue
        if found.where and found.where[1]:
            target[found.where[0]] = found.where[1]
        if found.many:
            terms.setdefault(found.key, items).append(target)
        else:
            terms[found.key] = target
    return terms


def _read_one(element: etree._Element, node: Node, terms: Terms, unknown: set[str], path: str) -> None:
    _read_content(element, node, terms, unknown, path)
    if node.children:
        read(element, node, terms, unknown, path)


def _read_content(element: etree._Element, node: Node, terms: Terms, unknown: set[str], path: str) -> None:
    text = (element.text or "").strip() if node.text else ""
    if text:
        try:
            value = node.codec.read(text)
        except ValueError as error:
            shown = text if len(text) <= 40 else text[:40] + "…"
            if node.codec in (BASIC_DATE, ISO_DATE) and node.text != _ISSUE_DATE:
                unknown.add(f"{etree.QName(element).localname} {shown}")
                return
            raise BadValue(
                str(error),
                field=f"{path}{node.text}",
                line=element.sourceline,
                element=etree.QName(element).localname,
                value=shown,
            ) from None
        if node.joined and node.text in terms:
            if len(terms[node.text]) > MAX_JOINED:
                place = f"{path}{node.text}"
                raise BadValue(
                    N_("At most %(most)s characters are accepted here."),
                    code="text_too_long",
                    field=place,
                    most=MAX_JOINED,
                )
            terms[node.text] += f"\n{value}"
        else:
            terms.setdefault(node.text, value)
    if node.text and not text and node.codec is not BYTES:
        return
    for name, key in node.attributes.items():
        if key[0] not in "=$" and (given := element.get(name, "").strip()):
            terms.setdefault(key, given)


def write(node: Node, terms: Terms) -> etree._Element:
    """The element with everything the terms have a value for; empty elements are left out."""
    root = etree.Element(node.tag, nsmap=dict(node.namespaces))
    for child in node.children:
        _write_node(root, child, terms, terms)
    return root


def _write_node(parent: etree._Element, node: Node, terms: Terms, document: Terms) -> bool:
    """Whether something was written that is not a constant."""
    if node.read_only:
        return False
    if node.constant:
        etree.SubElement(parent, node.tag).text = node.constant
        return False
    if node.many:
        written = [_write_one(parent, node, item, document) for item in node.items(terms)]
        return True in written
    return _write_one(parent, node, (terms.get(node.key) or {}) if node.key else terms, document)


def _write_one(parent: etree._Element, node: Node, terms: Terms, document: Terms) -> bool:
    value = terms.get(node.text) if node.text else None
    written = value is not None and value != ""
    if not written and not node.children:
        return False
    element = etree.SubElement(parent, node.tag)
    if written:
        element.text = node.codec.write(value)
        _write_attributes(element, node, terms, document)
    for child in node.children:
        written = _write_node(element, child, terms, document) or written
    if not written and not node.always:
        parent.remove(element)
    return written


def _write_attributes(element: etree._Element, node: Node, terms: Terms, document: Terms) -> None:
    for name, key in node.attributes.items():
        value = key[1:] if key[0] == "=" else document[key[1:]] if key[0] == "$" else terms.get(key)
        if value:
            element.set(name, value)
