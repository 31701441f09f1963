"""Pages that stand in place of a page, as their makers write them, and ordinary pages that look a little like them. All made up."""

from __future__ import annotations

PROSE = "The city has many offices and each of them keeps its own records of what was said. " * 3
VENDORS = "".join(
    f'<li><label><input type=checkbox> Vendor {n} Ltd</label> <a href="https://v{n}.example/privacy">Privacy policy</a></li>'
    for n in range(40)
)
DATA_TALK = (
    "Wir speichern Informationen auf Ihrem Gerät und greifen darauf zu. Personenbezogene Daten können verarbeitet werden. "
)
FRENCH_TALK = (
    "<p>Avec votre accord, nos partenaires et nous utilisons des cookies ou technologies similaires pour stocker des données. "
    "Votre consentement peut être retiré.</p>"
)


def links(count: int) -> str:
    """So many links of a menu or a footer."""
    return "".join(f'<a href="/legal/{n}">Legal note {n}</a> ' for n in range(count))


def page(title: str, body: str, lang: str = "en") -> str:
    return f"<!doctype html><html lang={lang}><head><title>{title}</title></head><body>{body}</body></html>"


# What it is, who writes so, the status that it comes with, and the page.
WALLS: list[tuple[str, str, int, str]] = [
    (
        "CONSENT",
        "sourcepoint-like with long text, few links",
        200,
        page(
            "Nachrichten - Zeitung",
            f'<div class="message-overlay"><h1>Willkommen bei der Zeitung</h1><p>Entscheiden Sie selbst, wie Sie unsere Seite nutzen.</p><p>Um Ihnen ein besseres Nutzererlebnis zu bieten, verwenden wir und unsere 214 Partner Cookies. {DATA_TALK * 20}</p><button>Alle akzeptieren</button><button>Einstellungen</button><button>Mit Abo nutzen</button></div>',
            "de",
        ),
    ),
    (
        "CONSENT",
        "vendor list of 40 with links",
        200,
        page(
            "Your privacy choices",
            f"<h1>We value your privacy</h1><p>{PROSE}</p><ul>{VENDORS}</ul><button>Accept all</button><button>Reject all</button>",
        ),
    ),
    (
        "CONSENT",
        "english gate",
        200,
        page(
            "The Paper",
            "<h2>Your data, your choice</h2><p>We and our 812 partners store and/or access information on a device, such as cookies. Please choose before continuing to our site.</p><button>I agree</button><button>More options</button>",
        ),
    ),
    (
        "CONSENT",
        "dutch DPG-like",
        200,
        page(
            "Privacy gate",
            "<h1>Wij gebruiken cookies</h1><p>Wij en onze partners gebruiken cookies om je een betere ervaring te bieden. Geef toestemming om door te gaan.</p><button>Akkoord</button>",
            "nl",
        ),
    ),
    (
        "CONSENT",
        "italian",
        200,
        page(
            "Il Giornale",
            "<p>Per continuare a leggere gratuitamente accetta i cookie oppure abbonati.</p><button>Accetta e continua</button><button>Abbonati</button>",
            "it",
        ),
    ),
    (
        "CONSENT",
        "french pur",
        200,
        page(
            "Le Journal",
            "<p>En acceptant les cookies vous pouvez accéder gratuitement au contenu. Sinon, abonnez-vous.</p><button>Accepter et continuer</button><button>S'abonner</button>",
            "fr",
        ),
    ),
    (
        "CONSENT",
        "spanish",
        200,
        page(
            "El Diario",
            "<p>Valoramos tu privacidad. Nosotros y nuestros socios utilizamos cookies.</p><button>Aceptar y continuar</button><button>Rechazar y suscribirse</button>",
            "es",
        ),
    ),
    (
        "CONSENT",
        "polish",
        200,
        page(
            "Gazeta",
            "<p>Szanujemy Twoją prywatność. My i nasi partnerzy przechowujemy informacje na urządzeniu.</p><button>Przejdź do serwisu</button>",
            "pl",
        ),
    ),
    (
        "CONSENT",
        "japanese",
        200,
        page("新聞", "<p>当サイトはクッキーを使用しています。続けるには同意が必要です。</p><button>同意して続行</button>", "ja"),
    ),
    (
        "BOT",
        "cloudflare full",
        403,
        '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title><meta name="robots" content="noindex,nofollow"><style>*{box-sizing:border-box}</style></head><body><div class="main-wrapper"><h1>paper.example</h1><h2>Checking if the site connection is secure</h2><noscript>Enable JavaScript and cookies to continue</noscript></div><script>(function(){window._cf_chl_opt={cvId:\'3\'}})()</script></body></html>',
    ),
    (
        "BOT",
        "cloudflare in german",
        403,
        '<!DOCTYPE html><html lang="de"><head><title>Nur einen Moment…</title></head><body><h2>Überprüfung, ob die Verbindung sicher ist</h2><noscript>JavaScript und Cookies aktivieren, um fortzufahren</noscript></body></html>',
    ),
    (
        "BOT",
        "datadome 403",
        403,
        "<html lang=\"en\"><head><title>paper.example</title><style>#cmsg{animation: A 1.5s;}</style></head><body><p id=\"cmsg\">Please enable JS and disable any ad blocker</p><script>var dd={'rt':'c','cid':'AHrlqAAAAAMA','host':'geo.captcha-delivery.com'}</script></body></html>",
    ),
    (
        "BOT",
        "perimeterx 200",
        200,
        "<!DOCTYPE html><html><head><title>Access to this page has been denied.</title></head><body><div class=\"px-captcha-container\"><h1>Press & Hold to confirm you are a human (and not a bot).</h1><p>Reference ID 2b1</p></div><script>window._pxAppId='PX123';</script></body></html>",
    ),
    (
        "BOT",
        "own words",
        200,
        page(
            "Security check",
            "<h1>One more step</h1><p>Please complete the security check to access paper.example. Our systems have detected unusual traffic from your computer network.</p>",
        ),
    ),
    ("BOT", "own words 403", 403, page("Forbidden", "<h1>Unusual activity</h1>")),
    (
        "BOT",
        "pardon our interruption",
        200,
        page("Pardon Our Interruption", "<p>As you were browsing something about your browser made us think you were a bot.</p>"),
    ),
    (
        "BOT",
        "arkose",
        200,
        '<!doctype html><html><head><title>Verify</title><script src="https://client-api.arkoselabs.com/v2/x/api.js"></script></head><body><div id="arkose"></div></body></html>',
    ),
    (
        "BOT",
        "queue-it",
        200,
        page(
            "Queue-it", "<h1>You are now in line</h1><p>When it is your turn, you will have 10 minutes to enter the website.</p>"
        ),
    ),
    (
        "BOT",
        "js cookie",
        200,
        '<html><body><script src="/aes.js"></script><script>function toNumbers(d){};document.cookie="__test="+1;location.href="https://paper.example/?i=1";</script><noscript>This site requires Javascript to work, please enable Javascript in your browser</noscript></body></html>',
    ),
    (
        "LOGIN",
        "sso with long footer",
        200,
        page(
            "Sign in to your account",
            f"<form><label>Email</label><input type=email><label>Password</label><input type='password'><button>Sign in</button></form><p>{PROSE}</p><footer>{links(12)}</footer>",
        ),
    ),
    (
        "LOGIN",
        "email first",
        200,
        page(
            "Log in | The Paper",
            f"<h1>Log in or create an account</h1><form><label>Email address</label><input type=email name=email><button>Continue</button></form><footer>{links(8)}</footer>",
        ),
    ),
    (
        "LOGIN",
        "page with 25 links",
        200,
        page(
            "Anmelden",
            f"<form><input type=email><input type='password'><button>Anmelden</button></form><footer>{links(25)}</footer>",
        ),
    ),
    (
        "PAYWALL",
        "stub",
        200,
        page(
            "The Paper",
            "<h1>This content is for subscribers</h1><p>Get unlimited access for $1 a week. Already a subscriber? Log in.</p>",
        ),
    ),
    (
        "PAYWALL",
        "french",
        200,
        page("Le Journal", "<p>Cet article est réservé aux abonnés. Il vous reste 85% à découvrir.</p>", "fr"),
    ),
    ("PAYWALL", "danish", 200, page("Avisen", "<p>Kun for abonnenter. Bliv abonnent for at læse videre.</p>", "da")),
    (
        "MISSING",
        "de",
        200,
        page("Zeitung", f"<h1>Seite nicht gefunden</h1><p>Die angeforderte Seite gibt es nicht.</p>{links(8)}", "de"),
    ),
    (
        "MISSING",
        "no title hint, h1 en",
        200,
        page(
            "The Paper",
            f"<h1>Oops! That page can’t be found.</h1><p>It looks like nothing was found at this location. Maybe try a search?</p>{links(10)}",
        ),
    ),
    (
        "MISSING",
        "with 30 links menu",
        200,
        page("Page not found - The Paper", f"<nav>{links(30)}</nav><h1>404</h1><p>Sorry.</p>"),
    ),
    (
        "PARKED",
        "sedo text",
        200,
        "<html><head><title>paper.example - This website is for sale! - paper Resources and Information.</title></head><body><p>This website is for sale! paper.example is your first and best source for all of the information you’re looking for.</p></body></html>",
    ),
    (
        "PARKED",
        "godaddy",
        200,
        "<!DOCTYPE html><html><head><title>paper.example</title><script>window.onload=function(){window.location.href='/lander'}</script></head></html>",
    ),
    (
        "PARKED",
        "registrar",
        200,
        "<html><head><title>Domain parked</title></head><body><p>This domain has been registered with Registrar Ltd. and is not in use yet. Future home of something quite cool.</p></body></html>",
    ),
    (
        "PARKED",
        "expired",
        200,
        "<html><head><title>paper.example</title></head><body><h1>This domain has expired</h1><p>If you own it, renew it at your provider.</p></body></html>",
    ),
    (
        "PARKED",
        "plesk default",
        200,
        "<html><head><title>Default page</title></head><body><h1>Web Server's Default Page</h1><p>This page is generated by Plesk.</p></body></html>",
    ),
    (
        "PARKED",
        "iis",
        200,
        "<html><head><title>IIS Windows Server</title></head><body><a href='http://go.microsoft.com/x'><img src='iisstart.png'></a></body></html>",
    ),
    (
        "DOWN",
        "en",
        200,
        page(
            "The Paper",
            "<h1>We'll be back soon!</h1><p>Sorry for the inconvenience. We're performing some maintenance at the moment.</p>",
        ),
    ),
    (
        "DOWN",
        "503 drupal",
        503,
        page("Site under maintenance | Paper", "Paper is currently under maintenance. We should be back shortly."),
    ),
    ("DOWN", "fr", 200, page("Le Journal", "<h1>Site en maintenance</h1><p>Nous revenons très vite.</p>", "fr")),
    ("DOWN", "it", 200, page("Giornale", "<p>Sito in manutenzione, torneremo presto.</p>", "it")),
    ("DOWN", "sv", 200, page("Tidningen", "<p>Vi utför underhåll just nu. Försök igen om en stund.</p>", "sv")),
    (
        "DOWN",
        "200 backend",
        200,
        "<html><head><title>Error</title></head><body><h1>Error establishing a database connection</h1></body></html>",
    ),
    (
        "DOWN",
        "varnish guru",
        503,
        "<html><head><title>503 Backend fetch failed</title></head><body><h1>Error 503 Backend fetch failed</h1><p>Guru Meditation:</p></body></html>",
    ),
    (
        "REGION",
        "unavailable in your country",
        200,
        "<html><head><title>The Paper</title></head><body><h1>This content is not available in your region</h1><p>We recognise you are attempting to access this website from a country belonging to the European Economic Area (EEA) including the EU which enforces the GDPR and therefore access cannot be granted at this time.</p></body></html>",
    ),
    ("REGION", "451", 451, "<html><head><title>451: Unavailable due to legal reasons</title></head><body>x</body></html>"),
    (
        "CONSENT",
        "onetrust page",
        200,
        page(
            "The Herald",
            "<div id=onetrust-consent-sdk><h2>About your privacy</h2><p>We process your data to deliver content or advertisements and measure the delivery of such content. By clicking Accept All you agree.</p><button>Accept All</button><button>Reject All</button></div>",
        ),
    ),
    (
        "CONSENT",
        "pur de",
        200,
        page(
            "Zustimmung",
            "<h1>Weiterlesen mit Werbung</h1><p>Besuchen Sie uns wie gewohnt mit Werbung und Tracking. Details in der Datenschutzerklärung.</p><button>Akzeptieren und weiter</button><p>oder Pur-Abo für 4,99</p>",
            "de",
        ),
    ),
    (
        "CONSENT",
        "pt",
        200,
        page(
            "Jornal",
            "<p>Valorizamos a sua privacidade. Nós e os nossos parceiros armazenamos cookies.</p><button>Concordo</button>",
            "pt",
        ),
    ),
    (
        "CONSENT",
        "sv",
        200,
        page(
            "Bladet",
            "<h1>Vi bryr oss om din integritet</h1><p>Vi och våra 600 partners lagrar och får åtkomst till information på din enhet.</p><button>Godkänn alla</button>",
            "sv",
        ),
    ),
    (
        "CONSENT",
        "cz",
        200,
        page(
            "Noviny",
            "<h1>Než budete pokračovat</h1><p>Potřebujeme váš souhlas se zpracováním cookies. Souhlas můžete odmítnout.</p><button>Souhlasím</button>",
            "cs",
        ),
    ),
    (
        "CONSENT",
        "fi",
        200,
        page("Sanomat", "<h1>Arvostamme yksityisyyttäsi</h1><p>Käytämme evästeitä.</p><button>Hyväksy kaikki</button>", "fi"),
    ),
    (
        "CONSENT",
        "no",
        200,
        page(
            "Avisa",
            "<p>Vi og våre partnere trenger ditt samtykke til å bruke informasjonskapsler.</p><button>Godta alle</button>",
            "no",
        ),
    ),
    (
        "CONSENT",
        "fr with footer and long text",
        200,
        page(
            "Le Quotidien",
            f"<h1>Votre vie privée</h1>{FRENCH_TALK * 14}<button>Continuer sans accepter</button><footer>{links(20)}</footer>",
            "fr",
        ),
    ),
    (
        "BOT",
        "akamai denied",
        403,
        '<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>You don\'t have permission to access "http&#58;&#47;&#47;paper" on this server.<P>Reference&#32;&#35;18&#46;x</BODY></HTML>',
    ),
    (
        "BOT",
        "imperva 200",
        200,
        '<html style="height:100%"><head><META NAME="ROBOTS" CONTENT="NOINDEX, NOFOLLOW"></head><body style="margin:0px;height:100%"><iframe id="main-iframe" src="/_Incapsula_Resource?SWUDNSAI=31" frameborder=0>Request unsuccessful. Incapsula incident ID: 0-0</iframe></body></html>',
    ),
    (
        "BOT",
        "kasada",
        429,
        '<!DOCTYPE html><html><head></head><body><script>window.KPSDK={};KPSDK.now=1</script><script src="/ips.js"></script></body></html>',
    ),
    (
        "BOT",
        "slide puzzle",
        200,
        page("Verification", "<p>Slide to complete the puzzle. We need to make sure that you are not a robot.</p>"),
    ),
    (
        "BOT",
        "reddit-like",
        403,
        page("Blocked", "<h1>whoa there, pardner!</h1><p>Your request has been blocked due to a network policy.</p>"),
    ),
    ("BOT", "ru", 200, page("Проверка", "<p>Подтвердите, что запросы отправляли вы, а не робот</p>", "ru")),
    ("BOT", "rate", 429, "<html><head><title>Too many requests</title></head><body>Slow down</body></html>"),
    (
        "LOGIN",
        "institution",
        200,
        page("Institution Login - City Library", f'<form><input name=u><input type="password" name=p></form>{links(6)}'),
    ),
    (
        "LOGIN",
        "intranet",
        200,
        page(
            "Intranet",
            '<form method=post>User <input type=text> Password <input type=password> <input type=submit value="Log on"></form>',
        ),
    ),
    (
        "LOGIN",
        "magic link",
        200,
        page(
            "Die Zeitung", '<h1>Anmelden</h1><form><input type="email" placeholder="E-Mail"><button>Weiter</button></form>', "de"
        ),
    ),
    ("PAYWALL", "nl", 200, page("Krant", "<p>Dit artikel is alleen voor abonnees. Word abonnee vanaf 1 euro.</p>", "nl")),
    ("PAYWALL", "es", 200, page("Diario", "<p>Contenido exclusivo para suscriptores. Suscríbete para seguir leyendo.</p>", "es")),
    (
        "MISSING",
        "friendly en",
        200,
        page("The Herald", f"<h1>Sorry, we couldn’t find that page</h1><p>It may have moved.</p>{links(6)}"),
    ),
    ("MISSING", "big number", 200, page("The Herald", f"<h1>404</h1><h2>Lost?</h2>{links(6)}")),
    ("MISSING", "gone", 200, page("Page no longer available", "<p>The page you requested has been removed.</p>")),
    ("MISSING", "it", 200, page("Errore 404", "<h1>Ops! La pagina che cerchi non esiste</h1>", "it")),
    ("MISSING", "fr", 200, page("Le Quotidien", "<h1>Cette page n’existe pas</h1>", "fr")),
    ("MISSING", "de2", 200, page("Die Zeitung", "<h1>Diese Seite konnte nicht gefunden werden</h1>", "de")),
    ("MISSING", "pl2", 200, page("Gazeta", "<h1>Strona nie została znaleziona</h1>", "pl")),
    (
        "PARKED",
        "dan",
        200,
        page(
            "herald.example | domain for sale",
            "<h1>The domain name herald.example is for sale!</h1><button>Make an offer</button>",
        ),
    ),
    (
        "PARKED",
        "coming soon host",
        200,
        page("Welcome", "<h1>herald.example</h1><p>This domain is parked free of charge with Registrar. Get this domain.</p>"),
    ),
    (
        "PARKED",
        "apache",
        200,
        "<html><head><title>Apache2 Ubuntu Default Page: It works</title></head><body>It works!</body></html>",
    ),
    ("DOWN", "de", 200, page("Die Zeitung", "<h1>Wir sind gleich wieder da</h1><p>Unsere Seite wird gerade gewartet.</p>", "de")),
    ("DOWN", "es", 200, page("Diario", "<p>Sitio en mantenimiento. Volvemos pronto.</p>", "es")),
    ("DOWN", "ja", 200, page("新聞", "<p>ただいまメンテナンス中です。</p>", "ja")),
    (
        "DOWN",
        "200 500",
        200,
        "<html><head><title>500 Internal Server Error</title></head><body><h1>Internal Server Error</h1></body></html>",
    ),
    ("REGION", "de", 200, page("Zeitung", "<p>Dieser Inhalt ist in Ihrem Land nicht verfügbar.</p>", "de")),
    (
        "CONSENT",
        "en usercentrics",
        200,
        page(
            "Evening Post",
            "<div id=usercentrics-root><h2>Privacy Settings</h2><p>This site uses third-party website tracking technologies to provide and continually improve our services. I agree and may revoke or change my consent at any time.</p><button>Deny</button><button>Accept All</button></div>",
        ),
    ),
    (
        "CONSENT",
        "de axel",
        200,
        page(
            "Blatt",
            "<h1>Cookies zustimmen</h1><p>Besuchen Sie unsere Seite wie gewohnt mit Werbung und Cookies. Die Zustimmung ist jederzeit widerrufbar.</p><button>Zustimmen und weiter</button>",
            "de",
        ),
    ),
    (
        "CONSENT",
        "nl tegel",
        200,
        page(
            "Krant",
            "<h1>Cookies op krant.example</h1><p>Wij plaatsen functionele cookies en vragen je toestemming voor andere cookies.</p><button>Ja, ik accepteer</button>",
            "nl",
        ),
    ),
    (
        "CONSENT",
        "hu",
        200,
        page(
            "Újság",
            "<p>Mi és partnereink információkat, például sütiket tárolunk az eszközön.</p><button>Elfogadom</button>",
            "hu",
        ),
    ),
    (
        "CONSENT",
        "el",
        200,
        page(
            "Εφημερίδα", "<p>Εμείς και οι συνεργάτες μας αποθηκεύουμε cookies στη συσκευή σας.</p><button>Συμφωνώ</button>", "el"
        ),
    ),
    (
        "CONSENT",
        "ro",
        200,
        page("Ziar", "<p>Noi și partenerii noștri stocăm cookie-uri pe dispozitivul dvs.</p><button>Accept toate</button>", "ro"),
    ),
    ("BOT", "cloudflare fr", 403, page("Un instant…", "<p>Vérification de la sécurité de votre connexion</p>", "fr")),
    (
        "BOT",
        "friendly",
        200,
        page("Please wait...", "<p>We are checking your browser before you can continue. This process is automatic.</p>"),
    ),
    (
        "BOT",
        "sgcaptcha",
        202,
        '<html><head><link rel="icon" href="data:;"><meta http-equiv="refresh" content="0;/.well-known/sgcaptcha/?r=%2F"></head></html>',
    ),
    ("BOT", "aws", 405, page("Human Verification", "<div id=captcha-container></div>")),
    (
        "BOT",
        "iis",
        200,
        page(
            "Request Rejected",
            "The requested URL was rejected. Please consult with your administrator.<br>Your support ID is: 123",
        ),
    ),
    (
        "LOGIN",
        "ms",
        200,
        page(
            "Sign in to your account",
            "<form><input type=email name=loginfmt placeholder='Email, phone'><button>Next</button></form>",
        ),
    ),
    (
        "LOGIN",
        "fr",
        200,
        page(
            "Connexion",
            f'<form><input type=text name=id><input type=password></form>{links(8)}<a href="/legal/8">Legal note 8</a> ',
            "fr",
        ),
    ),
    (
        "PAYWALL",
        "metered",
        200,
        page("The Post", "<h2>You've reached your limit of free articles</h2><p>Subscribe for unlimited access.</p>"),
    ),
    ("PAYWALL", "pt", 200, page("Jornal", "<p>Conteúdo exclusivo para assinantes.</p>", "pt")),
    ("MISSING", "en", 200, page("Oops", "<h1>The page you are looking for doesn't exist</h1>")),
    ("MISSING", "es 3", 200, page("Diario", "<h1>La página solicitada no existe</h1>", "es")),
    ("MISSING", "ja 3", 200, page("新聞", "<h1>指定されたページは存在しません</h1>", "ja")),
    ("MISSING", "zh 3", 200, page("报纸", "<h1>您访问的页面不存在</h1>", "zh")),
    ("MISSING", "ru 3", 200, page("Газета", "<h1>Ошибка 404. Такой страницы нет</h1>", "ru")),
    ("PARKED", "en", 200, page("post.example", "<p>Interested in this domain? Make an offer today.</p>")),
    (
        "PARKED",
        "host",
        200,
        page("Site not published", "<p>The site you were looking for couldn't be found or isn't published yet.</p>"),
    ),
    (
        "DOWN",
        "en",
        200,
        page("Post", "<h1>Scheduled downtime</h1><p>We are upgrading our systems and will be online again at 6 am.</p>"),
    ),
    ("DOWN", "pl", 200, page("Gazeta", "<p>Trwają prace techniczne. Zapraszamy wkrótce.</p>", "pl")),
    (
        "REGION",
        "europe",
        200,
        page(
            "Post",
            "<h1>Sorry, this site is currently unavailable to visitors from the European Economic Area while we work to ensure your data is protected</h1>",
        ),
    ),
    (
        "CONSENT",
        "didomi",
        200,
        page(
            "La Gazette",
            "<h1>Nous respectons votre vie privée</h1><p>Nos partenaires et nous-mêmes déposons des traceurs.</p><button>Configurer</button><a role=button href=#>Refuser</a><button class=ok><span>J'accepte</span></button>",
            "fr",
        ),
    ),
    (
        "CONSENT",
        "danish",
        200,
        page(
            "Tidende",
            "<p>Vi bruger egne og tredjeparters cookies til statistik og annoncer.</p><button>OK til alle</button><button>Kun nødvendige</button>",
            "da",
        ),
    ),
    (
        "CONSENT",
        "swedish",
        200,
        page(
            "Posten",
            "<p>Den här webbplatsen använder cookies för personlig annonsering.</p><button>Jag accepterar</button>",
            "sv",
        ),
    ),
    ("CONSENT", "korean", 200, page("일보", "<p>이 사이트는 쿠키를 사용합니다.</p><button>동의합니다</button>", "ko")),
    (
        "CONSENT",
        "turkish",
        200,
        page("Gazete", "<p>Çerez politikamızı kabul ederek devam edin.</p><button>Kabul ediyorum</button>", "tr"),
    ),
    (
        "CONSENT",
        "generic en",
        200,
        page(
            "Daily Record",
            "<h2>Before you enter</h2><p>Daily Record and its partners set cookies to fund our journalism.</p><a class=btn href='?c=1'>Yes, I agree</a><a href='?c=0'>Pay to read</a>",
        ),
    ),
    (
        "BOT",
        "hcaptcha page",
        200,
        page(
            "One more step",
            "<form><div class=h-captcha data-sitekey=1></div></form><script src=https://js.hcaptcha.com/1/api.js></script>",
        ),
    ),
    (
        "BOT",
        "browser check",
        200,
        page("Browser check", "<p>Your browser will be verified. You will be redirected in 5 seconds.</p>"),
    ),
    ("BOT", "ip", 200, page("Access blocked", "<p>Your IP address has been blocked because of suspicious behaviour.</p>")),
    ("BOT", "anubis fr", 200, page("Vérification que vous n'êtes pas un robot !", "<p>Chargement...</p>", "fr")),
    ("LOGIN", "es", 200, page("Iniciar sesión", "<form><input type=email><button>Continuar</button></form>", "es")),
    (
        "LOGIN",
        "wordpress",
        200,
        page("Log In ‹ Post — WordPress", "<form id=loginform><input type=text name=log><input type=password name=pwd></form>"),
    ),
    (
        "PAYWALL",
        "en2",
        200,
        page("The Post", "<h2>Already a subscriber? Sign in</h2><p>Unlock this article and get full access from £1 a week.</p>"),
    ),
    ("PAYWALL", "it", 200, page("Corriere", "<p>Contenuto riservato agli abbonati.</p>", "it")),
    ("MISSING", "sv 4", 200, page("Posten", "<h1>Hoppsan! Vi hittar inte sidan</h1>", "sv")),
    ("MISSING", "nl 4", 200, page("Krant", "<h1>Deze pagina bestaat niet (meer)</h1>", "nl")),
    ("MISSING", "cs 4", 200, page("Noviny", "<h1>Stránka neexistuje</h1>", "cs")),
    ("PARKED", "fr", 200, page("journal.example", "<p>Ce domaine a été réservé par un client.</p>", "fr")),
    ("DOWN", "nl", 200, page("Krant", "<p>We zijn even offline voor onderhoud.</p>", "nl")),
    ("DOWN", "cs", 200, page("Noviny", "<p>Na webu právě probíhá odstávka.</p>", "cs")),
    (
        "REGION",
        "your country",
        200,
        page("Post", "<p>Due to licensing restrictions this page cannot be viewed from your country.</p>"),
    ),
]

