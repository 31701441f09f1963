"""Where the older cards are: the address of a listing's next page.

Three kinds of witness, none enough alone when another speaks against it: what the page declares (rel=next), arithmetic on
the addresses (this page with its number plus one), and the words of the link in many languages.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from scraper.extract.marks import NAV, PAGER
from scraper.extract.page import PageView
from scraper.extract.text import fold, text_of
from scraper.urls import canonical_url, resolve

_NEXT_WORDS = frozenset(
    """
    next | next page | next posts | next articles | older | older posts | older entries | older articles | older stories | older news | older post | previous posts | previous entries |
    previous articles | more posts | more stories | more news | more articles | load more | show more | view more | more | next ›| next » |
    weiter | nächste | nächste seite | ältere | ältere beiträge | ältere artikel | ältere meldungen | ältere einträge | mehr laden | weitere laden | weitere artikel | weitere beiträge | vorherige beiträge |
    suivant | suivante | page suivante | articles précédents | articles plus anciens | plus ancien | plus anciens | anciens articles | suivants | charger plus | voir plus | articles suivants |
    siguiente | siguientes | página siguiente | siguiente página | anterior es | entradas anteriores | entradas más antiguas | más antiguas | más antiguos | cargar más | anteriores | entradas antiguas | más noticias |
    successivo | successiva | pagina successiva | prossima | prossima pagina | avanti | articoli precedenti | articoli meno recenti | più vecchi | post più vecchi | carica altri | seguente |
    volgende | volgende pagina | oudere berichten | ouder | oudere | vorige berichten | meer laden | oudere artikelen |
    następna | następny | następna strona | dalej | starsze | starsze wpisy | starsze posty | starsze artykuły | następne | poprzednie wpisy | kolejna | wczytaj więcej |
    próxima | próximo | próxima página | seguinte | página seguinte | mais antigos | posts mais antigos | postagens mais antigas | posts antigos | carregar mais | mais antigas | posts anteriores |
    следующая | следующая страница | далее | вперёд | вперед | старые записи | предыдущие записи | ранее | следующие | старше | показать ещё | показать еще | загрузить ещё | след | след. | наступна | наступна сторінка | далі | старіші | давніші | попередні записи | уперед |
    další | další strana | starší | starší příspěvky | další stránka | následující | ďalej | ďalšia | ďalšia strana | staršie | nasledujúca | staršie príspevky |
    nästa | nästa sida | äldre | äldre inlägg | neste | neste side | eldre | eldre innlegg | næste | næste side | ældre | ældre indlæg | seuraava | seuraava sivu | vanhemmat | vanhemmat artikkelit |
    sonraki | sonraki sayfa | ileri | önceki yazılar | eski yazılar | daha eski | következő | következő oldal | régebbi | régebbi bejegyzések | korábbi bejegyzések | următoarea | următor | pagina următoare | articole mai vechi | mai vechi |
    επόμενη | επόμενο | επόμενη σελίδα | παλαιότερα | παλαιότερες αναρτήσεις | следваща | следваща страница | по-стари | напред | sljedeća | sljedeće | naslednja | следећа | sledeća | starije | starije objave | kitas | kitas puslapis | senesni | nākamā | nākamais | vecāki | järgmine | vanemad |
    berikutnya | selanjutnya | halaman berikutnya | lebih lama | postingan lama | sebelumnya | trang sau | tiếp | tiếp theo | cũ hơn | bài viết cũ hơn | xem thêm | sau |
    下一页 | 下页 | 下一頁 | 下頁 | 后一页 | 较旧的文章 | 更早的文章 | 早期文章 | 加载更多 | 查看更多 | 次へ | 次 | 次のページ | 次ページ | 次の記事 | 過去の記事 | 古い記事 | 以前の記事 | 古い投稿 | 過去の投稿 | もっと見る | 다음 | 다음 페이지 | 이전 글 | 다음 글 | 더보기 | 이전 글 보기 |
    التالي | الصفحة التالية | التالية | أقدم | المقالات الأقدم | مقالات أقدم | المزيد | תפריט הבא | הבא | לעמוד הבא | ישנים יותר | פוסטים ישנים | צעדי הבא | بعدی | صفحه بعد | قدیمی‌تر |
    अगला | अगले | अगला पृष्ठ | पुराने पोस्ट | पुरानी पोस्ट | পরবর্তী | পুরানো | அடுத்து | ถัดไป | หน้าถัดไป | เก่ากว่า | » | › | → | > | >> | ≫ | ⟩ | ▶ | ► | ⇒ | › › | ⟶ | ❯
    """.replace("\n", " ").split("|")
)
_NEXT = frozenset(" ".join(word.split()) for word in _NEXT_WORDS if word.strip())
_VAGUE = frozenset(
    [
        "more",
        "load more",
        "show more",
        "view more",
        "mehr laden",
        "voir plus",
        "charger plus",
        "cargar más",
        "más noticias",
        "xem thêm",
        "查看更多",
        "もっと見る",
        "더보기",
        "المزيد",
        "sau",
        "sebelumnya",
        "more news",
        "more stories",
        "more articles",
    ]
)  # often the door to another section: only with arithmetic or a pager around
_BACK = frozenset(
    """previous | prev | previous page | newer | newer posts | newer entries | newer articles | back | first | last | zurück | vorherige | vorherige seite | neuere | neuere beiträge | erste | letzte | précédent |
    précédente | page précédente | plus récents | premier | première | dernier | dernière | anterior | página anterior | más recientes | primera | última | precedente | più recenti | prima | ultima | vorige | nieuwere | eerste | laatste |
    poprzednia | nowsze | pierwsza | ostatnia | mais recentes | предыдущая | назад | новее | первая | последняя | předchozí | novější | föregående | nyare | forrige | nyere | edellinen | önceki | previous article | 上一页 | 上页 | 首页 | 末页 | 尾页 | 上一頁 |
    前へ | 前のページ | 前 | 最初 | 最後 | 이전 | 이전 페이지 | 처음 | السابق | הקודם | « | ‹ | ← | < | <<""".replace(
        "\n", " "
    ).split(" | ")
)
_OLDER = re.compile(
    r"\b(?:older|earlier|previous (?:posts|stories|news|articles|entries)|ältere[rnms]?|frühere|weitere (?:meldungen|artikel|beiträge|nachrichten|news)|précédent(?:e?s)|plus anciens?|anterior(?:es)|más antigu[ao]s|precedenti|meno recenti|"
    r"oudere|eerdere|starsze|wcześniejsze|mais antig[ao]s|предыдущие|более ранние|старые|попередні|старіші|starší|äldre|eldre|ældre|vanhemmat|eski|régebbi|mai vechi|παλαιότερ\w+|по-стари|starije|terdahulu|cũ hơn)\b",
    re.IGNORECASE,
)
_TRIM = re.compile(r"^[\s«‹←<»›→>≫⟩▶►⇒⟶❯❮\d.…:·|-]+(?=\w)|(?<=\w)[\s»›→>≫⟩▶►⇒⟶❯«‹←<.…·|-]+$")
_NEXT_NAMES = re.compile(
    r"(?:^|[\s_-])(?:next|older|nextpage|suivant|weiter|siguiente|nav-previous)(?:[\s_-]|$)|nextPage|nextposts", re.IGNORECASE
)
_NUMBER = re.compile(r"\d+")
_PAGE_NAMES = (
    r"(?:page|paged|pagenum|pageno|page_no|page_num|pg|p|pn|cp|pag|pagina|página|seite|strona|sida|side|stranka|strana|sivu|oldal|sayfa|halaman|trang|"
    r"pagen_\d+|index|list|archives?|n)"
)
_SLASHES = re.compile("/+")
_INDEX = re.compile(r"/index\.(?:html?|php)$")
_FILE = re.compile(r"(?:index|default|list)?(?:\.\w{3,5})?$")
_PAGE_ADDED = re.compile(rf"[/?&;_.-]*{_PAGE_NAMES}?[=/_:-]?(\d{{1,3}})(?:/|/?index)?(?:\.\w+)?", re.IGNORECASE)
_PAGE_PARAMETER = re.compile(rf"(?:^|&)({_PAGE_NAMES})=(\d{{1,4}})(?=&|$)", re.IGNORECASE)


@dataclass(slots=True)
class _Candidate:
    node: int
    url: str
    points: float


def next_page_url(view: PageView, cards: Sequence[tuple[int, int]] = (), stories: Set[int] = frozenset()) -> str | None:
    """The absolute address of the page with older cards; None where the page names none.

    `cards` are the node slices of the page's cards, ascending: links inside them are not looked at, nor elsewhere those to
    `stories`, the keys of the cards' own pages: `/podcast/002/` may be the second page of `/podcast/`, or an episode.
    """
    declared = _declared(view)
    best: _Candidate | None = None
    for candidate in _candidates(view, cards, stories):
        points = candidate.points + (3 if declared and canonical_url(candidate.url) == canonical_url(declared) else 0)
        if points >= 3 and (best is None or points > best.points):
            best = _Candidate(candidate.node, candidate.url, points)
    if best is not None:
        return best.url
    return declared


def _declared(view: PageView) -> str | None:
    for link in view.tree.head_links:
        if "next" in (link.get("rel") or "").lower().split() and link.get("href"):
            address = resolve(view.base, link["href"] or "")
            if (
                address
                and canonical_url(address) != view.anchors.page_key
                and (page_step(view.url, address) is not None or not _in_menu(view, canonical_url(address)))
            ):
                return address
    return None


def _in_menu(view: PageView, canonical: str) -> bool:
    """True where the site's menu has a name of its own for the page: it is the next chapter, as manuals declare it, and not the
    next page of this list."""
    tree, anchors = view.tree, view.anchors
    return any(
        tree.marks[node] & NAV
        and not tree.marks[node] & PAGER
        and anchors.canonical[key] == canonical
        and any(map(str.isalpha, text := text_of(tree, node).casefold()))
        and _points_of(text) is None
        for node, key in anchors.all_keys.items()
    )


def _candidates(view: PageView, cards: Sequence[tuple[int, int]], stories: Set[int]) -> Iterable[_Candidate]:
    tree = view.tree
    starts = [start for start, _ in cards]
    last_card = starts[-1] if starts else 0
    numbered = _numbered(view)
    numbered_keys = {view.anchors.all_keys[node] for node in numbered}
    steps: dict[int, int | None] = {}  # by key: a page has several links to one address
    for node, key in view.anchors.all_keys.items():
        at = bisect_right(starts, node) - 1
        if at >= 0 and node < cards[at][1]:
            continue
        if view.anchors.canonical[key] == view.anchors.page_key or key in stories:
            continue
        url = view.anchors.urls[key]
        attributes = tree.attrs[node]
        text = text_of(tree, node).casefold()
        if len(text) > 60:
            continue
        written = attributes.get("rel")
        rel = written.lower().split() if written else ()
        points = _word_points(text, attributes)
        if key not in steps:
            steps[key] = page_step(view.url, url) if _NUMBER.search(url) else None
        step = steps[key]
        pager = bool(tree.marks[node] & PAGER)
        if points is None and step != 1 and not pager and "next" not in rel and node not in numbered:
            continue
        names = f"{tree.classes[node]} {tree.classes[tree.parents[node]]} {attributes.get('id') or ''}"
        named = bool(_NEXT_NAMES.search(names))
        if points is None and "next" not in rel and step != 1 and node not in numbered and not named:
            continue
        total = 0.7 if node > last_card else 0.0
        if "next" in rel:
            total += 3
        if "prev" in rel and step != 1:
            total -= 2
        if points is not None:
            total += points
            if points > 0 and key in numbered_keys:
                total += 1  # "Next" leads where the number after this page's does
        if step is not None:
            total += 3 if step == 1 else -4
        elif points is not None and points > 0 and not view.is_own(key):
            total -= 3
        if named:
            total += 1.5
        if pager:
            total += 1
        if text.isdecimal():
            # A number is the next page only if the numbers around it say so or, where they don't, the address; that may count from 0.
            total += 2.5 if node in numbered else 0.5 if step == 1 and not numbered else -9
        elif step is None and _begins_paging(view.url, url):
            total += 1.5
        yield _Candidate(node, url, total)


def _begins_paging(current: str, other: str) -> bool:
    """True where `other` is numbered 2 in a parameter that `current` doesn't have."""
    there = _PAGE_PARAMETER.search(urlsplit(other).query)
    return there is not None and there[2] == "2" and _PAGE_PARAMETER.search(urlsplit(current).query) is None


