"""What elements say about their words in attributes: microdata's `itemprop`, RDFa's `property`, and dates in `datetime`, `content`,
`title` or `value` (the value class pattern of microformats)."""

from __future__ import annotations

from scraper.extract.walk import Tree

_KINDS = {
    **dict.fromkeys(
        ("datePublished", "dateCreated", "startDate", "uploadDate", "date", "created", "issued", "published_time"), "date"
    ),
    **dict.fromkeys(("dateModified", "modified", "updated"), "changed"),
    **dict.fromkeys(("author", "creator"), "author"),
    **dict.fromkeys(("articleSection", "section"), "section"),
    **dict.fromkeys(("image", "thumbnailUrl", "thumbnail"), "image"),
    "timeRequired": "minutes",
    "name": "name",
}
_STATED = ("datetime", "content", "title", "value")


def kind_of(attributes: dict[str, str | None]) -> str:
    """What a `itemprop` or `property` attribute calls the element: "date", "minutes", "author" …; "" for all else.

    RDFa's prefixes don't count, and of several names the first that is known does: `dc:date dc:created` is a date.
    """
    names = attributes.get("itemprop") or attributes.get("property") or ""
    for name in names.split():
        kind = _KINDS.get(name.rsplit(":", 1)[-1].rsplit("/", 1)[-1])
        if kind:
            return kind
    return ""


def stated(attributes: dict[str, str | None]) -> str:
    """The value that stands in an attribute, meant for programs; "" without one."""
    return next((value for name in _STATED if (value := attributes.get(name))), "")


class Properties:
    """Which elements of a page carry which property."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.kinds = {node: kind for node in tree.properties if (kind := kind_of(tree.attrs[node]))}
        shown = [node for node in self.kinds if tree.tags[node] not in ("meta", "link")]
        self.times = sorted({*tree.times, *(node for node in shown if self.kinds[node] == "date")}) if shown else tree.times
        self.facts = {node for node in shown if self.kinds[node] in ("date", "changed", "minutes")}  # no label is in these
        self._authors = frozenset(node for node, kind in self.kinds.items() if kind == "author")
        self.sections = frozenset(node for node in shown if self.kinds[node] == "section")

    def is_in_fact(self, node: int) -> bool:
        """Whether the element, or the one around it, holds a date, a time or an amount: no label is in these."""
        tags, parent, facts = self._tree.tags, self._tree.parents[node], self.facts
        return tags[node] == "time" or tags[parent] == "time" or node in facts or parent in facts

    def is_in_author(self, node: int, top: int) -> bool:
        """Whether the element is inside `itemprop="author"` or "creator", below `top`."""
        if not self._authors:
            return False
        for _ in range(3):
            if node <= top:
                return False
            if node in self._authors:
                return True
            node = self._tree.parents[node]
        return False
