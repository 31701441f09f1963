"""Word lists, the last witness: used where structure leaves a question open, never to throw a card away by themselves."""

from __future__ import annotations

import re
from functools import lru_cache

from scraper.caseless import Caseless

_MORE = """
read more | read more about this | read on | read full story | read the full story | read full article | read the article | read article | read story | read the post | read post |
read it | read now | read the rest | continue reading | continue | keep reading | learn more | find out more | view more | see more | more | more info | more details | more information | full story | full article |
details | view details | view article | view post | view | open | discover | discover more | go | show more | explore | explore more | know more | click here | get the details | watch now | listen now | read |
weiterlesen | mehr lesen | mehr erfahren | mehr | mehr dazu | weiter | zum artikel | lesen | artikel lesen | jetzt lesen | zum beitrag | mehr infos | details anzeigen | ganzen artikel lesen | beitrag lesen |
lire la suite | lire plus | lire l'article | lire l’article | lire | en savoir plus | voir plus | voir | la suite | suite | plus d'infos | plus d’infos | découvrir | consulter | voir l'article | plus |
leer más | leer mas | seguir leyendo | continuar leyendo | leer artículo | leer artículo completo | ver más | ver mas | más | más información | saber más | conoce más | leer noticia | leer nota | ver noticia | continuar |
leggi tutto | leggi | continua | continua a leggere | leggi di più | leggi l'articolo | scopri di più | di più | vai | approfondisci | leggi articolo |
lees meer | lees verder | meer lezen | verder lezen | meer | meer informatie | lees het artikel | bekijk | meer weten |
czytaj więcej | czytaj dalej | więcej | dowiedz się więcej | przeczytaj | czytaj | czytaj całość | zobacz więcej | zobacz | przeczytaj więcej | czytaj artykuł |
leia mais | ler mais | saiba mais | continue lendo | continuar lendo | continuar a ler | mais | ver mais | leia | ler artigo | ler notícia |
читать далее | читать дальше | читать | подробнее | далее | ещё | еще | читать полностью | читать ещё | узнать больше | подробно | читати далі | детальніше | читати | докладніше | більше |
číst dále | číst více | více | celý článek | pokračovat ve čtení | čítať ďalej | čítať viac | viac | pokračovať |
läs mer | läs vidare | mer | läs hela artikeln | fortsätt läsa | les mer | les videre | les hele saken | læs mere | læs videre | mere | lue lisää | lue koko juttu | lisää |
devamını oku | devamı | daha fazla | detaylar | oku | haberin devamı | tovább | bővebben | olvass tovább | részletek | citește mai mult | citește | mai mult | detalii | tovább olvasom | olvasom | vezi mai mult |
διαβάστε περισσότερα | περισσότερα | διαβάστε | συνέχεια | прочетете повече | още | прочети още | baca selengkapnya | selengkapnya | baca juga | lanjutkan membaca | xem thêm | đọc tiếp | đọc thêm | chi tiết |
阅读全文 | 阅读更多 | 查看更多 | 查看详情 | 更多 | 详情 | 详细 | 继续阅读 | 了解更多 | 閱讀全文 | 閱讀更多 | 查看全文 | 全文 | 繼續閱讀 | 了解詳情 | 查看 | 点击查看 | [详细] |
続きを読む | もっと見る | 詳しくはこちら | 詳細を見る | 詳細 | 詳しく見る | もっと読む | 記事を読む | read more | 더보기 | 더 보기 | 자세히 보기 | 자세히 | 계속 읽기 | 더 읽기 | 기사보기 |
اقرأ المزيد | المزيد | قراءة المزيد | أكمل القراءة | تابع القراءة | اقرأ أكثر | اعرف أكثر | اعرف المزيد | عرض التفاصيل | التفاصيل | קרא עוד | המשך לקרוא | קראו עוד | לקריאה | عرض المزيد | ادامه مطلب | بیشتر بخوانید |
और पढ़ें | आगे पढ़ें | विस्तार से पढ़ें | और | आगे | বিস্তারিত | আরও পড়ুন | மேலும் படிக்க | อ่านต่อ | อ่านเพิ่มเติม | เพิ่มเติม | rohkem | loe edasi | lasīt vairāk | lasīt | skaityti daugiau | skaityti | daugiau | preberi več | več | pročitaj više | opširnije | više | više informacija
"""
MORE = frozenset(word.strip() for word in _MORE.replace("\n", " ").split("|"))
_LONGEST_MORE = max(map(len, MORE))
_EDGES = " \t\u00a0.…·•|:;,!?-–—_+*#<>[](){}«»‹›→←↗↑↓➔➜►▶▸→⟶≫“”\"'"


