"""What the keys of like objects hold: which is the title, which the address, the date, the text, the picture.

It is told from the values down the whole list, like the fields of cards down a column: headlines differ and are a few words long,
addresses look like addresses, dates like dates. Key names are asked where the values leave a question open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from typing import Any

from scraper.extract.text import fold, whole
from scraper.extract.text import words as word_count

SHARE = 0.6  # of the objects that have to have a title, and something that tells where they lead
_FULL_POST = 150  # words; a text of this length is the story, no teaser
_WORD = re.compile(r"[A-ZÀ-ÞА-Я]?[^\W\d_A-ZÀ-ÞА-Я]+|[A-ZÀ-ÞА-Я]+(?![^\W\d_A-ZÀ-ÞА-Я])")
_NAMES = {
    "title": "title headline heading name hed titel titre título titulo titolo tytuł tytul rubrik overskrift otsikko başlık заголовок название 标题 標題 タイトル 제목",
    "address": "url link href permalink uri path canonical route webpage target slug",
    "blurb": "excerpt summary description teaser abstract intro lead dek standfirst subtitle subheadline deck preview snippet chapo résumé resumen extracto sommario anriss vorspann ingress анонс описание 摘要 概要 요약",
    "image": "image img picture thumbnail thumb cover photo hero poster banner media bild foto imagen immagine afbeelding обложка",
    "author": "author authors byline creator writer writers contributor contributors autor autoren auteur auteurs autore autori автор",
    "category": "category categories section sections topic topics tag tags channel rubric rubrik ressort rubrique categoría categoria catégorie kategorie kategoria thema desk term terms primarycategory рубрика",
    "published": "publish published publication pubdate date datum data fecha firstpublished created released issued time timestamp posted дата",
}
_ROLES = {name: frozenset(written.split()) for name, written in _NAMES.items()}
_OF_A_PART = frozenset(
    [
        "seo",
        "meta",
        "og",
        "social",
        "twitter",
        "alt",
        "caption",
        "credit",
        "copyright",
        "breadcrumb",
        "parent",
        "type",
        "kicker",
        "user",
        "avatar",
        "icon",
    ]
)
_NO_PICTURE = frozenset(["author", "authors", "avatar", "icon", "logo", "user", "creator"])
_CHANGED = frozenset(
    [
        "updated",
        "update",
        "modified",
        "modification",
        "changed",
        "edited",
        "expires",
        "expiry",
        "end",
        "valid",
        "crawled",
        "fetched",
        "deleted",
        "birth",
    ]
)
_READ = frozenset(
    [
        "read",
        "reading",
        "readtime",
        "readingtime",
        "lesezeit",
        "lese",
        "lecture",
        "lectura",
        "leitura",
        "lettura",
        "leestijd",
        "läsning",
    ]
)
_MINUTES = frozenset(["time", "minutes", "minute", "mins", "min", "duration", "temps", "tiempo", "tempo", "zeit", "estimate"])
_ADDRESS = re.compile(r"(?:https?:)?//[^\s/]+(?:/\S*)?|/[^\s/]\S*|[^\s/:#?]+(?:/[^\s/:#?]+)+/?")
_SLUG = re.compile(r"[^\W_]+(?:[-_][^\W_]+)+")
_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|avif|gif|svg)(?:[?#&]|$)", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]|$)")
_MARKUP = re.compile(r"<[^<>]*>")
_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", "।", "…")
_EPOCH_S = (631_152_000, 4_102_444_800)  # 1990 to 2100


@dataclass(slots=True)
class Found:
    """A list of like objects."""

    place: str  # "__NEXT_DATA__: props.pageProps.posts[]"
    rows: list[dict[str, list[Any]]]  # for each object its leaves: path below the object -> values (several in a list)
    roles: dict[str, str] = field(
        default_factory=dict
    )  # title, address, slug, blurb, published, image, author, category, minutes -> path

    def texts(self, role: str) -> list[str]:
        """The role's first value of every object, as text without markup; "" where there is none."""
        path = self.roles.get(role, "")
        return [plain(row[path][0]) if path in row else "" for row in self.rows]


@lru_cache(maxsize=4096)
def plain(value: Any) -> str:
    """A leaf as a reader would see it: entities and markup resolved, white space folded."""
    text = whole(value if isinstance(value, str) else str(value))
    return fold(unescape(_MARKUP.sub(" ", text) if "<" in text else text))


