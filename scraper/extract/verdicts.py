"""What kind of page this is: an article in full, a wall, an app shell, an error page, or a list; with the reason in words."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from scraper.cards import Verdict
from scraper.caseless import Caseless
from scraper.extract import words
from scraper.extract.choose import Judged
from scraper.extract.draft import Draft
from scraper.extract.evidence import articleness
from scraper.extract.marks import CHROME, COMMENTS, DIALOG, FOOTER, HEADER, HIDDEN, NAV
from scraper.extract.markup import ARTICLE_TYPES, LIST_TYPES, top_types
from scraper.extract.page import PageView
from scraper.extract.text import fold, text_of
from scraper.extract.text import words as word_count
from scraper.walls import BANNERS, WallKind, recognise_wall

_STRANGE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffd]")
_ANY_TAG = re.compile(r"<(?:(?:!doctype|html|head|body|title|meta|table|div|span)\b|[pa][ >])", re.IGNORECASE)
_PROSE = 18  # words in a paragraph that is more than a teaser's line
_AMONG_CARDS = 3.5  # points of an article on whose page cards were found; lists have 1.5 at most
_ALONE = 2.5  # points of a page with a headline and running text and without a card
_SURE = 0.8  # the score of a list beyond doubt
_TYPED = frozenset(("text", "email", "tel", "url", "password", "date", "number"))
_FIELDS = 4  # to type in: more than a search, a newsletter and a comment ask for
_SEARCHED = 400  # text nodes among which a headline is looked for

_ERROR = Caseless(
    r"\b(?:404|403|410|500|502|503)\b.{0,40}\b(?:error|not found|forbidden|unavailable|gone|erreur|fehler|errore?|fout|błąd|ошибка)|\berror (?:404|403|410|500|502|503)\b|"
    r"^\W*(?:404|403|410|500|502|503)\W*$|\bpage (?:not found|introuvable|non trouvée|can(?:no|')t be found|doesn'?t exist)|\bnot found\b.{0,12}$|\bseite (?:wurde )?nicht gefunden|"
    r"página no encontrada|pagina non trovata|pagina niet gevonden|nie znaleziono strony|strona nie (?:została znaleziona|istnieje)|página não encontrada|страница не найдена|сторінку не знайдено|"
    r"stránka nenalezena|sidan (?:kunde inte hittas|hittades inte)|siden (?:ble ikke funnet|blev ikke fundet|findes ikke)|sivua ei löy|sayfa bulunamad[ıi]|az oldal nem található|pagina nu a fost găsită|"
    r"η σελίδα δεν βρέθηκε|halaman tidak ditemukan|không tìm thấy trang|页面(?:不存在|未找到|没有找到)|找不到(?:网页|頁面|页面)|ページが見つかりません|お探しのページ|페이지를 찾을 수 없|الصفحة غير موجودة|הדף לא נמצא|"
    r"\b(?:site|website|page) (?:is )?(?:under maintenance|temporarily unavailable)|service unavailable|bad gateway|internal server error|access denied|wartungsarbeiten|en maintenance",
)
_EMPTY = Caseless(
    r"\b(?:no|0) (?:posts?|news|articles?|stories|results?|entries|items|press releases|events)\b(?: (?:yet|found|available|to (?:show|display)|at (?:this|the) (?:time|moment)|were found|here))?|nothing (?:found|here|to see|to show|yet)|"
    r"there (?:are|is) (?:currently )?(?:no|not any) (?:\w+ ){0,3}(?:to (?:display|show)|found|available|yet|here|posts?|news|articles?|stories|results?)|coming soon|keine (?:beiträge|artikel|news|nachrichten|ergebnisse|meldungen|einträge|neuigkeiten)|noch keine|nichts gefunden|"
    r"aucun(?:e)? (?:article|actualité|résultat|publication|contenu|nouvelle)|pas (?:encore )?d['’](?:article|actualité)|no (?:hay|se encontraron) (?:noticias|artículos|entradas|resultados|publicaciones)|sin resultados|"
    r"nessun(?:a|o)? (?:articolo|notizia|risultato|post|news)|(?:nog )?geen (?:nieuws\w*|berichten|artikelen|resultaten)|brak (?:aktualności|wpisów|artykułów|wyników|wiadomości)|nie znaleziono|"
    r"nenhum(?:a)? (?:artigo|notícia|resultado|post|publicação)|(?:новостей|записей|статей|публикаций|материалов) (?:пока )?нет|ничего не найдено|нет (?:новостей|записей|статей)|немає (?:новин|записів)|"
    r"žádné (?:články|příspěvky|novinky|aktuality)|inga (?:nyheter|inlägg|artiklar|resultat)|ingen (?:nyheter|nyheder|innlegg|artikler|resultater)|ei (?:uutisia|artikkeleita|tuloksia)|haber bulunamad[ıi]|nincs(?:enek)? (?:hír|cikk|bejegyzés|találat)|"
    r"nu există (?:articole|știri)|δεν υπάρχουν|belum ada|chưa có|暂无|没有(?:找到|相关|内容|文章|新闻)|暫無|尚無|記事(?:が|は)(?:ありません|見つかりません)|(?:お知らせ|ニュース)はありません|게시물이 없|등록된 .{0,10}없|لا توجد|לא נמצאו|under construction|onder constructie|"
    r"im aufbau|en construction|en construcción|in costruzione|w budowie|em construção|в разработке|建设中|準備中",
)
_NEEDS_SCRIPT = Caseless(
    r"(?:enable|activate|turn on|requires?|need) java ?script|java ?script (?:is )?(?:disabled|required|to run)|without java ?script|javascript aktivieren|activer javascript|javascript を有効|启用 ?javascript",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict and why."""

    verdict: Verdict
    reason: str


