-- Version 3: what a page's owner says against machines reading it, how many tries an answer took, and pages that a browser drew.

ALTER TABLE circumstance ADD COLUMN opt_outs TEXT;      -- JSON: [[where it is said, what, 1 if it forbids text and data mining], ...]; NULL: nothing is said
ALTER TABLE circumstance ADD COLUMN attempt_log TEXT;   -- JSON: how each of several attempts ended, ["503", "200"]; NULL: there was one, or none
ALTER TABLE circumstance ADD COLUMN rendered INTEGER;   -- 1: the bytes are the page as a browser had drawn it; NULL: as they were served

DROP VIEW look;
CREATE VIEW look AS                         -- one row per look, good or not, with everything that is known of how it went
SELECT source.slug AS source, page.url AS page, crawl.seen_at, crawl.outcome, crawl.detail, crawl.good, crawl.card_count,
       circumstance.http_status, circumstance.final_url, circumstance.redirects, crawl.elapsed_ms, crawl.attempts, circumstance.attempt_log,
       circumstance.content_type, circumstance.charset, circumstance.charset_source, circumstance.extractor_version,
       circumstance.next_page_url, crawl.etag, crawl.last_modified, circumstance.rendered,
       body.sha256 AS body_sha256, body.size AS body_bytes,
       robots.allowed AS robots_allowed, robots.reason AS robots_reason, robots.robots_url, robots.http_status AS robots_http_status,
       crawl.robots_age_s, evidence.sha256 AS robots_sha256, circumstance.opt_outs,
       run.version, run.command, crawl.clock_at, crawl.run_id, page.id AS page_id, crawl.id AS crawl_id
FROM crawl
JOIN page ON page.id = crawl.page_id
JOIN source ON source.id = page.source_id
JOIN run ON run.id = crawl.run_id
LEFT JOIN circumstance ON circumstance.id = crawl.circumstance_id
LEFT JOIN body ON body.id = crawl.body_id
LEFT JOIN robots ON robots.id = crawl.robots_id
LEFT JOIN body AS evidence ON evidence.id = robots.body_id;
