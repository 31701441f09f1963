-- Version 2: other addresses of an article that is known already; gaps found without reading every look.

CREATE TABLE slug_rule (                    -- "on this source, the number in the address names the article, and the words beside it follow the headline"
  id INTEGER PRIMARY KEY,
  source_id INTEGER NOT NULL REFERENCES source (id),
  pattern TEXT NOT NULL,                    -- regular expression, searched in the address after its host; the group `id` is what stays
  evidence TEXT NOT NULL,                   -- JSON: [[earlier address, later address], ...] that it was learned from
  adopted_at TEXT NOT NULL,
  retired_at TEXT                           -- NULL: in force. Set once; then new looks no longer follow it
) STRICT;

CREATE TABLE stem (                         -- what a rule found in the address of an article
  slug_rule_id INTEGER NOT NULL REFERENCES slug_rule (id),
  stem TEXT NOT NULL,                       -- host and number
  article_id INTEGER NOT NULL REFERENCES article (id),  -- the first with it
  PRIMARY KEY (slug_rule_id, stem)
) STRICT, WITHOUT ROWID;

CREATE TABLE alias (                        -- another canonical address of an article
  url TEXT PRIMARY KEY,
  article_id INTEGER NOT NULL REFERENCES article (id),
  first_crawl INTEGER NOT NULL REFERENCES crawl (id),   -- the look that saw it first
  slug_rule_id INTEGER NOT NULL REFERENCES slug_rule (id)   -- by which it is the same article; retired rules' aliases don't count
) STRICT, WITHOUT ROWID;

CREATE INDEX crawl_failed ON crawl (page_id, seen_at) WHERE NOT good;   -- the view gap

CREATE TRIGGER slug_rule_retired_once BEFORE UPDATE ON slug_rule
WHEN old.retired_at IS NOT NULL OR new.pattern <> old.pattern OR new.source_id <> old.source_id OR new.evidence <> old.evidence
BEGIN SELECT RAISE(ABORT, 'a rule is retired once and never changed else'); END;
CREATE TRIGGER slug_rule_stays BEFORE DELETE ON slug_rule BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END;
CREATE TRIGGER alias_fixed BEFORE UPDATE ON alias BEGIN SELECT RAISE(ABORT, 'an alias is never changed'); END;
CREATE TRIGGER alias_stays BEFORE DELETE ON alias BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END;
CREATE TRIGGER stem_fixed BEFORE UPDATE ON stem BEGIN SELECT RAISE(ABORT, 'a stem is never changed'); END;
CREATE TRIGGER stem_stays BEFORE DELETE ON stem BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END;
