-- The archive of Standfirst, version 1: one SQLite file that keeps what stood on news listing pages, night after night.
--
-- Times are UTC text, "2026-05-01T02:00:05Z": they sort as they read. NULL means "the page didn't say", never "". A *look* (table
-- crawl) is one visit to one listing page. Only good looks (crawl.good) say what stood there; the others say why nobody can tell.
-- Nothing is changed or deleted once written, but for what is filled in once: a look's result, a span's end. Triggers see to it.
-- Ask the views at the end of this file first: sighting, appearance, wording, change, gap, look.

CREATE TABLE source (                       -- what is watched: an outlet, a ministry, a section
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE                 -- its name in the configuration and on the command line
) STRICT;

CREATE TABLE page (                         -- a listing page of a source
  id INTEGER PRIMARY KEY,
  source_id INTEGER NOT NULL REFERENCES source (id),
  url TEXT NOT NULL,                        -- as asked for
  UNIQUE (source_id, url)
) STRICT;

CREATE TABLE run (                          -- one waking of the program: many looks
  id INTEGER PRIMARY KEY,
  started_at TEXT NOT NULL,
  finished_at TEXT,                         -- NULL: still running, or killed (then its open looks become 'interrupted')
  version TEXT NOT NULL,                    -- of Standfirst
  command TEXT NOT NULL,                    -- "crawl", "demo", "import"...
  config_sha256 TEXT,                       -- of the configuration file's bytes; NULL: there was none
  exit_code INTEGER                         -- what the program told its caller; NULL: not told
) STRICT;