@lru_cache(maxsize=4096)
def is_more(text: str) -> bool:
    """True for "Read more", "Weiterlesen →" and the like, and for text without a letter."""
    core = text.strip(_EDGES)
    if len(core) <= _LONGEST_MORE and core.casefold() in MORE:
        return True
    return not (core[:1].isalpha() or any(map(str.isalpha, core)))


_STARTS = re.compile(
    r"^(?:read (?:more|full|the full)|continue reading|learn more|weiterlesen|mehr (?:lesen|erfahren)|lire la suite|en savoir plus|leer más|"
    r"seguir leyendo|leggi (?:tutto|di più)|lees (?:meer|verder)|czytaj (?:więcej|dalej)|leia mais|saiba mais|читать далее|подробнее)\b",
    re.IGNORECASE,
)


def starts_like_more(text: str) -> bool:
    """True for a longer call to read on: "Continue reading The harbour opens"."""
    return bool(_STARTS.match(text))


_TAILS = [word for word in MORE if len(word) > 6 and (" " in word or not word.isascii() or len(word) > 9)]
_AFTER_TAIL = " .…»›→>"
_MORE_TAIL = re.compile(
    r"(?:\s*(?:\[?(?:\.{3}|…)\]?)\s*|\s+|(?<=[.!?…»”\"]))(?:\(|\[)?(?:"
    + "|".join(sorted(map(re.escape, _TAILS), key=len, reverse=True))
    + rf")(?:\]|\))?[{_AFTER_TAIL}]*$",
    re.IGNORECASE,
)
_TAIL_LETTERS = re.compile("|".join(sorted({re.escape(word[-3:]) for word in _TAILS})), re.IGNORECASE)


_LONGEST_TAIL = 48  # characters


@lru_cache(maxsize=4096)
def _may_end_more(letters: str) -> bool:
    """A cheap no for most texts, by their last three letters."""
    return bool(_TAIL_LETTERS.fullmatch(letters))


def without_more(text: str) -> str:
    """`text`, its white space folded, without a call to read on at its end; an ellipsis before it stays."""
    last = text.rstrip(_AFTER_TAIL)
    if not _may_end_more(last[-4:-1] if last.endswith((")", "]")) else last[-3:]):
        return text
    begin = max(0, len(text) - _LONGEST_TAIL)
    found = _MORE_TAIL.search(text, begin)
    if not found or found.start() == 0:
        return text
    kept = text[: found.start()]
    if kept[-1].islower() and found[0].lstrip()[:1].islower():
        return text  # no sentence ends before it, and none begins with it: "a winter in which nobody read the post"
    dots = re.match(r"\s*\[?(\.{3}|…)\]?", found[0])
    return (kept + (dots[0] if dots else "")).strip()


# Words that stand before a name without a colon, in scripts without capital letters, are listed with the rest.
_BY = re.compile(
    r"^(?:(?:posted|published|written|reported|edited|words|text|story|reviewed|submitted)\s+)?by\b[:\s]+|"
    r"^(?:author|authors|writer|von|par|por|di|da|door|av|af|przez|autor(?:in|a|es|en)?|auteurs?|autores?|autori?|redactie|redaktion|redakcja|text|texte|texto|testo|tekst|"
    r"автор|автори|авторы|добавила?|опубликовала?|от|szerző|yazar|penulis|oleh|bởi|tác giả|autore|kirjoittaja|skribent|forfatter|מאת|בקלם|بقلم|كتب|كتبها|كتبه|द्वारा|লিখেছেন|โดย)(?:\s*[:：]\s*|\s+)|"
    r"^(?:文|作者|記者|记者|撰文|编辑|編輯|責任編輯|责任编辑|来源|著者|筆者|執筆|글|기자)\s*[:：／/|]\s*|^(?:por|di|par|von|by)\s*:\s*",
    re.IGNORECASE,
)


