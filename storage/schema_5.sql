-- Version 5: a source can be given another slug, and is still found by its old one.

CREATE TABLE former_slug (                  -- what a source was called before it was renamed
  source_id INTEGER NOT NULL REFERENCES source (id),
  slug TEXT NOT NULL,
  renamed_at TEXT NOT NULL,                 -- when it was given another one
  PRIMARY KEY (source_id, renamed_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX former_slug_slug ON former_slug (slug);    -- which source was once called that?

DROP TRIGGER source_fixed;
CREATE TRIGGER source_fixed BEFORE UPDATE ON source
WHEN new.id <> old.id OR NOT EXISTS (SELECT 1 FROM former_slug WHERE source_id = old.id AND slug = old.slug)
BEGIN SELECT RAISE(ABORT, 'a source is given another slug when its old one is kept, and never changed else'); END;
CREATE TRIGGER former_slug_fixed BEFORE UPDATE ON former_slug BEGIN SELECT RAISE(ABORT, 'a former slug is never changed'); END;
CREATE TRIGGER former_slug_stays BEFORE DELETE ON former_slug BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END;