def without_body(text: str, content_type: str | None) -> Finding | None:
    """The verdict on what isn't an HTML page at all; None for what may be one."""
    head = text[:2048].lstrip("\ufeff \t\r\n")
    lowered = head[:600].lower()
    kind = (content_type or "").split(";")[0].strip().lower()
    if lowered.startswith("%pdf"):
        return Finding(Verdict.NOT_HTML, "the bytes are a PDF file")
    if re.match(
        r"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*|<\?[^>]*>\s*|<!doctype rss[^>]*>\s*)*<(?:rss|feed|rdf:rdf|urlset|sitemapindex)[\s>]",
        lowered,
        re.DOTALL,
    ):
        name = "a sitemap" if "<urlset" in lowered or "<sitemapindex" in lowered else "a feed"
        return Finding(Verdict.FEED, f"this is {name}, not a web page")
    if head[:1] in "{[" and (kind.endswith("json") or "<" not in head[:200]):
        if "jsonfeed.org" in lowered:
            return Finding(Verdict.FEED, "this is a JSON feed, not a web page")
        if _is_json(text):
            return Finding(Verdict.NOT_HTML, "this is JSON data, not a web page")
    if _is_junk(head) or head.startswith(("\x89PNG", "GIF8", "\xff\xd8\xff", "PK\x03\x04", "RIFF")) or "\x00\x00" in head[:64]:
        return Finding(Verdict.NOT_HTML, "the bytes are binary data, not a web page")
    if kind and not any(part in kind for part in ("html", "xml", "text/plain", "octet-stream")) and "<" not in head:
        return Finding(Verdict.NOT_HTML, f"the server calls this {kind}, and it has no markup")
    return None