def _numbered(view: PageView) -> set[int]:
    """Links whose text is the number after this page's, which stands unlinked, or links to this page, among numbered links."""
    tree, anchors = view.tree, view.anchors
    numbers: dict[int, dict[int, int]] = {}  # the block that holds the numbers -> number -> link
    here: dict[int, set[int]] = {}  # the block -> numbers that link to this page
    for node, key in anchors.all_keys.items():
        text = text_of(tree, node) if tree.ends[node] - node <= 4 else ""
        if text.isdecimal() and len(text) <= 4:
            for block in tree.ancestors(node)[:3]:
                if anchors.canonical[key] == anchors.page_key:
                    here.setdefault(block, set()).add(int(text))
                else:
                    numbers.setdefault(block, {})[int(text)] = node
    found: set[int] = set()
    for block, links in numbers.items():
        if tree.ends[block] - block > 200:
            continue
        alone = {
            int(text)
            for node in tree.within(tree.text_nodes, block)
            if (text := tree.texts[node].strip()).isdecimal() and len(text) <= 4
        } - links.keys()
        for number in alone | here.get(block, set()):
            if number + 1 in links and (number > 1 or 1 not in links):
                found.add(links[number + 1])
    return found


def _word_points(text: str, attributes: dict[str, str | None]) -> float | None:
    """How far the link's words say "next"; None when they say nothing."""
    points = _points_of(text)
    for name in ("aria-label", "title"):
        label = attributes.get(name)
        value = _points_of(fold(label).casefold()) if label else None
        if value is not None:
            points = value if points is None else max(points, value) if value > 0 and points > 0 else min(points, value)
    return points