CREATE TABLE memory (                       -- what the next run must know and history need not: hosts that asked to be left alone
  name TEXT PRIMARY KEY,                    -- "fetcher"
  content TEXT NOT NULL,                    -- JSON; replaced after each run
  saved_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE body (                         -- the bytes of fetched pages and robots.txt files, each distinct one once
  id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,              -- of the bytes as served (content-encoding undone): what sha256sum prints
  size INTEGER NOT NULL,                    -- bytes, before compression
  base_id INTEGER REFERENCES body (id),     -- NULL: content is plain zstd. Else zstd with that body as prefix: zstd -d --patch-from
  depth INTEGER NOT NULL,                   -- how many bodies must be unpacked before this one; 0: a keyframe
  content BLOB                              -- one zstd frame with checksum; NULL: pruned, the facts above stay
) STRICT;

CREATE TABLE robots (                       -- what a robots.txt said about a page, and the file it rests on; the same ones once
  id INTEGER PRIMARY KEY,
  fingerprint INTEGER NOT NULL UNIQUE,      -- 64 bits over the columns below: finds the row again
  robots_url TEXT NOT NULL,
  allowed INTEGER NOT NULL,                 -- 1: the page may be fetched
  reason TEXT NOT NULL,                     -- in words: "no rule matches", "Disallow: /private"
  http_status INTEGER,                      -- of robots.txt itself; NULL: unreachable
  crawl_delay_s REAL,
  body_id INTEGER REFERENCES body (id)      -- NULL: there was no file
) STRICT;

CREATE TABLE circumstance (                 -- how a page was answered and read; the same from night to night, so kept once
  id INTEGER PRIMARY KEY,
  fingerprint INTEGER NOT NULL UNIQUE,      -- 64 bits over the columns below: finds the row again
  http_status INTEGER,                      -- NULL: no answer
  final_url TEXT,                           -- that answered, after redirects
  redirects TEXT,                           -- JSON: [[url, status, location], ...]; NULL: none
  content_type TEXT,                        -- as the header said
  charset TEXT,                             -- WHATWG name of the encoding that the bytes were read with
  charset_source TEXT,                      -- who said so: bom, header, meta, utf-8, detector, fallback
  next_page_url TEXT,                       -- the page with older cards, as this one names it
  extractor_version TEXT                    -- that found the cards; NULL: none was needed or none was found
) STRICT;

CREATE TABLE crawl (                        -- one look at one page. Written before the request, completed after it
  id INTEGER PRIMARY KEY,                   -- grows with time within a page
  run_id INTEGER NOT NULL REFERENCES run (id),
  page_id INTEGER NOT NULL REFERENCES page (id),
  seen_at TEXT NOT NULL,                    -- when the look began. Always later than the page's look before: see clock_at
  clock_at TEXT,                            -- what the clock said, where that was not later than the look before (set back, or two
                                            -- looks in a second): then seen_at is the look before plus one second. NULL: seen_at is it
  outcome TEXT,                             -- NULL: under way. Else one of the words of docs/tables.md
  good INTEGER GENERATED ALWAYS AS (outcome IN ('ok', 'not_modified', 'same_bytes', 'empty')) VIRTUAL,
  detail TEXT,                              -- the outcome in words, for a person
  card_count INTEGER,                       -- on the page at a good look
  elapsed_ms INTEGER,                       -- of the fetch, waiting included
  attempts INTEGER,                         -- requests sent, retries included; 0: none was
  circumstance_id INTEGER REFERENCES circumstance (id),
  robots_id INTEGER REFERENCES robots (id),
  robots_age_s INTEGER,                     -- how old that robots.txt was when the look began
  body_id INTEGER REFERENCES body (id),     -- what the page's bytes were; after not_modified the ones that still hold. NULL: none came
  etag TEXT,                                -- validators of body_id, as received
  last_modified TEXT
) STRICT;
CREATE UNIQUE INDEX crawl_page_time ON crawl (page_id, seen_at);        -- the look at a moment; the page's newest look
CREATE INDEX crawl_under_way ON crawl (run_id) WHERE outcome IS NULL;   -- what a killed run left behind

CREATE TABLE article (                      -- what a card points to, on however many pages and sources it stands
  id INTEGER PRIMARY KEY,
  url TEXT UNIQUE,                          -- canonical; NULL: the card has no link of its own, so `fallback` is what it is known by
  url_rules INTEGER,                        -- version of the rules that made the URL canonical
  fallback TEXT                             -- "<source> <page> <folded title, or blurb where there is none>"; NULL: there is a URL
) STRICT;
CREATE UNIQUE INDEX article_fallback ON article (fallback) WHERE fallback IS NOT NULL;

CREATE TABLE origin (                       -- where on the page the fields of a card were read; the same ones once
  id INTEGER PRIMARY KEY,
  fields TEXT NOT NULL UNIQUE               -- JSON: {"published_on": "time@datetime", ...}
) STRICT;

CREATE TABLE revision (                     -- one wording of an article's card; an article's equal wordings are one row
  id INTEGER PRIMARY KEY,
  article_id INTEGER NOT NULL REFERENCES article (id),
  first_crawl INTEGER NOT NULL REFERENCES crawl (id),   -- the look that brought it
  hash INTEGER NOT NULL,                    -- 64 bits over the wording: "is this the same?" without reading it; rules in docs/tables.md
  title TEXT, blurb TEXT,
  read_time_minutes INTEGER, read_time_raw TEXT,        -- read, and as shown: 8, "8 minute read"
  published_on TEXT, published_raw TEXT,                -- read, and as shown: "2024-05-24", "24 May 2024"
  author TEXT, category TEXT, image_url TEXT,
  link TEXT,                                -- as on the page (tracking parameters and all); NULL: it is the article's URL, or there is none
  origin_id INTEGER REFERENCES origin (id)
) STRICT;
CREATE UNIQUE INDEX revision_article ON revision (article_id, hash);    -- the wordings of an article; is this one known?

CREATE TABLE span (                         -- a wording stood on a page from first_crawl to last_crawl, at every good look between
  page_id INTEGER NOT NULL REFERENCES page (id),
  first_crawl INTEGER NOT NULL REFERENCES crawl (id),
  slot REAL NOT NULL,                       -- order key: what stands on the page at a look, sorted by slot, is in page order.
                                            -- New cards get slots between; only a card that passes another gets a new span
  last_crawl INTEGER REFERENCES crawl (id), -- the last good look at which it stood so; NULL: it still does
  revision_id INTEGER NOT NULL REFERENCES revision (id),
  PRIMARY KEY (page_id, first_crawl, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX span_standing ON span (page_id) WHERE last_crawl IS NULL;  -- what the next look is compared with
CREATE INDEX span_revision ON span (revision_id);                       -- from an article to its stays

CREATE TABLE rewording (                    -- a field of a card that stood on the page at two good looks running, and changed between
  page_id INTEGER NOT NULL REFERENCES page (id),
  crawl_id INTEGER NOT NULL REFERENCES crawl (id),      -- the look that saw the new wording
  after_revision INTEGER NOT NULL REFERENCES revision (id),
  before_revision INTEGER NOT NULL REFERENCES revision (id),
  field TEXT NOT NULL,                      -- "title", "blurb", "read_time_minutes"... A field that wasn't read is not a changed one
  boring INTEGER NOT NULL,                  -- 1: only white space, typographic marks or a counter ("1,204 views") differ
  PRIMARY KEY (page_id, crawl_id, after_revision, before_revision, field)
) STRICT, WITHOUT ROWID;

-- Full text over every wording ever seen: SELECT rowid FROM revision_fts WHERE revision_fts MATCH '"harbour" "plan"'.
-- Case and accents are folded ("Malmo" finds "Malmö").
CREATE VIRTUAL TABLE revision_fts USING fts5 (
  title, blurb, content='revision', content_rowid='id', tokenize='unicode61 remove_diacritics 2');
CREATE TRIGGER revision_fts_insert AFTER INSERT ON revision BEGIN
  INSERT INTO revision_fts (rowid, title, blurb) VALUES (new.id, new.title, new.blurb);
END;
-- Chinese, Japanese, Korean, Thai and others write without spaces (or with endings glued on), so no tokenizer finds their words:
-- wordings in them are indexed here once more, a character a token. Ask for a word as a phrase: MATCH '"港 湾"'.
CREATE VIRTUAL TABLE revision_characters USING fts5 (
  title, blurb, content='', tokenize='unicode61 remove_diacritics 0');

-- The views. Each is plain joins and counts, so that any WHERE and LIMIT uses the tables' indexes.

CREATE VIEW sighting AS                     -- one row per card per good look, in the order of the page
SELECT source.slug AS source, page.url AS page, crawl.seen_at,
       (SELECT count(*) FROM span AS above WHERE above.page_id = span.page_id AND above.first_crawl <= crawl.id
          AND (above.last_crawl IS NULL OR above.last_crawl >= crawl.id) AND above.slot <= span.slot) AS position,
       revision.title, revision.blurb, revision.read_time_minutes, revision.published_on, revision.author, revision.category,
       article.url,
       revision.image_url, revision.read_time_raw, revision.published_raw,
       revision.article_id, span.revision_id, page.id AS page_id, crawl.id AS crawl_id
FROM crawl
JOIN span ON span.page_id = crawl.page_id AND span.first_crawl <= crawl.id AND (span.last_crawl IS NULL OR span.last_crawl >= crawl.id)
JOIN revision ON revision.id = span.revision_id
JOIN article ON article.id = revision.article_id
JOIN page ON page.id = crawl.page_id
JOIN source ON source.id = page.source_id
WHERE crawl.good;

CREATE VIEW appearance AS                   -- one row per span: from when to when a wording stood on a page in one place
SELECT source.slug AS source, page.url AS page,
       opened.seen_at AS first_seen,
       coalesce(closed.seen_at, (SELECT max(newest.seen_at) FROM crawl AS newest WHERE newest.page_id = span.page_id AND newest.good)) AS last_seen,
       span.last_crawl IS NULL AS still_there,  -- at the page's newest good look
       revision.title, revision.blurb, revision.read_time_minutes, revision.published_on, revision.author, revision.category,
       article.url,
       revision.article_id, span.revision_id, span.page_id, span.first_crawl, span.last_crawl, span.slot
FROM span
JOIN revision ON revision.id = span.revision_id
JOIN article ON article.id = revision.article_id
JOIN page ON page.id = span.page_id
JOIN source ON source.id = page.source_id
JOIN crawl AS opened ON opened.id = span.first_crawl
LEFT JOIN crawl AS closed ON closed.id = span.last_crawl;

CREATE VIEW wording AS                      -- one row per wording of every article, with the look that brought it
SELECT source.slug AS source, page.url AS page, crawl.seen_at AS first_seen,
       revision.title, revision.blurb, revision.read_time_minutes, revision.published_on, revision.author, revision.category,
       article.url,
       revision.image_url, revision.read_time_raw, revision.published_raw, coalesce(revision.link, article.url) AS link,
       revision.article_id, revision.id AS revision_id, revision.first_crawl
FROM revision
JOIN article ON article.id = revision.article_id
JOIN crawl ON crawl.id = revision.first_crawl
JOIN page ON page.id = crawl.page_id
JOIN source ON source.id = page.source_id;

CREATE VIEW change AS                       -- what one good look found different from the good look before it, on one page
SELECT source.slug AS source, page.url AS page, crawl.seen_at,
       (SELECT max(earlier.seen_at) FROM crawl AS earlier
        WHERE earlier.page_id = crawl.page_id AND earlier.seen_at < crawl.seen_at AND earlier.good) AS previous_look,
       CASE WHEN EXISTS (SELECT 1 FROM revision AS same CROSS JOIN span AS past ON past.revision_id = same.id
                         WHERE same.article_id = revision.article_id AND +past.page_id = span.page_id AND +past.first_crawl < span.first_crawl)
         THEN 'returned'                    -- stood here before, with a good look without it between
         ELSE 'new' END AS kind,
       revision.title, article.url, NULL AS field, NULL AS before, NULL AS after, NULL AS boring,
       revision.article_id, span.revision_id, page.id AS page_id, crawl.id AS crawl_id
FROM span
JOIN revision ON revision.id = span.revision_id JOIN article ON article.id = revision.article_id
JOIN crawl ON crawl.id = span.first_crawl JOIN page ON page.id = span.page_id JOIN source ON source.id = page.source_id
WHERE NOT EXISTS (                          -- it stood at the good look before, or stands twice at this one
  SELECT 1 FROM revision AS same CROSS JOIN span AS past ON past.revision_id = same.id
  WHERE same.article_id = revision.article_id AND +past.page_id = span.page_id
    AND ((+past.first_crawl < span.first_crawl AND (past.last_crawl IS NULL OR past.last_crawl >= (
            SELECT before.id FROM crawl AS before WHERE before.page_id = crawl.page_id AND before.seen_at < crawl.seen_at AND before.good
            ORDER BY before.seen_at DESC LIMIT 1)))
      OR (+past.first_crawl = span.first_crawl AND past.slot < span.slot)))
UNION ALL
SELECT source.slug, page.url, crawl.seen_at, last.seen_at, 'absent',
       revision.title,                      -- as it last read
       article.url, NULL, NULL, NULL, NULL, revision.article_id, span.revision_id, page.id, crawl.id
FROM span
JOIN revision ON revision.id = span.revision_id JOIN article ON article.id = revision.article_id
JOIN crawl AS last ON last.id = span.last_crawl
JOIN crawl ON crawl.page_id = span.page_id AND crawl.seen_at = (
  SELECT min(later.seen_at) FROM crawl AS later WHERE later.page_id = last.page_id AND later.seen_at > last.seen_at AND later.good)
JOIN page ON page.id = span.page_id JOIN source ON source.id = page.source_id
WHERE NOT EXISTS (                          -- it still stands, in other words or another place, or this was said already for its twin
  SELECT 1 FROM revision AS same CROSS JOIN span AS twin ON twin.revision_id = same.id
  WHERE same.article_id = revision.article_id AND +twin.page_id = span.page_id
    AND ((+twin.first_crawl <= crawl.id AND (twin.last_crawl IS NULL OR twin.last_crawl >= crawl.id))
      OR (twin.last_crawl = span.last_crawl AND (twin.first_crawl, twin.slot) > (span.first_crawl, span.slot))))
UNION ALL
SELECT source.slug, page.url, crawl.seen_at,
       (SELECT max(earlier.seen_at) FROM crawl AS earlier
        WHERE earlier.page_id = crawl.page_id AND earlier.seen_at < crawl.seen_at AND earlier.good),
       'reworded', revision.title, article.url, rewording.field,
       CASE rewording.field WHEN 'title' THEN past.title WHEN 'blurb' THEN past.blurb WHEN 'read_time_minutes' THEN past.read_time_minutes
         WHEN 'read_time_raw' THEN past.read_time_raw WHEN 'published_on' THEN past.published_on WHEN 'published_raw' THEN past.published_raw
         WHEN 'author' THEN past.author WHEN 'category' THEN past.category WHEN 'image_url' THEN past.image_url END,
       CASE rewording.field WHEN 'title' THEN revision.title WHEN 'blurb' THEN revision.blurb WHEN 'read_time_minutes' THEN revision.read_time_minutes
         WHEN 'read_time_raw' THEN revision.read_time_raw WHEN 'published_on' THEN revision.published_on WHEN 'published_raw' THEN revision.published_raw
         WHEN 'author' THEN revision.author WHEN 'category' THEN revision.category WHEN 'image_url' THEN revision.image_url END,
       rewording.boring, revision.article_id, revision.id, page.id, crawl.id
FROM rewording
JOIN revision AS past ON past.id = rewording.before_revision JOIN revision ON revision.id = rewording.after_revision
JOIN article ON article.id = revision.article_id
JOIN crawl ON crawl.id = rewording.crawl_id JOIN page ON page.id = rewording.page_id JOIN source ON source.id = page.source_id;

CREATE VIEW gap AS                          -- one row per unbroken row of looks after which nobody can say what stood on the page
SELECT source.slug AS source, page.url AS page,
       (SELECT max(good.seen_at) FROM crawl AS good WHERE good.page_id = crawl.page_id AND good.seen_at < crawl.seen_at AND good.good) AS last_good_look,
       crawl.seen_at AS first_failed_look,
       (SELECT min(good.seen_at) FROM crawl AS good WHERE good.page_id = crawl.page_id AND good.seen_at > crawl.seen_at AND good.good) AS next_good_look,
       (SELECT count(*) FROM crawl AS failed WHERE failed.page_id = crawl.page_id AND failed.seen_at >= crawl.seen_at AND NOT failed.good
          AND failed.seen_at < coalesce((SELECT min(good.seen_at) FROM crawl AS good
            WHERE good.page_id = crawl.page_id AND good.seen_at > crawl.seen_at AND good.good), '9999')) AS failed_looks,
       crawl.outcome, crawl.detail,         -- of the first of them
       page.id AS page_id, crawl.id AS crawl_id
FROM crawl JOIN page ON page.id = crawl.page_id JOIN source ON source.id = page.source_id
WHERE NOT crawl.good AND coalesce((
  SELECT before.good FROM crawl AS before WHERE before.page_id = crawl.page_id AND before.seen_at < crawl.seen_at AND before.outcome IS NOT NULL
  ORDER BY before.seen_at DESC LIMIT 1), 1);

CREATE VIEW look AS                         -- one row per look, good or not, with everything that is known of how it went
SELECT source.slug AS source, page.url AS page, crawl.seen_at, crawl.outcome, crawl.detail, crawl.good, crawl.card_count,
       circumstance.http_status, circumstance.final_url, circumstance.redirects, crawl.elapsed_ms, crawl.attempts,
       circumstance.content_type, circumstance.charset, circumstance.charset_source, circumstance.extractor_version,
       circumstance.next_page_url, crawl.etag, crawl.last_modified,
       body.sha256 AS body_sha256, body.size AS body_bytes,
       robots.allowed AS robots_allowed, robots.reason AS robots_reason, robots.robots_url, robots.http_status AS robots_http_status,
       crawl.robots_age_s, evidence.sha256 AS robots_sha256,
       run.version, run.command, crawl.clock_at, crawl.run_id, page.id AS page_id, crawl.id AS crawl_id
FROM crawl
JOIN page ON page.id = crawl.page_id
JOIN source ON source.id = page.source_id
JOIN run ON run.id = crawl.run_id
LEFT JOIN circumstance ON circumstance.id = crawl.circumstance_id
LEFT JOIN body ON body.id = crawl.body_id
LEFT JOIN robots ON robots.id = crawl.robots_id
LEFT JOIN body AS evidence ON evidence.id = robots.body_id;

-- What is written stays. These refuse whoever tries, the program included.

CREATE TRIGGER run_ends_once BEFORE UPDATE ON run
WHEN old.finished_at IS NOT NULL OR new.id <> old.id OR new.started_at <> old.started_at OR new.version <> old.version
BEGIN SELECT RAISE(ABORT, 'a finished run is never changed'); END;
CREATE TRIGGER crawl_in_order BEFORE INSERT ON crawl
WHEN new.seen_at <= (SELECT max(seen_at) FROM crawl WHERE page_id = new.page_id)
BEGIN SELECT RAISE(ABORT, 'the looks at a page are added in the order of time'); END;
CREATE TRIGGER crawl_ends_once BEFORE UPDATE ON crawl  -- 'interrupted' may be set right by the run that was only thought dead
WHEN (old.outcome IS NOT NULL AND old.outcome <> 'interrupted') OR new.outcome IS NULL OR new.id <> old.id
  OR new.page_id <> old.page_id OR new.run_id <> old.run_id OR new.seen_at <> old.seen_at
BEGIN SELECT RAISE(ABORT, 'a finished look is never changed'); END;
CREATE TRIGGER body_facts_fixed BEFORE UPDATE ON body  -- content may be dropped or packed anew; what it was, is fixed
WHEN new.id <> old.id OR new.sha256 <> old.sha256 OR new.size <> old.size
BEGIN SELECT RAISE(ABORT, 'what a body was is never changed'); END;
CREATE TRIGGER span_closed_once BEFORE UPDATE ON span
WHEN old.last_crawl IS NOT NULL OR new.last_crawl IS NULL OR new.page_id <> old.page_id OR new.first_crawl <> old.first_crawl
  OR new.slot <> old.slot OR new.revision_id <> old.revision_id
BEGIN SELECT RAISE(ABORT, 'a span is closed once and never changed else'); END;
CREATE TRIGGER source_fixed BEFORE UPDATE ON source BEGIN SELECT RAISE(ABORT, 'a source is never changed'); END;
CREATE TRIGGER page_fixed BEFORE UPDATE ON page BEGIN SELECT RAISE(ABORT, 'a page is never changed'); END;
CREATE TRIGGER robots_fixed BEFORE UPDATE ON robots BEGIN SELECT RAISE(ABORT, 'evidence is never changed'); END;
CREATE TRIGGER circumstance_fixed BEFORE UPDATE ON circumstance BEGIN SELECT RAISE(ABORT, 'a circumstance is never changed'); END;
CREATE TRIGGER article_fixed BEFORE UPDATE ON article BEGIN SELECT RAISE(ABORT, 'an article is never changed'); END;
CREATE TRIGGER origin_fixed BEFORE UPDATE ON origin BEGIN SELECT RAISE(ABORT, 'an origin is never changed'); END;
CREATE TRIGGER revision_fixed BEFORE UPDATE ON revision BEGIN SELECT RAISE(ABORT, 'a wording is never changed'); END;
CREATE TRIGGER rewording_fixed BEFORE UPDATE ON rewording BEGIN SELECT RAISE(ABORT, 'a rewording is never changed'); END;
CREATE TRIGGER source_stays BEFORE DELETE ON source BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END;
CREATE TRIGGER page_stays BEFORE DELETE ON page BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END;
CREATE TRIGGER run_stays BEFORE DELETE ON run BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END;
CREATE TRIGGER body_stays BEFORE DELETE ON body BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END;
CREATE TRIGGER robots_stays BEFORE DELETE ON robots BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END;
CREATE TRIGGER circumstance_stays BEFORE DELETE ON circumstance BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END;
CREATE TRIGGER crawl_stays BEFORE DELETE ON crawl BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END;
CREATE TRIGGER article_stays BEFORE DELETE ON article BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END;
CREATE TRIGGER origin_stays BEFORE DELETE ON origin BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END;
CREATE TRIGGER revision_stays BEFORE DELETE ON revision BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END;
CREATE TRIGGER span_stays BEFORE DELETE ON span BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END;
CREATE TRIGGER rewording_stays BEFORE DELETE ON rewording BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END;