# "There is no such page", as its title says it.
MISSING = {
    "es": "Error 404 - Página no encontrada",
    "pt": "Página não encontrada",
    "it": "Pagina non trovata",
    "nl": "Pagina niet gevonden",
    "pl": "Nie znaleziono strony",
    "sv": "Sidan hittades inte",
    "da": "Siden blev ikke fundet",
    "no": "Siden finnes ikke",
    "fi": "Sivua ei löytynyt",
    "cs": "Stránka nenalezena",
    "hu": "Az oldal nem található",
    "ro": "Pagina nu a fost găsită",
    "el": "Η σελίδα δεν βρέθηκε",
    "tr": "Sayfa bulunamadı",
    "ru": "Страница не найдена",
    "uk": "Сторінку не знайдено",
    "bg": "Страницата не е намерена",
    "ar": "الصفحة غير موجودة",
    "he": "הדף לא נמצא",
    "ja": "お探しのページは見つかりませんでした",
    "zh": "页面未找到",
    "ko": "페이지를 찾을 수 없습니다",
    "vi": "Không tìm thấy trang",
    "id": "Halaman tidak ditemukan",
    "fa": "صفحه مورد نظر یافت نشد",
    "hi": "पृष्ठ नहीं मिला",
    "sk": "Stránka sa nenašla",
    "hr": "Stranica nije pronađena",
    "ca": "Pàgina no trobada",
    "et": "Lehte ei leitud",
    "lt": "Puslapis nerastas",
    "lv": "Lapa nav atrasta",
    "sl": "Stran ni najdena",
    "sr": "Страница није пронађена",
    "th": "ไม่พบหน้าที่คุณต้องการ",
}