_ICON = re.compile("[\u2190-\u2bff\ufe0f\u200d\U0001f000-\U0001faff\\s]+")


def _without_icon(text: str) -> str:
    """`text` without the pen, the face or the arrow that stands before it as a picture."""
    found = _ICON.match(text) if text[:1] > "\u2100" else None
    return text[found.end() :] if found else text


def without_by(text: str) -> str:
    """A byline without its "By"."""
    return _BY.sub("", _without_icon(text), count=1).strip(" \t:,;|·•–—-")


# "on", with or without the weekday; "at" and "um" stand before a time of day
_ON_TAIL = re.compile(
    r"[\s,;|·•–—-]+(?:(?:on|am|vom|le|el|il|op|den|dnia|em|de|от|at|um|,)(?:\s+(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)?)?[\s,;|·•–—-]*$",
    re.IGNORECASE,
)


def without_on(name: str) -> str:
    """A name without the "on" of the date that stood after it."""
    return _ON_TAIL.sub("", name + " ")


_BY_NAME = re.compile(r"^(?:de|di|da|do|of)\s+[^\W\d_a-zà-ÿ]")


def has_by_beside_date(text: str) -> bool:
    """As `has_by`; beside a date, "de Ilinca Pop" is a byline too."""
    return has_by(text) or bool(_BY_NAME.match(text))


BY_WORDS = frozenset(
    "by von par por di da door av af przez autor autorin author auteur autore автор добавил добавила опубликовал опубликовала от від yazar oleh bởi tác giả 作者 文 記者 记者 撰文 著者 文・ 글 기자 כתב مؤلف كتب بواسطة "
    "szerző kirjoittaja skribent geschreven|door posted|by written|by published|by publié|par publicado|por escrito|por redactie redaktion redakcja od napsal text texte".replace(
        "|", "\x00"
    ).split()
)
BY_WORDS = frozenset(word.replace("\x00", " ") for word in BY_WORDS)
BEFORE_A_TIME = frozenset(
    ["at", "on", "um", "am", "à", "le", "alle", "às", "el", "op", "om", "den", "dnia", "o", "kl", "kl."]
)  # after a name
JOINERS = frozenset(
    [
        "and",
        "und",
        "et",
        "y",
        "e",
        "en",
        "och",
        "og",
        "i",
        "и",
        "&",
        "+",
        "i",
        "og",
        "ja",
        "ve",
        "và",
        "та",
        "és",
        "și",
        "とと、",
        "및",
        "and,",
        "with",
        "avec",
        "mit",
        "con",
    ]
)
FILED_WORDS = frozenset(
    [
        "in",
        "en",
        "posted in",
        "filed under",
        "publicado en",
        "publié dans",
        "veröffentlicht in",
        "pubblicato in",
        "geplaatst in",
        "categoría",
        "categorías",
        "category",
        "categories",
        "kategorie",
        "kategorien",
        "catégorie",
        "catégories",
        "categoria",
        "categorias",
        "categorie",
        "rubrik",
        "rubrique",
        "tags",
        "tag",
        "topics",
        "topic",
        "section",
        "kategoria",
        "рубрика",
        "категория",
        "категории",
        "分类",
        "分類",
        "分类于",
        "分類於",
        "カテゴリ",
        "カテゴリー",
        "카테고리",
        "التصنيف",
        "under",
        "w kategorii",
        "опубликовано в",
        "dans",
        "dalam",
        "i",
    ]
)  # what stands before a category's name


def has_by(text: str) -> bool:
    """True where the text begins like a byline."""
    return bool(_BY.match(_without_icon(text)))


UPDATED = Caseless(
    r"updated|modified|edited|revised|aktualisiert|geändert|mis à jour|modifié|actualizado|modificado|aggiornat|modificat|bijgewerkt|gewijzigd|aktualiz|zaktualiz|atualizad|обновлен|изменен|оновлен|uppdaterad|oppdatert|opdateret|"
    r"päivitetty|güncelle|frissítve|actualizat|ενημ|diperbarui|cập nhật|更新|수정|업데이트|تحديث|עודכן",
)
"""Words before the date of a change, which isn't the date of publication."""

