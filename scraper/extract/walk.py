"""One pass over Lexbor's tree into flat lists: everything after this is work on small integers.

Nodes are numbered in document order, elements and text together, so that a subtree is the slice `[i, ends[i])` and "how
many links are in here" is two bisections. Nothing after this pass touches the parser.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from scraper.extract import marks as m

_TEXT, _COMMENT = 2, 4  # Lexbor's tag ids of text nodes and comments
DROPPED = frozenset(
    [
        "style",
        "svg",
        "math",
        "template",
        "iframe",
        "object",
        "embed",
        "applet",
        "canvas",
        "select",
        "datalist",
        "textarea",
        "audio",
        "map",
        "frameset",
    ]
)  # never a card's text; a <template> isn't on the page
BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "search",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)  # a line of text ends where one of these begins or ends


_ORDINARY, _LEFT_OUT, _NOTED, _LANDMARK, _LINK, _HEADING, _IMAGE, _TIME = range(8)
_ROLES = {
    **dict.fromkeys(DROPPED, _LEFT_OUT),
    **dict.fromkeys(("script", "noscript", "link", "meta", "base", "title"), _NOTED),
    **dict.fromkeys(("article", "main", "nav", "aside", "footer", "header", "dialog", "button"), _LANDMARK),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _HEADING),
    **dict.fromkeys(("img", "source", "amp-img", "a-img"), _IMAGE),
    "a": _LINK,
    **dict.fromkeys(("time", "abbr", "data"), _TIME),
}  # what the walk does with an element; one look-up instead of a chain of comparisons
_ODD = frozenset(
    [
        "role",
        "hidden",
        "aria-hidden",
        "style",
        "onclick",
        "data-bg",
        "data-background",
        "data-background-image",
        "data-src",
        "itemprop",
        "property",
    ]
)  # attributes that make an element more than its tag and class names say


@dataclass(slots=True)
class Tree:
    """A page as flat lists; index 0 is the root node. Text nodes have the tag ""."""

    tags: list[str] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)  # -1 for the root
    ends: list[int] = field(default_factory=list)  # one past the last node of the subtree
    texts: list[str] = field(default_factory=list)  # "" for elements
    attrs: list[dict[str, str | None]] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)  # the class attribute as written, "" without one
    marks: list[int] = field(default_factory=list)  # what the element stands in, see `marks`
    gaps: set[int] = field(default_factory=set)  # text nodes that white space precedes
    anchors: list[int] = field(default_factory=list)  # a[href], and elements whose onclick names an address
    headings: list[int] = field(default_factory=list)
    text_nodes: list[int] = field(default_factory=list)
    images: list[int] = field(default_factory=list)  # img, source, amp-img, and elements with a background picture
    times: list[int] = field(default_factory=list)  # time, and abbr and data, which microformats use for dates
    head_links: list[dict[str, str | None]] = field(default_factory=list)
    metas: list[dict[str, str | None]] = field(default_factory=list)
    base_href: str | None = None
    title: str = ""
    json_ld: list[str] = field(default_factory=list)
    json_states: list[str] = field(default_factory=list)
    script_chars: int = 0  # of code in the page itself
    script_files: int = 0
    properties: list[int] = field(default_factory=list)  # elements with an itemprop or a property, meta and link too
    memory: dict[int, int] = field(default_factory=dict)  # the parser's node id -> number; only when asked for
    text_cache: dict[int, str] = field(default_factory=dict)  # `text.text_of`

    def count(self, sorted_nodes: list[int], node: int) -> int:
        """How many of `sorted_nodes` (ascending) stand in the subtree of `node`."""
        return bisect_left(sorted_nodes, self.ends[node]) - bisect_left(sorted_nodes, node)

    def within(self, sorted_nodes: list[int], node: int) -> list[int]:
        """Those of `sorted_nodes` (ascending) that stand in the subtree of `node`, itself included."""
        return sorted_nodes[bisect_left(sorted_nodes, node) : bisect_left(sorted_nodes, self.ends[node])]

    def ancestors(self, node: int) -> list[int]:
        """`node`'s ancestors, nearest first."""
        chain, parents = [], self.parents
        node = parents[node]
        while node >= 0:
            chain.append(node)
            node = parents[node]
        return chain


