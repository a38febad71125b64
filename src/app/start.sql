-- Statements of app/start.c: which keys the database names.  They only read, and not much: a key
-- file that belongs to other data lacks the keys of any row.

-- NAME: start_event_keys
-- Of the newest events of the oldest hundred chains, the system's own first.
SELECT DISTINCT e.key_id
  FROM (SELECT tenant_id, seq FROM heads ORDER BY tenant_id LIMIT 100) h
  JOIN events e ON e.tenant_id = h.tenant_id AND e.seq = h.seq

-- NAME: start_mail_keys
-- The beginnings of what is sealed; the priorities are those of the index.
SELECT substr(body, 1, 64) AS beginning
  FROM outbox
 WHERE state = 'waiting' AND priority IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9) AND body IS NOT NULL
 LIMIT 100

-- NAME: start_factor_keys
-- Each key once, from one to the next by the index.
WITH RECURSIVE k (key_id) AS (
     SELECT min(key_id) FROM factors
      UNION ALL
     SELECT (SELECT min(f.key_id) FROM factors f WHERE f.key_id > k.key_id)
       FROM k WHERE k.key_id IS NOT NULL)
SELECT key_id FROM k WHERE key_id IS NOT NULL

-- NAME: start_code_keys
SELECT DISTINCT key_id FROM (SELECT key_id FROM recovery_codes LIMIT 1000)