ADVERT = frozenset(
    [
        "ad",
        "advertisement",
        "sponsored",
        "promoted",
        "paid post",
        "paid content",
        "partner content",
        "advertorial",
        "anzeige",
        "werbung",
        "sponsored post",
        "gesponsert",
        "publicité",
        "sponsorisé",
        "contenu sponsorisé",
        "publicidad",
        "patrocinado",
        "pubblicità",
        "sponsorizzato",
        "advertentie",
        "gesponsord",
        "reklama",
        "materiał sponsorowany",
        "artykuł sponsorowany",
        "publicidade",
        "реклама",
        "на правах рекламы",
        "reklame",
        "annons",
        "annonse",
        "annonce",
        "mainos",
        "reklam",
        "hirdetés",
        "publicitate",
        "διαφήμιση",
        "iklan",
        "quảng cáo",
        "广告",
        "推广",
        "廣告",
        "広告",
        "pr",
        "광고",
        "إعلان",
        "פרסומת",
        "ממומן",
        "विज्ञापन",
    ]
)
"""Labels of paid places, in lower case."""

MAYBE_ADVERT = frozenset(["إعلان", "annonce", "annonces", "pr"])
"""Those of them that also head announcements and press releases: on a link to the page's own site they say nothing."""

RELATED = Caseless(
    r"\b(?:most (?:read|popular|viewed|commented|shared)|related|you (?:may|might) (?:also )?like|recommended|trending|popular (?:posts|stories|now)|also read|see also|"
    r"editor'?s? picks?|more from|more stories|read next|up next|meist\s?gelesen\w*|am meisten|beliebt\w*|empfehl\w*|verwandte|auch interessant|das könnte sie|mehr zum thema|"
    r"les plus (?:lus|lues|populaires)|à lire aussi|articles? (?:liés|similaires|connexes)|voir aussi|lo más (?:leído|visto)|más (?:leídas?|leídos?|vistas?|populares)|relacionad[oa]s|te puede interesar|"
    r"también te|i più letti|più (?:letti|lette|popolari)|correlat[ie]|leggi anche|potrebbe interessarti|meest gelezen|gerelateerd\w*|lees ook|populair\w*|najczęściej|najpopularniejsze|popularne|powiązane|zobacz też|"
    r"mais (?:lidas?|lidos?|vistas?|populares)|leia também|veja também|mest (?:läst|lest|læst)\w*|relaterade|läs också|luetuimmat|nejčtenější|související|en çok okunan\w*|legolvasottabb|cele mai citite|"
    r"terpopuler|đọc nhiều|xem nhiều)\b|популярн|самое читаемое|читайте также|похожие|рекомендуем|популярні|читайте також|δημοφιλ|σχετικά|"
    r"相关(?:阅读|文章|新闻|推荐)|热门|推荐阅读|猜你喜欢|熱門|相關|人気|関連記事|ランキング|おすすめ|많이 본|인기|관련 기사|الأكثر قراءة|ذات صلة|اقرأ أيضا|הנקראות ביותר|כתבות נוספות|सबसे ज्यादा|संबंधित",
)
"""Headings of blocks that repeat or relate instead of listing."""