def _is_junk(head: str) -> bool:
    """True where one character in ten is none that text has, and no tag stands among them."""
    return len(_STRANGE.findall(head)) * 10 > len(head) and _ANY_TAG.search(head) is None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def find_article(view: PageView, kept: list[Judged]) -> Finding | None:
    """The page as one article in full, whose lists are related stories; None where it is no article."""
    tree = view.tree
    lists = [judged for judged in kept if len(judged.drafts) >= 3]
    headed = _headed_by_h1(view, kept)
    spans = sorted(
        (draft.start, draft.end) for judged in kept for draft in judged.drafts if draft.key >= 0 and draft is not headed
    )
    prose, size, first = _prose(view, spans)
    outweighs = prose >= 80 and size > sum(view.text_size(start, end) for start, end in spans)
    points, why = 0.0, []
    types = top_types(view.markup)
    if sum(count for name, count in types.items() if name in ARTICLE_TYPES) == 1:
        points += 2
        why.append("its structured data describe one article")
    if types.keys() & LIST_TYPES:
        points -= 3
    kinds = {
        fold(meta.get("content") or "").lower() for meta in tree.metas if (meta.get("property") or meta.get("name")) == "og:type"
    }
    if "article" in kinds:
        points += 1
    if any((meta.get("property") or "").startswith("article:published") for meta in tree.metas):
        points += 1
    if prose >= 80:
        points += 1 if prose < 150 else 2 if prose < 400 else 3
        why.append(f"{prose:.0f} words of running text outside any card")
    if outweighs:
        points += 1
        why.append("which are more than all its cards hold")
    headline = _own_headline(view)
    if headline:
        points += 1.5
        why.append("the page's own headline is its title")
    if prose >= 80 and headed is not None:
        points += 2
        why.append("its h1 leads nowhere and stands over them")
    slug = articleness(urlsplit(view.url).path, urlsplit(view.url).query)
    points += 1.5 if slug >= 0.8 else 0.0 if slug >= 0.6 else -1.0
    if any("next" in (link.get("rel") or "") for link in tree.head_links):
        points -= 1.5
    if lists:
        before = [judged for judged in lists if judged.drafts[0].start < first or first < 0]
        strongest = max(judged.score * min(len(judged.drafts), 10) for judged in lists)
        if before and strongest > 4:
            points -= 1
        dressed = max(map(_dress, lists))
        if dressed >= 1 and (slug < 0.8 or not outweighs):
            points -= 1
    enough = _AMONG_CARDS if kept or not headline or prose < 80 else _ALONE
    return Finding(Verdict.ARTICLE, "one article in full: " + ", ".join(why)) if points >= enough else None


def _dress(judged: Judged) -> float:
    """How much its cards show that only teasers show: dates, texts, read times."""
    return sum([judged.numbers.get(name, 0.0) for name in ("date", "blurb", "read")])


def _own_headline(view: PageView) -> str:
    """The words of the page's title that stand on the page as its headline: in an `h1`, or where there is none (old layouts have
    `font` and `b`) unlinked as a text of their own. "" where they don't."""
    tree = view.tree
    title = fold(tree.title).casefold()
    headings = [text_of(tree, node) for node in tree.headings if tree.tags[node] == "h1"]
    if headings:
        return next((text for text in headings if _names_page(title, text)), "")
    for node in tree.text_nodes[:_SEARCHED]:
        text = text_of(tree, node)
        if (
            _names_page(title, text)
            and not tree.marks[node] & CHROME
            and not any(tree.tags[up] == "a" for up in tree.ancestors(node)[:4])
        ):
            return text
    return ""


def _names_page(title: str, text: str) -> bool:
    """True for words that the page's title, in lower case, is made of, or begins with where it is cut."""
    folded = text.casefold()
    return (folded in title or title.startswith(folded[:40])) and word_count(folded) >= 4


def _headed_by_h1(view: PageView, kept: list[Judged]) -> Draft | None:
    """The card whose title is the page's only `h1`, or the only one that names the page, without a link in it: so an article's
    headline stands over its text. None without."""
    tree = view.tree
    tops = [node for node in tree.headings if tree.tags[node] == "h1"]
    if len(tops) > 1:
        title = fold(tree.title).casefold()
        tops = [node for node in tops if _names_page(title, text_of(tree, node))]
    if len(tops) != 1 or tree.count(tree.anchors, tops[0]):
        return None
    return next((draft for one in kept for draft in one.drafts if draft.title_node == tops[0]), None)