def teasers(count: int, words: str = "") -> str:
    return "".join(
        f'<article class=card><h2><a href="/2024/05/{n}/story">Council reopens the harbour bridge after works, part {n}</a></h2>'
        f"<p>The mayor said that the works had taken longer than planned {words}.</p><time datetime=2024-05-{10 + n}>May {10 + n}</time></article>"
        for n in range(count)
    )


BANNER = (
    "<div class=cookie-banner role=dialog><h2>We value your privacy</h2><p>We and our 812 partners store and/or access information on a device, "
    "such as cookies, and process personal data. You may click to consent.</p><button>Accept all</button><button>Reject all</button></div>"
)
LOGIN_FORM = "<form><input type=email><input type=password><button>Log in</button></form>"
RELEASES = "".join(
    f"<li>{10 + n}.05.2024 <a href=/pr/{n}>Ministry presents the report on harbour safety number {n}</a></li>" for n in range(9)
)
ABOUT_CAPTCHAS = "<article><h2><a href=/c>Are you a robot? Why captchas no longer work</a></h2><p>Prove you're not a robot, they say.</p></article>"
UNDER_WORKS = "while the tunnel is under maintenance"

# What is said of the page, how many cards are on it (None: it is an empty list), and the page.
ORDINARY: list[tuple[str, int | None, str]] = [
    ("a cookie banner over it", 12, page("Herald", f"{BANNER}<main>{teasers(12)}</main>")),
    ("three cards under a banner", 3, page("Herald", f"{BANNER}<main>{teasers(3)}</main>")),
    ("two cards under a banner", 2, page("Herald", f"{BANNER}<main>{teasers(2)}</main>")),
    (
        "a list of forty partners below it",
        12,
        page("Herald", f"<main>{teasers(12)}</main><div class=cmp><ul>{VENDORS}</ul></div>"),
    ),
    (
        "a log-in form in its header",
        6,
        page("Log in to Herald or read on", f"<header>{LOGIN_FORM}</header><main>{teasers(6)}</main>"),
    ),
    ("a link to a log-in", 6, page("Herald", f"<a href=/login>Log in</a><main>{teasers(6)}</main>")),
    ("a story about captchas", 6, page("Herald tech", f"<main>{teasers(5)}{ABOUT_CAPTCHAS}</main>")),
    ("a captcha on its contact form", 4, page("Herald", f"<main>{teasers(4)}</main><form><div class=g-recaptcha></div></form>")),
    ("plain links under a banner", 9, page("Press releases", f"{BANNER}<ul>{RELEASES}</ul>")),
    ("news of maintenance", 5, page("Traffic: under maintenance this week", f"<main>{teasers(5, UNDER_WORKS)}</main>")),
    ("stories for subscribers only", 6, page("Herald", f"<main>{teasers(6, 'for subscribers only')}</main>")),
    ("news of domains for sale", 6, page("Domain news", f"<main>{teasers(6, 'this domain is for sale')}</main>")),
    (
        "nothing to show, under a banner",
        None,
        page(
            "Press releases", f"<nav>{links(10)}</nav>{BANNER}<main><h1>Press releases</h1><p>No press releases found.</p></main>"
        ),
    ),
    (
        "nothing to show, beside a log-in",
        None,
        page("News", f"<nav>{links(10)}{LOGIN_FORM}</nav><main><h1>News</h1><p>There are no articles to show.</p></main>"),
    ),
]