ANNOUNCES = Caseless(
    r"\b(?:news(?:room)?|latest|blogs?|events?|announcements?|press releases?|updates|agenda|diary|aktuelle[sn]?|neuigkeiten|nachrichten|neues|meldungen|mitteilungen|"
    r"pressemitteilungen|termine|veranstaltungen|actualités?|nouvelles|événements|évènements|communiqués|à la une|noticias|novedades|actualidad|eventos|comunicados|avisos|"
    r"notizie|novità|eventi|comunicati|avvisi|attualità|nieuws|actueel|evenementen|activiteiten|aktualności|wydarzenia|komunikaty|ogłoszenia|notícias|novidades|atualidades|"
    r"nyheter|nyheder|aktuellt|aktuelt|evenemang|arrangementer|händelser|uutiset|ajankohtaista|tapahtumat|aktuality|novinky|události|udalosti|oznámení|haberler|duyurular|etkinlikler|"
    r"hírek|események|aktuális|știri|noutăți|evenimente|anunțuri|vijesti|vesti|novice|obvestila|dogodki|uudised|sündmused|naujienos|renginiai|jaunumi|ziņas|pasākumi|berita|"
    r"pengumuman|acara|tin tức|sự kiện|thông báo|fréttir|viðburðir)\b|новост|событи|объявлени|анонс|новини|події|оголошення|навіни|събития|вести|νέα|ανακοινώσεις|εκδηλώσεις|"
    r"חדשות|אירועים|الأخبار|أخبار|فعاليات|إعلانات|اخبار|رویدادها|समाचार|खबर|সংবাদ|ข่าว|กิจกรรม|新闻|新聞|消息|公告|动态|動態|活动|活動|ニュース|お知らせ|新着|イベント|뉴스|소식|공지|행사",
)
"""Headings over news, posts and events."""

TAXONOMY_PATH = Caseless(
    r"/(?:categor(?:y|ies|ie|ia|ias|ía|ías)|kategori(?:e|en|a|ia|er)?|rubri(?:k|ek|ca|que|ques|eken)|tags?|topics?|themen?|thema|themes?|tema|temas|sections?|seccion|sekce|archives?/category|"
    r"channel|subject|etiquet(?:te|a|as)|label|labels|sujet|argomenti|sezione|dossier|kategorija|kategoria|kategorie|categoria|collections?|type|department|ressort|stichwort|schlagwort|genre|hashtag|t)/",
)
STORY_FOLDER = Caseless(
    r"/(?:blogs?|posts?|articles?|news|stor(?:y|ies)|press(?:-releases?)?|writing|essays?|notes?|artikel|beitraege|aktuelles|nachrichten|actualites?|"
    r"noticias?|articulos?|notizie|articoli|nieuws|berichten|aktualnosci|artykuly|artigos?|nyheter|nyheder|uutiset|novosti|novinky|haber(?:ler)?|hirek|"
    r"stiri|vijesti|berita|artikler?)/[^/]",
)
"""Folders that hold stories, in paths: what stands in them is one, unless a folder for sections follows."""
AUTHOR_PATH = Caseless(
    r"/(?:authors?|auteurs?|autor(?:es|en|i|e)?|by|profiles?|people|person|staff|contributors?|users?|members?|team|journalist\w*|redakteur\w*|redaktion|writers?|columnist\w*|reporter\w*|@[\w.-]+)(?:/|$)|[?&]author=",
)


def leads_to_person(path: str) -> bool:
    """True for the path of a person's page: `/authors/ana-moss`, and not `/topics/people`."""
    person = AUTHOR_PATH.search(path)
    if person is None:
        return False
    section = TAXONOMY_PATH.search(path + "/")
    return section is None or person.start() < section.start()


COUNTS = re.compile(
    r"^[\d\s.,kKmM]+$|^(?:[\d.,]+\s*[kKmM]?|no|add|leave a|leave|view all)\s*(?:comments?|kommentare?|commentaires?|comentarios?|commenti|reacties?|komentarz\w*|comentários?|комментари\w*|коментар\w*|评论|"
    r"留言|コメント|댓글|views?|likes?|shares?|reactions?|postings?|answers?|replies|points?|votes?|aufrufe|vues|lecturas|visitas?|просмотр\w*|阅读|浏览|点赞|赞)\s*\d*$|"
    r"^(?:comments?|kommentare?|commentaires?|comentarios?|comentários?|commenti|reacties|komentarze|комментарии|коментарі|评论|留言|コメント|댓글|浏览|阅读|点击|views?|просмотр(?:ов|ы))\s*[:：]?\s*\(?\d*\)?$",
    re.IGNORECASE,
)

_TEMPLATE = re.compile(r"\{\{.*?\}\}|\$\{[^}]*\}|<%.*?%>|\{%.*?%\}")


def is_template(text: str) -> bool:
    """True for text with the placeholders of a template that nobody filled in."""
    return bool(_TEMPLATE.search(text))
