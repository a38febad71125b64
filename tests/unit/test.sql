-- Statements of test_db.c and walstress.c, which link this table instead of the product's.

-- NAME: t_add
-- ?1 id, ?2 name, ?3 body, ?4 n
INSERT INTO t (id, name, body, n) VALUES (?1, ?2, ?3, ?4)

-- NAME: t_add_returning
-- ?1 id, ?2 name
INSERT INTO t (id, name) VALUES (?1, ?2) RETURNING id, name

-- NAME: t_add_big
-- ?1 id, ?2 name, ?3 how many bytes
INSERT INTO t (id, name, body) VALUES (?1, ?2, zeroblob(?3))

-- NAME: t_all
SELECT id, name, body, n FROM t ORDER BY id

-- NAME: t_by_id
SELECT id, name, body, n FROM t WHERE id = ?1

-- NAME: t_count
SELECT count(*) AS n FROM t

-- NAME: t_from
-- ?1 least id, ?2 one above the greatest
SELECT id, n FROM t WHERE id >= ?1 AND id < ?2 ORDER BY id

-- NAME: t_set
-- ?1 id, ?2 n
UPDATE t SET n = ?2 WHERE id >= ?1

-- NAME: t_page
-- SORT: name=name n=n
SELECT id, name, n FROM t WHERE ($KEY, id) $AFTER (?1, ?2) ORDER BY $KEY $DIR, id $DIR LIMIT ?3

-- NAME: other_add
INSERT INTO other (id) VALUES (?1)

-- NAME: other_count
SELECT count(*) AS n FROM other

-- NAME: broken
SELECT id FROM no_such_table

-- NAME: settings
SELECT (SELECT foreign_keys FROM pragma_foreign_keys) AS foreign_keys,
       (SELECT synchronous FROM pragma_synchronous) AS synchronous,
       (SELECT journal_mode FROM pragma_journal_mode) AS journal_mode,
       (SELECT timeout FROM pragma_busy_timeout) AS busy_timeout,
       (SELECT cell_size_check FROM pragma_cell_size_check) AS cell_size_check,
       (SELECT temp_store FROM pragma_temp_store) AS temp_store,
       (SELECT cache_size FROM pragma_cache_size) AS cache_size,
       (SELECT journal_size_limit FROM pragma_journal_size_limit) AS journal_size_limit

-- NAME: t_balance
SELECT coalesce(sum(n), 0) AS n FROM t