@lru_cache(maxsize=8192)
def words_of(path: str) -> tuple[str, ...]:
    """The words of a path's names, in lower case: `heroImage.data.url` is hero, image, data, url."""
    found = [word.lower() for word in _WORD.findall(path)]
    joined = [name.lower().replace("_", "").replace("-", "") for name in path.replace("[]", "").split(".")]
    return tuple(dict.fromkeys([*found, *joined]))


def _says(path: str, role: str) -> float:
    """1 where the path's last name says the role, 0.5 where a name before it does."""
    names = _ROLES[role]
    last = path.replace("[]", "").rsplit(".", 1)[-1]
    return 1.0 if not names.isdisjoint(words_of(last)) else 0.5 if not names.isdisjoint(words_of(path)) else 0.0


def assign_roles(found: Found, is_date: Callable[[str], bool]) -> None:
    """Tells which path holds what."""
    columns: dict[str, list[Any]] = {}
    for row in found.rows:
        for path, values in row.items():
            columns.setdefault(path, []).append(values[0])
    count = len(found.rows)
    texts = {path: [plain(value) for value in values] for path, values in columns.items() if isinstance(values[0], str)}
    roles = found.roles

    several = {path for row in found.rows for path, values in row.items() if len(values) > 1}

    def best(role: str, worth: Callable[[str], float], *, one: bool = True) -> None:
        """`one`: a story has one of it; what an inner list has several of is the inner list's."""
        ranked = [
            (worth(path), -path.count("."), -order, path)
            for order, path in enumerate(columns)
            if path not in roles.values() and not (one and path in several)
        ]
        top = max(ranked, default=(0.0, 0, 0, ""))
        if top[0] > 0:
            roles[role] = top[3]

    best("address", lambda path: _address_worth(path, texts.get(path), count))
    if "address" not in roles:
        best("slug", lambda path: _slug_worth(path, texts.get(path), count))
    best("published", lambda path: _date_worth(path, columns[path], count, is_date))
    best("image", lambda path: _image_worth(path, texts.get(path), count), one=False)
    best("title", lambda path: _title_worth(path, texts.get(path), count))
    title = texts.get(roles.get("title", ""), [])
    best("blurb", lambda path: _blurb_worth(path, texts.get(path), count, title))
    best("author", lambda path: _label_worth(path, texts.get(path), "author"), one=False)
    best("category", lambda path: _label_worth(path, texts.get(path), "category"), one=False)
    best("minutes", lambda path: _minutes_worth(path))


def _share(values: Sequence[Any], count: int, fits: Callable[[Any], object]) -> float:
    return sum(bool(fits(value)) for value in values) / count


def _of_a_part(path: str, *roles: str) -> bool:
    """True for a path into a part that has another role: `author.name` is no title, `image.title` neither."""
    head = path.rsplit(".", 1)[0] if "." in path else ""
    words = words_of(head)
    return not _OF_A_PART.isdisjoint(words_of(path)) or any(not _ROLES[role].isdisjoint(words) for role in roles)


def _address_worth(path: str, texts: Sequence[str] | None, count: int) -> float:
    if not texts or _of_a_part(path, "image", "author", "category"):
        return 0.0
    share = _share(texts, count, lambda text: _ADDRESS.fullmatch(text) and not _PICTURE.search(text) and not _DAY.match(text))
    if share < SHARE or len(set(texts)) < 0.9 * len(texts):
        return 0.0
    return (
        share
        + _says(path, "address")
        + 0.5 * all("/" in text.partition("//")[2].partition("/")[2] or "-" in text for text in texts[:5])
    )


def _slug_worth(path: str, texts: Sequence[str] | None, count: int) -> float:
    if not texts or _of_a_part(path, "image", "author", "category"):
        return 0.0
    share = _share(texts, count, _SLUG.fullmatch)
    named = _says(path, "address")
    if len(set(texts)) < 0.9 * len(texts) or (share < SHARE and not (named == 1.0 and len(texts) >= SHARE * count)):
        return 0.0
    return share + named


def _title_worth(path: str, texts: Sequence[str] | None, count: int) -> float:
    if not texts or len(texts) < SHARE * count or _of_a_part(path, "image", "author", "category", "blurb"):
        return 0.0
    lengths = [word_count(text) for text in texts]
    mean = sum(min(length, 40) for length in lengths) / len(texts)
    unlike = sum(
        bool(_ADDRESS.fullmatch(text) or _DAY.match(text) or (_SLUG.fullmatch(text) and text.islower())) for text in texts
    )
    if not 2 <= mean <= 25 or unlike > 0.2 * len(texts) or len(set(texts)) < 0.8 * len(texts):
        return 0.0
    ended = sum(text.endswith(_SENTENCE_ENDS) for text in texts) / len(texts)
    if not any(any(map(str.isalpha, text)) for text in texts):
        return 0.0
    return 1.0 + 1.5 * _says(path, "title") - _says(path, "blurb") + 0.4 * (3 <= mean <= 16) - 0.8 * ended - 0.1 * path.count(".")


