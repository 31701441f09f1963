"""Dates in the words and figures of many languages, and what only looks like one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.date_words import MONTH_NAMES
from scraper.dates import find_date, find_day, find_relative, infer_day_first, may_tell_date, parse_date

NOW = datetime(2024, 6, 1, 1, 30, tzinfo=UTC)  # a Saturday
MAY_24 = "2024-05-24"

WRITTEN: dict[str, list[str]] = {  # all of them 24 May 2024
    "machines": [
        "2024-05-24", "2024-05-24T10:00", "2024-05-24T10:00:00", "2024-05-24T10:00:00Z", "2024-05-24T10:00:00.123456+02:00", "2024-05-24 10:00:00", "2024-05-24T23:59:59-11:00", "2024-05-24T00:00:01+14:00",
        "20240524T100000Z", "2024/05/24", "2024.05.24", "2024/5/24", "2024-5-24", "Fri, 24 May 2024 10:00:00 GMT", "Fri, 24 May 2024 10:00:00 +0200", "24 May 2024 10:00 +0200", "Fri May 24 10:00:00 UTC 2024",
        "Fri May 24 10:00:00 2024", "Friday, 24-May-24 10:00:00 GMT",
    ],
    "en": [
        "24 May 2024", "24 may 2024", "24 MAY 2024", "May 24, 2024", "May 24 2024", "May 24th, 2024", "May 24th 2024", "24th May 2024", "24th of May 2024", "24th of May, 2024", "the 24th of May 2024", "24-May-2024",
        "24/May/2024", "May-24-2024", "Friday, May 24, 2024", "Fri 24 May 2024", "Fri, May 24, 2024", "May. 24, 2024", "24\u00a0May\u00a02024", "24 May, 2024", "Published on 24 May 2024", "Posted May 24, 2024 by Jane Doe",
        "24 May 2024, 10:00", "24 May 2024 at 10:00 am", "May 24, 2024 10:00 AM", "24 May '24", "24 May ’24", "24 May 24", "Updated: May 24, 2024", "May 24–26, 2024", "24–26 May 2024", "24 Ma\u00ady 2024", "2024 May 24", "2024, May 24",
    ],
    "de": ["24. Mai 2024", "24.Mai 2024", "24 Mai 2024", "Freitag, 24. Mai 2024", "Fr., 24. Mai 2024", "24.05.2024", "24.5.2024", "24. 5. 2024", "24.05.24", "am 24. Mai 2024", "24. Mai 2024, 10:00 Uhr", "Fr 24.05.2024 10:00 Uhr", "Veröffentlicht am 24.05.2024"],
    "fr": ["24 mai 2024", "le 24 mai 2024", "vendredi 24 mai 2024", "24/05/2024", "Publié le 24 mai 2024", "24 MAI 2024", "24-05-2024"],
    "es": ["24 de mayo de 2024", "24 de mayo del 2024", "24 mayo 2024", "24 de Mayo, 2024", "viernes, 24 de mayo de 2024", "mayo 24, 2024", "24 may. 2024", "24 may 2024", "24/05/2024"],
    "it": ["24 maggio 2024", "24 mag 2024", "venerdì 24 maggio 2024", "24/05/2024", "24 Mag, 2024"],
    "pt": ["24 de maio de 2024", "24 maio 2024", "24 de mai. de 2024", "24 mai 2024", "sexta-feira, 24 de maio de 2024", "24/05/2024", "Maio 24, 2024"],
    "nl": ["24 mei 2024", "vrijdag 24 mei 2024", "24-05-2024", "24 Mei, 2024"],
    "pl": ["24 maja 2024", "24 maj 2024", "piątek, 24 maja 2024", "24 maja 2024 r.", "24.05.2024 r."],
    "ru": ["24 мая 2024", "24 мая 2024 г.", "24 мая 2024 года", "Пятница, 24 мая 2024", "24 Май 2024", "24.05.2024"],
    "uk": ["24 травня 2024", "24 травня 2024 р.", "24 трав. 2024", "24 травень 2024"],
    "be": ["24 мая 2024", "24 траўня 2024"],
    "bg": ["24 май 2024", "24 май 2024 г.", "24.05.2024 г."],
    "mk": ["24 мај 2024"],
    "sr": ["24. мај 2024.", "24. maj 2024.", "24. маја 2024."],
    "hr": ["24. svibnja 2024.", "24. svibanj 2024.", "24.05.2024."],
    "sl": ["24. maj 2024", "24. maja 2024"],
    "cs": ["24. května 2024", "24. květen 2024", "24. 5. 2024", "pátek 24. května 2024"],
    "sk": ["24. mája 2024", "24. máj 2024", "24. 5. 2024"],
    "sv": ["24 maj 2024", "den 24 maj 2024", "fredag 24 maj 2024"],
    "no": ["24. mai 2024", "24.05.2024", "fredag 24. mai 2024"],
    "da": ["24. maj 2024", "d. 24. maj 2024", "24/05-2024".replace("-", "/")],
    "is": ["24. maí 2024"],
    "fi": ["24. toukokuuta 2024", "24.5.2024", "perjantai 24. toukokuuta 2024", "24 touko 2024"],
    "et": ["24. mai 2024"],
    "lv": ["2024. gada 24. maijs", "2024. gada 24. maijā", "24. maijs, 2024"],
    "lt": ["2024 m. gegužės 24 d.", "2024-05-24", "2024 gegužės 24"],
    "tr": ["24 Mayıs 2024", "24 Mayıs 2024 Cuma", "24 MAYIS 2024", "24.05.2024"],
    "az": ["24 may 2024"],
    "id": ["24 Mei 2024", "Jumat, 24 Mei 2024", "24/05/2024"],
    "ms": ["24 Mei 2024"],
    "vi": ["24 tháng 5, 2024", "ngày 24 tháng 5 năm 2024", "24 Tháng Năm, 2024", "24 tháng 05 2024", "24/05/2024"],
    "hu": ["2024. május 24.", "2024. május 24., péntek", "2024.05.24.", "2024. 05. 24."],
    "ro": ["24 mai 2024", "vineri, 24 mai 2024", "24.05.2024"],
    "sq": ["24 maj 2024"],
    "el": ["24 Μαΐου 2024", "24 Μαϊ 2024", "24 ΜΑΪΟΥ 2024", "Παρασκευή, 24 Μαΐου 2024", "24 Μάιος 2024", "24/05/2024"],
    "ca": ["24 de maig de 2024", "24 maig 2024", "24 de maig del 2024"],
    "gl": ["24 de maio de 2024"],
    "eu": ["2024ko maiatzaren 24a", "2024 maiatza 24"],
    "ar": ["24 مايو 2024", "24 مايو، 2024", "مايو 24, 2024", "٢٤ مايو ٢٠٢٤", "مايو ٢٤، ٢٠٢٤", "الجمعة 24 مايو 2024", "24 أيار 2024", "24 أيار/مايو 2024", "٢٠٢٤-٠٥-٢٤T١٣:٥٥", "24/05/2024"],
    "fa": ["24 مه 2024", "24 می 2024", "۴ خرداد ۱۴۰۳", "4 خرداد 1403", "۱۴۰۳/۰۳/۰۴", "جمعه ۴ خرداد ۱۴۰۳"],
    "ur": ["24 مئی 2024"],
    "he": ["24 במאי 2024", "24 מאי 2024", "24.05.2024", "יום שישי, 24 במאי 2024"],
    "hi": ["24 मई 2024", "२४ मई २०२४", "शुक्रवार, 24 मई 2024", "मई 24, 2024"],
    "bn": ["২৪ মে ২০২৪", "24 মে 2024"],
    "ta": ["24 மே 2024"],
    "th": ["24 พฤษภาคม 2567", "24 พ.ค. 2567", "24 พ.ค. 67", "๒๔ พฤษภาคม ๒๕๖๗", "24 พฤษภาคม 2024", "24/05/2567"],
    "ja": ["2024年5月24日", "2024年05月24日", "2024年5月24日(金)", "２０２４年５月２４日", "令和6年5月24日", "2024 年 5 月 24 日", "2024/5/24", "2024.05.24", "二〇二四年五月二十四日"],
    "zh": ["2024年5月24日", "2024年05月24日 10:00", "2024-05-24 10:00", "二〇二四年五月二十四日", "2024年5月24號", "民國113年5月24日"],
    "ko": ["2024년 5월 24일", "2024. 5. 24.", "2024.05.24", "2024년 05월 24일 금요일", "2024-05-24"],
    "ka": ["24 მაისი 2024"],
    "hy": ["24 մայիսի 2024"],
    "kk": ["24 мамыр 2024"],
}  # fmt: skip
CASES = [pytest.param(lang, text, id=f"{lang}: {text}") for lang, texts in WRITTEN.items() for text in texts]

OTHER_DAYS = [
    ("1er mars 2024", "2024-03-01"), ("3. März 2024", "2024-03-03"), ("3. Jänner 2024", "2024-01-03"), ("9 Aug '24", "2024-08-09"), ("Sept. 9, 2024", "2024-09-09"), ("9 févr. 2024", "2024-02-09"), ("mar. 9 janv. 2024", "2024-01-09"),
    ("12 août 2024", "2024-08-12"), ("29 February 2024", "2024-02-29"), ("24 كانون الأول 2023", "2023-12-24"), ("24 كانون الثاني 2024", "2024-01-24"), ("5 تشرين الثاني 2023", "2023-11-05"), ("令和元年5月24日", "2019-05-24"),
    ("平成31年4月30日", "2019-04-30"), ("昭和64年1月7日", "1989-01-07"), ("1 فروردین 1403", "2024-03-20"), ("30 اسفند 1399", "2021-03-20"), ("24 May 1899", "1899-05-24"), ("24.05.99", "1999-05-24"), ("24.05.68", "2068-05-24"),
    ("廿四".join(["二〇二四年五月", "日"]), "2024-05-24"), ("10 Mart 2024", "2024-03-10"), ("31 December 2023", "2023-12-31"), ("11/11/2024", "2024-11-11"), ("13/12/2024", "2024-12-13"), ("12/13/2024", "2024-12-13"),
]  # fmt: skip

NO_DATE = [
    "", " ", "March", "May", "2026", "May 2026", "Mai 2024", "2024年5月", "24", "24 May", "May 24", "5月24日", "24.05.", "31.02.2024", "30 February 2024", "29 February 2023", "0 May 2024", "32 May 2024", "2024-13-01", "2024-02-30",
    "2024-00-10", "24 Foo 2024", "24 flats 2024", "version 1.2.2024", "v10.4.24", "version 10.4.24", "1.2.3", "3.11.2", "3.7.90", "1.17.16", "bug fixes from 1.4.20", "10.4.24.1", "192.168.20.24", "555-12-2024", "+49 30 12 05 2024 11", "030/12/2024 55", "$24.05", "24,05 €", "3-1",
    "2-1-0", "12:30", "10:05:24", "5/7", "50/50", "24/7", "9/11", "2024-05", "20240524", "1234567890", "4 May 0024", "24 May 3024", "24 May 1066", "5 minutes ago", "yesterday", "gestern", "heute", "Section 24 May apply 2024",
    "15 شوال 1445", "24 May 2024 is the day on which the harbour towns of the whole coast want to vote", "May the 4th", "Formula 1 2024", "Top 10 2024", "24 out of 2024", "$24.05.2024", "24.05.2024 €", "May 24, 10:30", "Catch-22 2024",
]  # fmt: skip

NUMERIC = [
    ("05/04/2024", None, None, None), ("05/04/2024", None, True, "2024-04-05"), ("05/04/2024", None, False, "2024-05-04"), ("05/04/2024", "en", None, None), ("05/04/2024", "en-US", None, "2024-05-04"),
    ("05/04/2024", "en_us", None, "2024-05-04"), ("05/04/2024", "en-GB", None, "2024-04-05"), ("05/04/2024", "en-AU", None, "2024-04-05"), ("05/04/2024", "en-CA", None, None), ("05/04/2024", "fr", None, "2024-04-05"),
    ("05/04/2024", "fr", False, "2024-05-04"), ("05/04/2024", "de-AT", None, "2024-04-05"), ("05/04/2024", "ja", None, None), ("05/04/2024", "zh-Hans", None, None), ("05.04.2024", None, None, "2024-04-05"),
    ("05.04.2024", "en", None, None), ("05.04.2024", "en-US", None, "2024-05-04"), ("05-04-2024", None, None, None), ("05-04-2024", "nl", None, "2024-04-05"), ("24/05/2024", "en-US", None, MAY_24), ("05/24/2024", "fr", None, MAY_24),
    ("05/24/2024", None, True, MAY_24), ("05/04/24", "fr", None, "2024-04-05"), ("5.4.24", "de", None, "2024-04-05"), ("5.4.24", None, True, "2024-04-05"), ("5.4.24", None, None, None), ("24/05/2567", None, None, None), ("1403/03/04", None, None, None),
]  # fmt: skip

HOMONYMS = [
    ("24 listopada 2023", "pl", "2023-11-24"), ("24 listopada 2023", "hr", "2023-10-24"), ("24 listopada 2023", None, None), ("24 listopada 2023", "en", None), ("24 mar 2024", None, "2024-03-24"), ("24. srpna 2024", None, "2024-08-24"),
]  # fmt: skip

AGAINST_NOW = [
    ("24 May", MAY_24), ("May 24", MAY_24), ("24. Mai", MAY_24), ("24 de mayo", MAY_24), ("24 мая", MAY_24), ("5月24日", MAY_24), ("5월 24일", MAY_24), ("24.05.", MAY_24), ("Fri 24 May", MAY_24), ("24 May, 10:30", MAY_24), ("May 24th", MAY_24),
    ("2 June", "2024-06-02"), ("3 June", "2023-06-03"), ("Dec 24", "2023-12-24"), ("29 Feb", "2024-02-29"), ("24 مايو", MAY_24),
    ("just now", "2024-06-01"), ("today", "2024-06-01"), ("Today, 10:30", "2024-06-01"), ("yesterday", "2024-05-31"), ("5 minutes ago", "2024-06-01"), ("2 hours ago", "2024-05-31"), ("2h ago", "2024-05-31"), ("an hour ago", "2024-06-01"),
    ("a day ago", "2024-05-31"), ("3 days ago", "2024-05-29"), ("2 weeks ago", "2024-05-18"), ("Posted 3 days ago", "2024-05-29"), ("vor 3 Tagen", "2024-05-29"), ("vor einer Stunde", "2024-06-01"), ("gestern", "2024-05-31"),
    ("Gestern, 10:30 Uhr", "2024-05-31"), ("vorgestern", "2024-05-30"), ("heute, 9:30 Uhr", "2024-06-01"), ("il y a 2 jours", "2024-05-30"), ("il y a une heure", "2024-06-01"), ("hier", "2024-05-31"), ("avant-hier", "2024-05-30"),
    ("hace 2 días", "2024-05-30"), ("ayer", "2024-05-31"), ("3 giorni fa", "2024-05-29"), ("ieri", "2024-05-31"), ("há 3 dias", "2024-05-29"), ("ontem", "2024-05-31"), ("3 dagen geleden", "2024-05-29"), ("gisteren", "2024-05-31"),
    ("3 dni temu", "2024-05-29"), ("wczoraj", "2024-05-31"), ("3 дня назад", "2024-05-29"), ("вчера", "2024-05-31"), ("3 дні тому", "2024-05-29"), ("вчора", "2024-05-31"), ("преди 3 дни", "2024-05-29"), ("před 3 dny", "2024-05-29"),
    ("pred 3 dňami", "2024-05-29"), ("prije 3 dana", "2024-05-29"), ("för 3 dagar sedan", "2024-05-29"), ("igår", "2024-05-31"), ("for 3 dager siden", "2024-05-29"), ("i går", "2024-05-31"), ("for 3 dage siden", "2024-05-29"),
    ("3 päivää sitten", "2024-05-29"), ("eilen", "2024-05-31"), ("3 gün önce", "2024-05-29"), ("dün", "2024-05-31"), ("3 hari lalu", "2024-05-29"), ("3 hari yang lalu", "2024-05-29"), ("kemarin", "2024-05-31"), ("3 ngày trước", "2024-05-29"),
    ("hôm qua", "2024-05-31"), ("3 napja", None), ("3 nappal ezelőtt", "2024-05-29"), ("tegnap", "2024-05-31"), ("acum 3 zile", "2024-05-29"), ("πριν από 3 μέρες", "2024-05-29"), ("χθες", "2024-05-31"), ("לפני 3 ימים", "2024-05-29"),
    ("אתמול", "2024-05-31"), ("منذ 3 أيام", "2024-05-29"), ("أمس", "2024-05-31"), ("۳ روز پیش", "2024-05-29"), ("दिन", None), ("3 दिन पहले", "2024-05-29"), ("3日前", "2024-05-29"), ("昨日", "2024-05-31"), ("3時間前", "2024-05-31"),
    ("3天前", "2024-05-29"), ("昨天", "2024-05-31"), ("3 小时前", "2024-05-31"), ("3일 전", "2024-05-29"), ("어제", "2024-05-31"), ("3 วันที่แล้ว", "2024-05-29"),
    ("May", None), ("2 months ago", None), ("3 years ago", None), ("for 3 days", None), ("Today's harbour plan divides the old town", None), ("24 May and what it means for the towns", None), ("5/24", None), ("3 days", None),
    ("31 April", None), ("in 3 days", None), ("5月14日前橋で", "2024-05-14"),
]  # fmt: skip

IN_A_LINE = [
    ("By Jane Doe · 24 May 2024 · 8 minute read", "24 May 2024"), ("News24 May 2024Harbour towns", "24 May 2024"), ("OpinionMay 24, 2024A new plan", "May 24, 2024"), ("Wed, 24 May 2024 10:00 GMT", "24 May 2024"),
    ("令和6年5月24日 発表", "令和6年5月24日"), ("24 May 2024 – 26 May 2024", "24 May 2024"), ("(24.05.2024)", "24.05.2024"), ("2024-05-24T10:00:00Z", "2024-05-24T10:00:00Z"), ("The towns that voted on 24 May 2024 about the harbour want more money for their ferries", "24 May 2024"),
    ("2024.5.24-27ABC港まつり", "2024.5.24-27"), ("2024.05.24 ~ 05.27", "2024.05.24 ~ 05.27"), ("2024/05/24（金）〜05/27（月）", "2024/05/24（金）〜05/27（月）"), ("2024年5月24日（金）〜27日（月）港まつり", "2024年5月24日（金）〜27日（月）"),
    ("2024년 5월 24일(금) ~ 27일(월)", "2024년 5월 24일(금) ~ 27일(월)"), ("2024-05-24 - 2024-06-02", "2024-05-24 - 2024-06-02"), ("2024-05-24 - 5 harbours", "2024-05-24"), ("2024-05-24-5things", "2024-05-24"), ("2024.05.24(金) 10:00", "2024.05.24(金) 10:00"),
]  # fmt: skip


@pytest.mark.parametrize(("lang", "text"), CASES)
def test_text_is_the_24th_of_may(lang: str, text: str) -> None:
    found = parse_date(text, lang=None if lang == "machines" else lang)
    assert found is not None
    assert (found.on, found.precision) == (MAY_24, "day")


@pytest.mark.parametrize(("text", "on"), OTHER_DAYS)
def test_text_is_this_day(text: str, on: str) -> None:
    found = parse_date(text)
    assert found is not None
    assert found.on == on


@pytest.mark.parametrize("text", NO_DATE)
def test_text_is_no_date(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(("text", "lang", "day_first", "on"), NUMERIC)
def test_order_of_figures_comes_from_the_column_or_the_language_and_is_never_invented(
    text: str, lang: str | None, day_first: bool | None, on: str | None
) -> None:
    found = parse_date(text, lang=lang, day_first=day_first)
    assert (found and found.on) == on


@pytest.mark.parametrize(("text", "lang", "on"), HOMONYMS)
def test_month_name_of_two_languages_needs_the_language(text: str, lang: str | None, on: str | None) -> None:
    found = parse_date(text, lang=lang)
    assert (found and found.on) == on


@pytest.mark.parametrize(("text", "on"), AGAINST_NOW)
def test_age_and_missing_year_are_resolved_only_against_now(text: str, on: str | None) -> None:
    assert parse_date(text) is None
    found = parse_date(text, now=NOW)
    assert (found and found.on) == on
    assert found is None or found.precision == "relative"


@pytest.mark.parametrize(("text", "raw"), IN_A_LINE)
def test_date_is_found_in_its_line(text: str, raw: str) -> None:
    found = find_date(text)
    assert found is not None
    assert (found.on, found.raw, text[found.start : found.end]) == (MAY_24, raw, raw)


def test_two_digit_year_is_the_nearest_that_is_not_far_ahead_of_now() -> None:
    assert [parse_date(text, now=NOW).on for text in ("24.05.25", "24.05.26", "24.05.99")] == [
        "2025-05-24",
        "1926-05-24",
        "1999-05-24",
    ]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("texts", "day_first"),
    [
        ([], None),
        (["05/04/2024", "06/04/2024"], None),
        (["05/04/2024", "24/04/2024"], True),
        (["05/04/2024", "04/24/2024"], False),
        (["24/04/2024", "04/24/2024"], None),
        (["Posted 24.04.2024 by us", "no date"], True),
        (["32/13/2024", "2024-05-24", "24 May 2024"], None),
    ],
)
def test_a_column_shows_its_order(texts: list[str], day_first: bool | None) -> None:
    assert infer_day_first(iter(texts)) is day_first


def test_every_language_has_twelve_months_and_all_of_them_are_read() -> None:
    for lang, names in MONTH_NAMES.items():
        months = names.split("|")
        assert len(months) == 12, lang
        for number, forms in enumerate(months, start=1):
            for form in forms.split():
                if form not in {"كانون", "تشرين"}:
                    found = parse_date(f"5 {form} 2024", lang=lang)
                    assert found is not None, (lang, form)
                    assert found.on == f"2024-{number:02}-05", (lang, form)


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)))
def test_what_is_written_is_read(day: date) -> None:
    for form in ("%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%d.%m.%Y", "%Y年%m月%d日", "%a, %d %b %Y"):
        found = parse_date(day.strftime(form))
        assert found is not None
        assert found.on == day.isoformat()


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)))
def test_a_day_without_year_is_the_latest_that_has_come(day: date) -> None:
    found = parse_date(f"{day.day} {day.strftime('%B')}", now=NOW)
    assert found is not None
    on = date.fromisoformat(found.on)
    assert (on.month, on.day) == (day.month, day.day)
    assert on <= NOW.date() + timedelta(days=1)
    if (on.month, on.day) != (2, 29):
        assert on.replace(year=on.year + 1) > NOW.date() + timedelta(days=1)


PIECES = st.sampled_from(["24", "5", "05", "2024", "67", "May", "mai", "de", ".", "/", "-", " ", ", ", "th", "T", ":", "Z", "年", "月", "日", "令和", "元", "tháng", "ago", "vor ", "days", "gada", "ko", "'", "\u00ad", "\u0301", "خرداد", "1403", "二"])  # fmt: skip


@given(
    st.one_of(st.text(), st.lists(PIECES, max_size=14).map("".join)),
    st.sampled_from([None, "en", "th", "fa", "x"]),
    st.sampled_from([None, NOW]),
)
def test_what_is_found_is_a_day_and_stands_where_it_says(text: str, lang: str | None, now: datetime | None) -> None:
    for found in (parse_date(text, lang=lang, now=now), find_date(text, lang=lang, now=now)):
        if found is not None:
            date.fromisoformat(found.on)
            assert text[found.start : found.end] == found.raw


HOSTILE = {
    "digits": "1" * 200_000,
    "numbers": "1 " * 100_000,
    "dots": "1." * 100_000,
    "strokes": "1/1/" * 50_000,
    "half dates": "24 May " * 28_000,
    "years": "2024 " * 40_000,
    "long word": "24 " + "a" * 200_000,
    "era marks": "年1" * 100_000,
    "Han digits": "二〇" * 100_000 + "年",
    "ordinals": "1st" * 66_000,
    "marks": "24 M" + "\u0301" * 200_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_read_to_its_end(text: str) -> None:
    assert parse_date(text, now=NOW) is None
    assert find_date(text + " 24 May 2024") is not None
    infer_day_first([text])


@pytest.mark.parametrize(
    "text",
    [
        "2 hours ago",
        "Yesterday",
        "vor 3 Tagen",
        "24 May",
        "5月24日",
        "12 comments",
        "The harbour opens",
        "Room 7, 24 May, and much more",
    ],
)
def test_the_relative_half_of_parsing_gives_what_parsing_gives_where_no_full_date_stands(text: str) -> None:
    assert find_date(text) is None
    assert find_relative(text, now=NOW) == parse_date(text, now=NOW)


def test_the_cheap_no_is_never_said_of_a_date() -> None:
    every = [
        row.values if hasattr(row, "values") else row
        for row in [*CASES, *OTHER_DAYS, *AGAINST_NOW, *IN_A_LINE, *NUMERIC, *HOMONYMS]
    ]
    texts = [str(cell) for row in every for cell in row] + list(map(str, NO_DATE))
    doubted = [text for text in texts if not may_tell_date(text)]
    assert doubted  # or the test shows nothing
    assert [text for text in doubted if find_date(text, now=NOW) or find_relative(text, now=NOW)] == []


@given(st.text("0123456789 ,./-Tadegmorstuy", max_size=24))
def test_the_cheap_no_is_never_said_of_a_text_in_which_a_date_is_found(letters: str) -> None:
    for text in (letters, letters.title()):
        if not may_tell_date(text):
            assert find_date(text, day_first=True, now=NOW) is None
            assert find_relative(text, day_first=True, now=NOW) is None


@pytest.mark.parametrize(
    ("text", "lang", "on"),
    [
        ("24 June", "en", "2023-06-24"),
        ("Jun 24", "en", "2023-06-24"),
        ("Sat, 24 June", "en", "2023-06-24"),
        ("06-24", "en", "2023-06-24"),
        ("24.06.", "de", "2023-06-24"),
        ("06.24", "zh", "2023-06-24"),
        ("24/06", "fr", "2023-06-24"),
        ("6月24日", "ja", "2023-06-24"),
        ("1 January", "en", "2023-01-01"),
        ("31 Dec", "en", "2023-12-31"),
    ],
)
def test_a_day_falls_into_the_year_that_stands_over_it(text: str, lang: str, on: str) -> None:
    found = find_day(text, 2023, lang=lang)
    assert found is not None
    assert (found.on, found.precision, text[found.start : found.end]) == (on, "day", found.raw)


@pytest.mark.parametrize("text", ["29 February", "13-45", "1.2", "May", "3 days ago", "24", "Chapter 4", "June", ""])
def test_what_is_no_day_of_the_year_stays_none(text: str) -> None:
    assert find_day(text, 2023, lang="en") is None
