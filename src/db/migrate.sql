-- Statements of migrate.c.  The table schema is global.

-- NAME: schema_tables sqlite
-- Not there before the first migrate, so it cannot be asked itself.
SELECT count(*) AS tables,
       coalesce(sum(CASE WHEN name = 'schema' THEN 1 ELSE 0 END), 0) AS ours
  FROM sqlite_schema
 WHERE type = 'table'

-- NAME: schema_create
CREATE TABLE IF NOT EXISTS schema (
	version        INTEGER PRIMARY KEY,
	applied_at     INTEGER NOT NULL,
	oldest_program INTEGER NOT NULL
) STRICT

-- NAME: schema_newest
SELECT version, oldest_program
  FROM schema
 ORDER BY version DESC
 LIMIT 1

-- NAME: schema_add
-- ?1 version, ?2 now, ?3 oldest program
INSERT INTO schema (version, applied_at, oldest_program) VALUES (?1, ?2, ?3)