def _blurb_worth(path: str, texts: Sequence[str] | None, count: int, titles: Sequence[str]) -> float:
    if not texts or len(texts) < 0.3 * count or _of_a_part(path, "image", "author", "category"):
        return 0.0
    mean = sum(min(word_count(text), 2 * _FULL_POST) for text in texts) / len(texts)
    spaced = sum(" " in text or word_count(text) >= 8 for text in texts) / len(texts)
    usual = sum(map(word_count, titles)) / len(titles) if titles else 0.0
    named = _says(path, "blurb")
    if not 4 <= mean <= _FULL_POST or spaced < 0.9 or len(set(texts)) < 0.8 * len(texts) or set(texts) == set(titles):
        return 0.0
    if named == 0 and mean < max(8.0, usual):
        return 0.0
    return 0.5 + 2 * named + min(mean, 40) / 80 - 0.1 * path.count(".")


def _date_worth(path: str, values: Sequence[Any], count: int, is_date: Callable[[str], bool]) -> float:
    words = words_of(path)
    named = _says(path, "published")
    if not _CHANGED.isdisjoint(words) or _of_a_part(path, "image", "author", "category") or len(values) < 0.5 * count:
        return 0.0
    if all(isinstance(value, str) for value in values):
        share = _share(values, len(values), lambda value: len(value) <= 60 and (_DAY.match(value) or is_date(plain(value))))
    else:
        share = _share(values, len(values), lambda value: epoch_seconds(value) is not None) if named else 0.0
    if share < 0.8:
        return 0.0
    first = any(word.startswith(("publ", "first", "issued", "released", "posted")) for word in words)
    return share + 0.5 * named + 0.5 * first - 0.2 * ("created" in words)


def _image_worth(path: str, texts: Sequence[str] | None, count: int) -> float:
    if not texts or len(texts) < 0.3 * count or not _NO_PICTURE.isdisjoint(words_of(path)):
        return 0.0
    named = _says(path, "image")
    share = _share(texts, len(texts), lambda text: _ADDRESS.fullmatch(text) and (_PICTURE.search(text) or named))
    return share + named + 0.2 * (len(set(texts)) > 0.5 * len(texts)) if share >= 0.8 else 0.0


def _label_worth(path: str, texts: Sequence[str] | None, role: str) -> float:
    """For what only a key's name tells: a person's name, a section's."""
    named = _says(path, role)
    if not texts or not named or not _OF_A_PART.isdisjoint(words_of(path)):
        return 0.0
    last = words_of(path.replace("[]", "").rsplit(".", 1)[-1])
    if not {"id", "slug", "url", "link", "href", "email", "bio", "description", "path", "uri", "color", "colour"}.isdisjoint(
        last
    ):
        return 0.0
    fit = _share(
        texts, len(texts), lambda text: any(map(str.isalpha, text)) and word_count(text) <= 6 and not _ADDRESS.fullmatch(text)
    )
    coded = _share(texts, len(texts), lambda text: bool(re.fullmatch(r"[0-9a-f]{8,}|[a-z]+(?:-[a-z0-9]+)+", text)))
    return (
        fit + 0.5 * named + 0.3 * (not _ROLES["title"].isdisjoint(last)) - 0.1 * path.count(".")
        if fit > 0.8 and coded < 0.5
        else 0.0
    )


def _minutes_worth(path: str) -> float:
    words = set(words_of(path))
    joined = " ".join(words)
    if "required" in words and "time" in words:
        return 1.0
    if _READ.isdisjoint(words) and not re.search(r"read(?:ing)?time|minutesread|lesezeit|leestijd", joined):
        return 0.0
    return 1.5 if "text" in words else 1.0 if not _MINUTES.isdisjoint(words) or "time" in joined or "minutes" in joined else 0.0


def epoch_seconds(value: Any) -> float | None:
    """The moment that a number is, counted in seconds or milliseconds since 1970; None for other numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    seconds = value / 1000 if value > 10 * _EPOCH_S[1] else float(value)
    return seconds if _EPOCH_S[0] <= seconds <= _EPOCH_S[1] else None
