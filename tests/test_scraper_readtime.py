"""Reading times in the words of many languages, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.readtime import ReadTime, find_read_times, parse_duration, parse_read_time
from scraper.readtime_words import READING_WORDS

# language -> (text, minutes); the whole text is the reading time
SHOWN: dict[str, list[tuple[str, int]]] = {
    "en": [
        ("8 minute read", 8), ("8-minute read", 8), ("8 min read", 8), ("8 mins read", 8), ("8 Min Read", 8), ("8 MIN READ", 8), ("8m read", 8), ("8 minutes to read", 8), ("8 minutes reading", 8),
        ("8 min. read", 8), ("Reading time: 8 minutes", 8), ("Read time: 8 min", 8), ("Reading time 8 min", 8), ("Estimated reading time: 8 minutes", 8), ("Est. reading time: ~8 min", 8),
        ("Time to read: 8 min", 8), ("Read in 8 minutes", 8), ("8 min reading time", 8), ("8\u00a0min\u00a0read", 8), ("8 mi\u00adnu\u00adte read", 8), ("8 minute\u200b read", 8), ("8 minute_read", 8),
        ("One-minute read", 1), ("two minute read", 2), ("less than a minute read", 1), ("Less than 1 minute read", 1), ("< 1 min read", 1), ("&lt; 1 min read", 1), ("Reading Time: < 1 minute", 1),
        ("about 8 min read", 8), ("~8 min read", 8), ("3-5 min read", 5), ("3 – 5 minutes read", 5), ("3 to 5 min read", 5), ("45 sec read", 1), ("20 seconds read", 1), ("90 sec read", 2),
        ("1 min 40 sec read", 2), ("1 hr 5 min read", 65), ("1 hour read", 60), ("1h 5m read", 65), ("1 hour and 5 minutes read", 65), ("2.5 min read", 3), ("0 min read", 1), ("120 minute read", 120),
        ("Reading time: 4'", 4), ("12 minute long read", 12),
    ],
    "de": [("Lesezeit: 3 Min.", 3), ("Lesezeit 3 Minuten", 3), ("3 Min. Lesezeit", 3), ("3 Minuten Lesezeit", 3), ("Lesedauer: 3 Minuten", 3), ("ca. 3 Min. Lesezeit", 3), ("Lesezeit: ca. 3 Minuten", 3),
           ("Geschätzte Lesezeit: 3 Minuten", 3), ("3 Minuten lesen", 3), ("Lesezeit: weniger als eine Minute", 1), ("Lesezeit: unter 1 Minute", 1), ("1 Std. 5 Min. Lesezeit", 65), ("Lesezeit: eine Minute", 1)],
    "fr": [("Lecture 4 min", 4), ("Temps de lecture : 5 mn", 5), ("Temps de lecture estimé : 5 minutes", 5), ("5 min de lecture", 5), ("5 minutes de lecture", 5), ("Lecture : 5 min", 5), ("À lire en 5 min", 5),
           ("Durée de lecture : 5 min", 5), ("moins d'une minute de lecture", 1), ("Moins d’une minute de lecture", 1), ("moins de 2 min de lecture", 2), ("une minute de lecture", 1), ("Lecture d’une minute", 1), ("Lecture d'une Minute", 1), ("1 h 5 min de lecture", 65)],
    "es": [("Tiempo de lectura: 3 minutos", 3), ("3 min de lectura", 3), ("3 minutos de lectura", 3), ("Lectura de 3 min", 3), ("3 min lectura", 3), ("Tiempo estimado de lectura: 3 min", 3), ("menos de un minuto de lectura", 1), ("3 min para leer", 3)],
    "it": [("Tempo di lettura: 2 min", 2), ("3 minuti di lettura", 3), ("Lettura 3 min", 3), ("3 min di lettura", 3), ("Tempo di lettura stimato: 3 minuti", 3), ("Si legge in 3 minuti", 3), ("meno di un minuto di lettura", 1)],
    "pt": [("Tempo de leitura: 3 minutos", 3), ("3 min de leitura", 3), ("Leitura de 3 minutos", 3), ("Tempo de leitura estimado: 3 min", 3), ("3 minutos para ler", 3), ("menos de um minuto de leitura", 1)],
    "nl": [("Leestijd 4 minuten", 4), ("Leestijd: 4 min.", 4), ("4 minuten leestijd", 4), ("4 min leestijd", 4), ("Geschatte leestijd: 1 minuut", 1), ("4 min lezen", 4), ("minder dan een minuut leestijd", 1)],
    "pl": [("Czas czytania: 5 min", 5), ("4 min. czytania", 4), ("5 minut czytania", 5), ("2 minuty czytania", 2), ("Przeczytasz w 5 minut", 5), ("5 min lektury", 5), ("Szacowany czas czytania: 5 minut", 5), ("mniej niż minuta czytania", 1)],
    "ru": [("Время чтения: 7 минут", 7), ("5 мин. чтения", 5), ("5 минут на чтение", 5), ("Время на чтение: 5 мин", 5), ("Читать за 5 минут", 5), ("менее минуты на чтение", 1), ("1 ч 5 мин чтения", 65), ("На чтение 3 мин", 3)],
    "uk": [("Час читання: 3 хв", 3), ("3 хвилини читання", 3), ("3 хв на читання", 3), ("5 хв. читання", 5), ("менше хвилини читання", 1)],
    "bg": [("5 мин четене", 5), ("Време за четене: 5 минути", 5), ("5 минути за четене", 5), ("по-малко от минута за четене", 1)],
    "sr-hr": [("Vrijeme čitanja: 3 min", 3), ("3 min čitanja", 3), ("Vreme čitanja: 3 minuta", 3), ("3 минута читања", 3), ("Време читања: 3 мин", 3)],
    "sl": [("Čas branja: 3 min", 3), ("3 min branja", 3)],
    "cs": [("Doba čtení: 3 minuty", 3), ("3 min čtení", 3), ("3 minuty čtení", 3), ("Čtení na 3 minuty", 3), ("Čas čtení: 3 min", 3), ("méně než minutu čtení", 1)],
    "sk": [("Čas čítania: 3 min", 3), ("3 minúty čítania", 3), ("3 min čítania", 3), ("Prečítate za 3 min", 3)],
    "sv": [("5 min läsning", 5), ("Lästid: 5 min", 5), ("5 minuters läsning", 5), ("Läs på 5 min", 5), ("mindre än en minut läsning", 1), ("5 min lästid", 5)],
    "no": [("Lesetid: 5 minutter", 5), ("5 min lesetid", 5), ("5 minutters lesing", 5), ("5 min å lese", 5), ("5 min les", 5)],
    "da": [("5 minutters læsning", 5), ("Læsetid: 5 min.", 5), ("5 min læsetid", 5), ("5 min at læse", 5), ("Forventet læsetid: 5 minutter", 5)],
    "is": [("5 mín lestur", 5), ("Lestími: 5 mínútur", 5)],
    "fi": [("Lukuaika 3 min", 3), ("Lukuaika: 3 minuuttia", 3), ("3 min lukuaika", 3), ("3 minuutin luku", 3), ("3 minuuttia lukemista", 3), ("alle minuutin lukuaika", 1)],
    "et": [("Lugemisaeg: 3 min", 3), ("3 min lugemist", 3)],
    "lv": [("Lasīšanas laiks: 3 min", 3), ("3 min lasīšanai", 3)],
    "lt": [("Skaitymo laikas: 3 min.", 3), ("3 min. skaitymo", 3)],
    "tr": [("5 dk okuma", 5), ("Okuma süresi: 5 dakika", 5), ("5 dakikalık okuma", 5), ("5 dakika okuma süresi", 5), ("Tahmini okuma süresi: 5 dk", 5), ("bir dakikadan az okuma", 1), ("5 dk. okunma süresi", 5)],
    "az": [("Oxuma vaxtı: 3 dəqiqə", 3), ("3 dəq oxu", 3)],
    "id": [("5 menit baca", 5), ("Waktu baca: 5 menit", 5), ("5 menit membaca", 5), ("Dibaca dalam 5 menit", 5), ("5 menit untuk membaca", 5), ("kurang dari satu menit baca", 1), ("5 minit bacaan", 5)],
    "vi": [("5 phút đọc", 5), ("Thời gian đọc: 5 phút", 5), ("Đọc trong 5 phút", 5), ("Thời gian đọc ước tính: 5 phút", 5), ("dưới một phút đọc", 1), ("5 phút để đọc", 5)],
    "hu": [("4 perc olvasás", 4), ("Olvasási idő: 4 perc", 4), ("4 perces olvasmány", 4), ("Becsült olvasási idő: 4 perc", 4), ("4 perc olvasási idő", 4), ("kevesebb mint 1 perc olvasás", 1)],
    "ro": [("5 minute de citit", 5), ("Timp de citire: 5 minute", 5), ("5 min. de citire", 5), ("20 de minute de lectură", 20), ("mai puțin de un minut de citit", 1), ("Timp estimat de citire: 5 minute", 5)],
    "el": [("3 λεπτά ανάγνωση", 3), ("Χρόνος ανάγνωσης: 3 λεπτά", 3), ("3' ανάγνωση", 3), ("1 λεπτό ανάγνωσης", 1), ("Διάρκεια ανάγνωσης: 3'", 3), ("λιγότερο από ένα λεπτό ανάγνωση", 1), ("3 λεπτά διάβασμα", 3)],
    "he": [("זמן קריאה: 4 דקות", 4), ("4 דקות קריאה", 4), ("4 דק' קריאה", 4), ("דקת קריאה", 1), ("שתי דקות קריאה", 2), ("פחות מדקה קריאה", 1), ("4 דקות לקריאה", 4)],
    "ar": [("قراءة 5 دقائق", 5), ("٥ دقائق للقراءة", 5), ("وقت القراءة: 5 دقائق", 5), ("مدة القراءة: ٥ دقائق", 5), ("5 دقيقة قراءة", 5), ("دقيقتان للقراءة", 2), ("دقيقة واحدة للقراءة", 1), ("أقل من دقيقة للقراءة", 1), ("زمن القراءة 15 دقيقة", 15), ("وقت القراءة: 3 من الدقائق", 3)],
    "fa": [("زمان مطالعه: ۵ دقیقه", 5), ("۵ دقیقه مطالعه", 5), ("مدت زمان مطالعه ۵ دقیقه", 5), ("کمتر از یک دقیقه مطالعه", 1), ("خواندن ۵ دقیقه", 5)],
    "ur": [("5 منٹ پڑھنے کا وقت", 5)],
    "hi": [("5 मिनट में पढ़ें", 5), ("५ मिनट पढ़ें", 5), ("पढ़ने का समय: 5 मिनट", 5), ("5 मिनट पठन", 5), ("5 मिनट रीड", 5), ("एक मिनट से कम पढ़ें", 1), ("5 मिनट में प\u095dें", 5)],
    "mr": [("5 मिनिटे वाचन", 5)],
    "bn": [("৫ মিনিট পড়ার সময়", 5), ("5 মিনিট পড়ুন", 5)],
    "ta": [("5 நிமிட வாசிப்பு", 5)],
    "th": [("อ่าน 5 นาที", 5), ("ใช้เวลาอ่าน 5 นาที", 5), ("5 นาทีในการอ่าน", 5), ("เวลาอ่าน 5 นาที", 5), ("อ่านประมาณ ๕ นาที", 5)],
    "ja": [("読了時間: 3分", 3), ("この記事は3分で読めます", 3), ("この記事は約3分で読めます", 3), ("約3分で読めます", 3), ("３分で読めます", 3), ("読了目安: 3分", 3), ("読了まで約3分", 3), ("3分で読める記事", 3), ("推定読了時間3分", 3), ("1分未満で読めます", 1), ("1時間5分で読めます", 65)],
    "zh": [("阅读时间 5 分钟", 5), ("約 5 分鐘閱讀", 5), ("约 5 分钟阅读", 5), ("阅读约需 5 分钟", 5), ("预计阅读时间：5分钟", 5), ("閱讀時間：5 分鐘", 5), ("5 分钟阅读", 5), ("5分钟读完", 5), ("阅读时长：5分钟", 5), ("全文约需5分钟", 5), ("不到一分钟阅读", 1), ("一分钟阅读", 1), ("本文阅读时间约5分钟", 5)],
    "ko": [("읽는 시간 3분", 3), ("3분 읽기", 3), ("읽는데 3분", 3), ("예상 읽기 시간: 3분", 3), ("약 3분 읽기", 3), ("3분 분량", 3), ("1분 미만 읽기", 1), ("읽는 데 약 3분", 3)],
    "ca": [("3 minuts de lectura", 3), ("Temps de lectura: 3 min", 3)],
    "gl": [("3 minutos de lectura", 3)],
    "eu": [("Irakurketa-denbora: 3 minutu", 3), ("3 minutu irakurtzeko", 3)],
    "ka": [("3 წუთი საკითხავი", 3)],
    "hy": [("3 րոպե ընթերցում", 3)],
    "kk": [("3 минут оқу", 3)],
    "af": [("3 minute leestyd", 3)],
}  # fmt: skip
CASES = [pytest.param(text, minutes, id=f"{lang}: {text}") for lang, cases in SHOWN.items() for text, minutes in cases]

IN_A_LINE = [
    ("24 May 2024 · 8 minute read", 8, "8 minute read"),
    ("By Jane Doe | 8 min read | Politics", 8, "8 min read"),
    ("(8 min read)", 8, "8 min read"),
    ("May 24, 2024 8 min read", 8, "8 min read"),
    ("24 May 20248 minute read", 8, "8 minute read"),
    ("Politics8 minute readA new plan", 8, "8 minute read"),
    ("... say residents.7 minute read", 7, "7 minute read"),
    ("24. Mai 2024 – Lesezeit: 3 Min. – Anna Lind", 3, "Lesezeit: 3 Min."),
    ("2024年5月24日 この記事は3分で読めます", 3, "この記事は3分で読めます"),
    ("12:30 · 8 min read", 8, "8 min read"),
    ("5 minutes ago · 8 min read", 8, "8 min read"),
    ("vor 5 Minuten · Lesezeit: 3 Min.", 3, "Lesezeit: 3 Min."),
    ("8 min read · 12 min listen", 8, "8 min read"),
    ("12 min listen · 8 min read", 8, "8 min read"),
    ("8 min read by Jane Doe", 8, "8 min read"),
    ("This article takes 8 minutes to read.", 8, "8 minutes to read"),
]

NEVER = [
    "", " ", "8", "minute", "read", "minute read", "read more", "5 min", "5 Min.", "5'", "12 minutes", "90th minute", "90+3'", "5:30", "5:30 min", "Lesezeit: 3:45 Min", "5 minutes ago", "5 mins ago",
    "vor 5 Minuten", "vor 5 Min.", "il y a 5 min", "il y a 5 minutes", "hace 5 minutos", "há 5 minutos", "5 minuti fa", "5 minuten geleden", "5 minut temu", "5 минут назад", "5 хвилин тому", "för 5 minuter sedan",
    "for 5 minutter siden", "5 minuuttia sitten", "5 dakika önce", "5 menit yang lalu", "5 phút trước", "5分前", "5分钟前", "5 分鐘前", "5분 전", "منذ 5 دقائق", "לפני 5 דקות", "5 मिनट पहले", "πριν 5 λεπτά", "acum 5 minute",
    "5 min listen", "5 min watch", "5 min video", "Listen · 5 min", "Podcast, 45 min", "Audio: 12 minutes", "Video lecture 45 min", "Lecture vidéo : 4 min", "Vorlesen 5 Min.", "Anhören 5 Min.", "Écouter 5 min", "Hör 5 min",
    "5 min cook", "Prep time: 5 min", "Backzeit 45 Minuten", "Ready in 20 minutes", "Kochzeit: 20 Min.", "Préparation 20 min", "20 min walk", "5 min drive", "in 5 minutes", "a minute's silence", "last-minute read",
    "£5 min read".replace("read", "spend"), "from 5 min", "5 million read", "5 min Read more", "5 minutes read more", "read 5 books", "Read: 5 things", "1,500 min", "5 mins. Read the full story", "Reading, 5 May 2024",
    "il y a 5 min Lecture", "vor 5 Minuten gelesen", "hace 5 minutos lectura", "3.7", "Reading 3, Swindon 2", "Reading FC 5 min", "2 m tall", "10 minute readiness", "5 min reader", "he spent 5 minutes reading the letter aloud to them all",
    "The bill took 45 minutes to read out in full before the chamber could vote", "1 min", "less than a minute ago", "less than a minute", "eine Minute", "دقيقة واحدة", "3000 min read", "阅读 5", "5 分", "30分", "3分の1で読む", "y4m read/write", "Lecture 4 min audio", "Reading: 5 min listen", "_read1 = 'read1'",
]  # fmt: skip

LENIENT = [
    ("5 min", 5), ("5 Min.", 5), ("5'", 5), ("5′", 5), ("5 mins", 5), ("5 minutes", 5), ("~5 min", 5), ("ca. 5 Min.", 5), ("(5 min)", 5), ("24 May · 5 min", 5), ("5 min | News", 5), ("News / 5 min", 5), ("5 мин", 5), ("5 хв", 5),
    ("5分", 5), ("5 分钟", 5), ("5분", 5), ("5 دقائق", 5), ("5 דקות", 5), ("5 मिनट", 5), ("5 phút", 5), ("5 dk", 5), ("1 h 5 min", 65), ("less than a minute", 1), ("< 1 min", 1), ("3-5 min", 5), ("8 min read", 8),
]  # fmt: skip

NOT_EVEN_LENIENT = [
    "5 minutes ago", "vor 5 Minuten", "il y a 5 min", "5:30", "5:30 min", "5m", "5 m", "5", "video 5 min", "Podcast · 45 min", "5 min listen", "90th minute", "in 5 minutes time", "the 5 min walk", "5 min from here", "",
]  # fmt: skip

DURATIONS = [
    ("PT8M", 8), ("pt8m", 8), (" PT8M ", 8), ("PT08M", 8), ("PT1H", 60), ("PT1H5M", 65), ("PT45S", 1), ("PT90S", 2), ("PT7M40S", 8), ("PT7.5M", 8), ("PT7,5M", 8), ("P0DT8M", 8), ("P1D", 1440), ("PT0H8M0S", 8),
    ("", None), ("P", None), ("PT", None), ("PT0M", None), ("PT8", None), ("8M", None), ("P8M", None), ("P1Y", None), ("PT99H", None), ("P1W", None), ("-PT8M", None), ("8 min", None), ("PT8M extra", None), ("P1DT", None),
]  # fmt: skip


def test_every_language_of_the_words_has_cases() -> None:
    assert set(SHOWN) == set(READING_WORDS)
    assert len(SHOWN) >= 28


@pytest.mark.parametrize(("text", "minutes"), CASES)
def test_whole_text_is_a_reading_time(text: str, minutes: int) -> None:
    found = parse_read_time(text)
    assert found is not None
    assert found.minutes == minutes
    assert (found.start, found.end) == (0, len(text))


@pytest.mark.parametrize(("text", "minutes", "raw"), [pytest.param(*case, id=case[0]) for case in IN_A_LINE])
def test_reading_time_is_found_in_its_line(text: str, minutes: int, raw: str) -> None:
    found = parse_read_time(text)
    assert found is not None
    assert (found.minutes, found.raw) == (minutes, raw)
    assert text[found.start : found.end] == raw


@pytest.mark.parametrize("text", NEVER)
def test_this_is_no_reading_time(text: str) -> None:
    assert parse_read_time(text) is None


@pytest.mark.parametrize(("text", "minutes"), LENIENT)
def test_bare_amount_counts_where_the_caller_knows_the_column(text: str, minutes: int) -> None:
    found = parse_read_time(text, lenient=True)
    assert found is not None
    assert found.minutes == minutes


@pytest.mark.parametrize("text", NOT_EVEN_LENIENT)
def test_this_is_no_reading_time_even_in_such_a_column(text: str) -> None:
    assert parse_read_time(text, lenient=True) is None


@pytest.mark.parametrize(("text", "minutes"), DURATIONS)
def test_iso_duration_is_so_many_minutes(text: str, minutes: int | None) -> None:
    assert parse_duration(text) == minutes


def test_reading_times_that_run_into_the_next_card_are_all_found() -> None:
    text = "Residents object. 7 minute readA new plan for the harbour.4 minute readNight buses return. < 1 min read3 things to know. 12-minute readEnd"
    assert [(found.minutes, found.raw) for found in find_read_times(text)] == [
        (7, "7 minute read"), (4, "4 minute read"), (1, "< 1 min read"), (12, "12-minute read"),
    ]  # fmt: skip


def test_labels_before_and_behind_stay_with_their_own_card() -> None:
    text = "Fähren für alle. Lesezeit: 5 Min. Lesezeit: 3 Min. Bäume statt Autos. 2 Min. Lesezeit"
    assert [(found.minutes, found.raw) for found in find_read_times(text)] == [
        (5, "Lesezeit: 5 Min."), (3, "Lesezeit: 3 Min."), (2, "2 Min. Lesezeit"),
    ]  # fmt: skip


ANY_TEXT = st.one_of(
    st.text(),
    st.lists(
        st.sampled_from(
            [
                "5",
                "٥",
                " ",
                "min",
                "minute",
                "read",
                "Lesezeit",
                ":",
                "-",
                "sec",
                "h",
                "\u00ad",
                "\u0301",
                "分",
                "で読めます",
                "ago",
                "vor ",
                "'",
                ".",
                "less than a minute",
                "·",
                "e",
            ]
        ),
        max_size=20,
    ).map("".join),
)


@given(ANY_TEXT, st.booleans())
def test_what_is_found_stands_where_it_says(text: str, lenient: bool) -> None:
    found = parse_read_time(text, lenient=lenient)
    if found is not None:
        assert text[found.start : found.end] == found.raw
        assert found.minutes >= 1
    last = 0
    for one in find_read_times(text):
        assert isinstance(one, ReadTime)
        assert last <= one.start < one.end
        last = one.end


HOSTILE = {
    "digits": "1" * 200_000,
    "amounts": "1 min " * 33_000,
    "glued amounts": "1h" * 100_000,
    "labels": "Lesezeit: " * 20_000 + "5",
    "ranges": "1-" * 100_000,
    "words": "minute " * 28_000,
    "spaces": "5" + " " * 200_000 + "min read",
    "soft hyphens": "5\u00ad" * 100_000,
    "marks": "a" + "\u0301" * 200_000,
    "reading times": "1 min read " * 18_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_read_to_its_end(text: str) -> None:
    found = find_read_times(text)
    assert len(found) == text.count("min read") - ("     " in text)
    parse_read_time(text, lenient=True)