@lru_cache(maxsize=4096)
def _points_of(words: str) -> float | None:
    if not words:
        return None
    core = _TRIM.sub("", words).strip() or words
    if words in _VAGUE or core in _VAGUE:
        return 0.8
    if words in _NEXT or core in _NEXT:
        return 2.6 if len(core) > 1 or not core.isascii() else 1.5
    if words in _BACK or core in _BACK:
        return -4.0
    if core.count(" ") <= 3 and _OLDER.search(core):
        return 2.6
    return None


def page_step(current: str, other: str) -> int | None:
    """How many pages `other` is further on than `current`, by their addresses; None where they aren't pages of one list.

    `/news/` and `/news/page/2/` are one step apart, `?page=4` and `?page=3` are minus one.
    """
    here, there = urlsplit(current), urlsplit(other)
    if (here.hostname or "").removeprefix("www.") != (there.hostname or "").removeprefix("www."):
        return None
    one = _plain(here.path) + ("?" + here.query if here.query else "")
    two = _plain(there.path) + ("?" + there.query if there.query else "")
    if one == two:
        return None
    if _NUMBER.sub("#", one) == _NUMBER.sub("#", two):
        pairs = list(zip(_NUMBER.findall(one), _NUMBER.findall(two), strict=True))
        *others, (before_text, after_text) = pairs
        if any(a != b for a, b in others) or max(len(before_text), len(after_text)) > 4:
            return None  # another section, or a story's number
        return int(after_text) - int(before_text)
    if _plain(here.path) == _plain(there.path):
        # One more parameter, or the defaults written out: the page number decides.
        before, after = _PAGE_PARAMETER.search(here.query), _PAGE_PARAMETER.search(there.query)
        if after is None or (before is not None and before[1].lower() != after[1].lower()):
            return None
        return int(after[2]) - (int(before[2]) if before else 1) or None
    # The first page has no number: the other address is this one with a page number added.
    stem = _FILE.sub("", one) if not here.query else one
    if not two.startswith(stem):
        return None
    found = _PAGE_ADDED.fullmatch(two[len(stem) :])
    return (int(found[1]) - 1 or None) if found else None


def _plain(path: str) -> str:
    if "//" in path:
        path = _SLASHES.sub("/", path)
    path = path.rstrip("/")
    return _INDEX.sub("", path) if "/index." in path else path