def find_form(view: PageView, kept: list[Judged]) -> Finding | None:
    """The page as a form to fill in: to log in, to register, to write to somebody; None where a list stands on it that is beyond
    doubt, as on a home page with a log-in in its corner."""
    if any(len(judged.drafts) >= 3 and (judged.score >= _SURE or _dress(judged) >= 0.5) for judged in kept):
        return None
    tree = view.tree
    kinds = [
        (tree.attrs[node].get("type") or "text").lower()
        for node, tag in enumerate(tree.tags)
        if tag == "input" and not tree.marks[node] & (NAV | FOOTER | HIDDEN | DIALOG | HEADER)
    ]
    typed = sum([kind in _TYPED for kind in kinds])
    if "password" in kinds:
        return Finding(
            Verdict.WALL, f"a form that asks for a password, with {typed} fields in all, and no list beyond doubt beside it"
        )
    if typed >= _FIELDS:
        return Finding(Verdict.NOTHING_FOUND, f"a form with {typed} fields, and no list beyond doubt beside it")
    return None


def _prose(view: PageView, spans: list[tuple[int, int]]) -> tuple[float, int, int]:
    """Words and characters in long paragraphs outside cards and chrome, and where the first of them stands (-1 without one)."""
    tree = view.tree
    total, size, first = 0.0, 0, -1
    at = 0
    for node in tree.text_nodes:
        while at < len(spans) and spans[at][1] <= node:
            at += 1
        if at < len(spans) and spans[at][0] <= node:
            continue
        if tree.marks[node] & (CHROME | COMMENTS):
            continue
        text = tree.texts[node]
        if len(text) < 40:
            continue
        count = word_count(text_of(tree, node))
        if count >= _PROSE or (count >= 8 and tree.tags[tree.parents[node]] == "p"):
            total += count
            size += len(text)
            first = node if first < 0 else first
    return total, size, first


def find_error(view: PageView) -> Finding | None:
    """An error page by its title or its one headline; None otherwise."""
    headings = [text_of(view.tree, node) for node in view.tree.headings if view.tree.tags[node] in ("h1", "h2")][:2]
    for text in (view.tree.title, *headings):
        if 0 < word_count(text) <= 12 and _ERROR.search(text):
            return Finding(Verdict.ERROR_PAGE, f"the page calls itself an error: {text[:80]!r}")
    return None


def without_cards(view: PageView, judged: list[Judged], text: str) -> Finding:
    """Why a page without cards has none. `text` is its HTML."""
    tree = view.tree
    body = " ".join([text_of(tree, node) for node in tree.text_nodes[:4000]])
    visible = len(body)
    own = " ".join([text_of(tree, node) for node in tree.text_nodes if not tree.marks[node] & CHROME])
    article = find_article(view, [])
    if article is not None:
        return article
    if words.is_template(own) or any(words.is_template(draft.title or "") for one in judged for draft in one.drafts):
        return Finding(
            Verdict.NEEDS_JAVASCRIPT,
            "the list is a template that a script fills in the browser: its placeholders are still there",
        )
    wall = recognise_wall(None, (), text)
    empty = _EMPTY.find(own)
    if wall is not None and not (empty and wall.kind in BANNERS):
        missing = wall.kind in (WallKind.SOFT_404, WallKind.PARKED, WallKind.MAINTENANCE)
        return Finding(Verdict.ERROR_PAGE if missing else Verdict.WALL, wall.evidence)
    if empty:
        return Finding(Verdict.EMPTY, f"the list says that it has nothing: {empty!r}")
    if visible < 600 and (
        tree.script_chars > 2 * visible or tree.json_states or _NEEDS_SCRIPT.search(body) or tree.script_files > 0
    ):
        state = "; its data lie in the page as JSON" if tree.json_states else ""
        return Finding(
            Verdict.NEEDS_JAVASCRIPT, f"an app shell with {visible} characters of text: the page is drawn by a script{state}"
        )
    if _NEEDS_SCRIPT.search(body) and visible < 2000:
        return Finding(Verdict.NEEDS_JAVASCRIPT, "the page asks for JavaScript")
    best = max((one for one in judged if one.drafts), key=lambda one: one.logit, default=None)
    if best is None:
        return Finding(Verdict.NOTHING_FOUND, "no links or headings that could be teasers")
    return Finding(
        Verdict.NOTHING_FOUND,
        f"no block looks like a list of teasers; the best is {len(best.drafts)} × {(best.drafts[0].title or '')[:40]!r} at {best.score:.2f}",
    )