def walk(parser: LexborHTMLParser, *, remember: bool = False) -> Tree:
    """The parsed page as flat lists, in one traversal; `remember` which parser node became which number."""
    tree = Tree()
    tags, parents, texts, attrs = tree.tags, tree.parents, tree.texts, tree.attrs
    classes, marks, gaps, text_nodes = tree.classes, tree.marks, tree.gaps, tree.text_nodes
    names: dict[int, tuple[str, int]] = {}  # Lexbor's tag id -> tag, role: reading the tag makes a new text for every node
    marks_of: dict[str, int] = {}
    called_nav: list[int] = []
    called_pagers: list[int] = []
    no_attrs: dict[str, str | None] = {}
    root = parser.root
    if root is None:
        return tree
    stack: list[tuple[Any, int, int]] = [(root, -1, 0)]
    gap = False
    while stack:
        node, parent, inherited = stack.pop()
        while node is not None:
            kind = node.tag_id
            if kind == _TEXT:
                text = node.text_content
                if not text or text.isspace():
                    gap = True
                else:
                    index = len(tags)
                    tags.append("")
                    parents.append(parent)
                    texts.append(text)
                    attrs.append(no_attrs)
                    classes.append("")
                    marks.append(inherited)
                    text_nodes.append(index)
                    if gap:
                        gaps.add(index)
                        gap = False
                node = node.next
                continue
            if kind == _COMMENT:
                node = node.next
                continue
            name = names.get(kind)
            if name is None:
                tag = node.tag or ""
                name = names[kind] = tag, _ROLES.get(tag, _ORDINARY)
            tag, role = name
            if role == _LEFT_OUT:
                gap = True
                node = node.next
                continue
            own = node.attributes
            if role == _NOTED:
                _note_aside(tree, node, tag, own, parent, inherited)
                node = node.next
                continue
            index = len(tags)
            mark = inherited
            class_text = ""
            odd = False
            if own:
                called = class_text = own.get("class") or ""
                if len(own) > 1 or not class_text:
                    if "id" in own:
                        called = f"{class_text} {own['id']}"
                    odd = not _ODD.isdisjoint(own)
                    if odd:
                        mark |= m.of_attributes(own)
                if called:
                    bits = marks_of.get(called)
                    if bits is None:
                        bits = marks_of[called] = m.of_names(called)
                    if bits and tag not in ("body", "html"):
                        mark |= bits
                        if bits & m.NAV and tag != "nav":
                            called_nav.append(index)
                        if bits & m.PAGER:
                            called_pagers.append(index)
            tags.append(tag)
            parents.append(parent)
            texts.append("")
            attrs.append(own)
            classes.append(class_text)
            if remember:
                tree.memory[node.mem_id] = index
            if role >= _LINK:
                if role == _LINK:
                    if "href" in own:
                        tree.anchors.append(index)
                    if odd and _has_background(own):
                        tree.images.append(index)
                elif role == _HEADING:
                    tree.headings.append(index)
                elif role == _IMAGE:
                    tree.images.append(index)
                else:
                    tree.times.append(index)
                if odd and ("itemprop" in own or "property" in own):
                    tree.properties.append(index)
            else:
                if role == _LANDMARK:
                    mark |= m.of_tag(tag, mark)
                if odd:
                    _note_oddities(tree, own, index)
            marks.append(mark)
            child = node.first_child
            following = node.next
            if child is None:
                node = following
            else:
                if following is not None:
                    stack.append((following, parent, inherited))
                node, parent, inherited = child, index, mark
    tree.ends = _ends(parents)
    m.lift_blankets(tree)
    m.lift_from_prose(tree, called_nav)
    m.lift_from_lists(tree, called_pagers)
    return tree


def _note_oddities(tree: Tree, own: dict[str, str | None], index: int) -> None:
    if "itemprop" in own or "property" in own:
        tree.properties.append(index)
    if own.get("role") == "heading":
        tree.headings.append(index)
    if "onclick" in own and m.address_in_script(own["onclick"] or ""):
        tree.anchors.append(index)
    if "data-src" in own or _has_background(own):
        tree.images.append(index)


def _has_background(own: dict[str, str | None]) -> bool:
    style = own.get("style")
    return bool(style and "url(" in style) or "data-bg" in own or "data-background" in own or "data-background-image" in own


def _note_aside(tree: Tree, node: Any, tag: str, own: dict[str, str | None], parent: int, inherited: int) -> None:
    """Elements that carry facts about the page and no text of it."""
    if tag == "script":
        kind = (own.get("type") or "").lower()
        if "ld+json" in kind:
            tree.json_ld.append(node.text())
        elif kind == "application/json" or own.get("id") in ("__NEXT_DATA__", "__NUXT_DATA__"):
            tree.json_states.append(node.text())
        elif own.get("src"):
            tree.script_files += 1
        else:
            child = node.first_child
            text = (child.text_content or "") if child is not None else ""
            tree.script_chars += len(text)
    elif tag == "noscript":
        for image in node.css("img"):
            index = len(tree.tags)
            tree.tags.append("img")
            tree.parents.append(parent)
            tree.texts.append("")
            tree.attrs.append(image.attributes)
            tree.classes.append("")
            tree.marks.append(inherited)
            tree.images.append(index)
    elif tag == "link":
        tree.head_links.append(own)
        if "itemprop" in own and own.get("href"):
            _note_property(tree, tag, own, parent, inherited)
    elif tag == "meta":
        tree.metas.append(own)
        if ("itemprop" in own or "property" in own) and own.get("content"):
            _note_property(tree, tag, own, parent, inherited)
    elif tag == "base":
        if tree.base_href is None:
            tree.base_href = own.get("href")
    elif tag == "title" and not tree.title:
        tree.title = " ".join(node.text().split())


def _note_property(tree: Tree, tag: str, own: dict[str, str | None], parent: int, inherited: int) -> None:
    tree.tags.append(tag)
    tree.parents.append(parent)
    tree.texts.append("")
    tree.attrs.append(own)
    tree.classes.append("")
    tree.marks.append(inherited)
    tree.properties.append(len(tree.tags) - 1)


def _ends(parents: list[int]) -> list[int]:
    ends = list(range(1, len(parents) + 1))
    for index in range(len(parents) - 1, 0, -1):
        parent = parents[index]
        if ends[index] > ends[parent]:
            ends[parent] = ends[index]
    return ends
