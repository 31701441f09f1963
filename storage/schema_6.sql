-- Version 6: the wordings that a look brings are indexed together.
-- By a trigger, each became a part of the full-text index of its own, to be merged with the others later: twice the work. The program fills
-- the index now, as it always did revision_characters.

DROP TRIGGER revision_fts_insert;
