-- Tries that failed.  n since since_at; refused until until_at.

-- NAME: throttles_get
-- ?1 kind, ?2 subject, ?3 source
SELECT n, since_at, until_at FROM throttles WHERE kind = ?1 AND subject = ?2 AND source = ?3

-- NAME: throttles_count
-- ?1 kind, ?2 subject, ?3 source, ?4 now, ?5 window, ?6 limit, ?7 wait.  A window or a wait
-- that is over begins anew; a clock that went back does not make a wait longer than its length.  A
-- request that began a little before the one that is first in the table is no such clock.
INSERT INTO throttles (kind, subject, source, n, since_at, until_at)
VALUES (?1, ?2, ?3, 1, ?4, CASE WHEN ?6 <= 1 THEN ?4 + ?7 ELSE 0 END)
ON CONFLICT (kind, subject, source) DO UPDATE
   SET n = CASE WHEN ?4 - since_at >= ?5 OR ?4 + 10000 < since_at
                     OR (until_at > 0 AND until_at <= ?4) THEN 1 ELSE n + 1 END,
       since_at = CASE WHEN ?4 - since_at >= ?5 OR ?4 + 10000 < since_at
                            OR (until_at > 0 AND until_at <= ?4) THEN ?4 ELSE since_at END,
       until_at = CASE WHEN ?4 + 10000 < since_at THEN CASE WHEN ?6 <= 1 THEN ?4 + ?7 ELSE 0 END
                       WHEN until_at > ?4 THEN until_at
                       WHEN ?4 - since_at < ?5 AND ?4 + 10000 >= since_at AND until_at = 0
                            AND n + 1 >= ?6 THEN ?4 + ?7
                       ELSE 0 END
RETURNING n, until_at

-- NAME: throttles_size
SELECT n FROM throttle_size WHERE one = 1

-- NAME: throttles_forget
-- ?1 kind, ?2 subject, ?3 source
DELETE FROM throttles WHERE kind = ?1 AND subject = ?2 AND source = ?3

-- NAME: throttles_unlock
-- ?1 subject.  The kinds that stand in one person's way; but what strangers did at an address
-- that other tenants know too is not for one tenant to forget.
DELETE FROM throttles
 WHERE kind IN ('pair', 'browser', 'strangers') AND subject = ?1
   AND (kind <> 'strangers' OR NOT EXISTS (SELECT 1 FROM people
                                            WHERE email_key = ?1 AND tenants_ever > 1))

-- NAME: throttles_waiting
-- ?1 subjects as a JSON array, ?2 now.  Whose sign-in waits.
SELECT DISTINCT subject
  FROM throttles
 WHERE kind IN ('pair', 'browser', 'strangers')
   AND subject IN (SELECT value FROM json_each(?1)) AND until_at > ?2 AND since_at <= ?2 + 10000

-- NAME: throttles_sweep
-- ?1 kind, ?2 what began before this and waits no more at ?3
DELETE FROM throttles WHERE kind = ?1 AND since_at < ?2 AND until_at <= ?3

-- NAME: throttles_sweep_rare
-- ?1 began before this.  Strangers' failures that were few: what goes first when room is short.
DELETE FROM throttles WHERE kind = 'strangers' AND since_at < ?1 AND n < 5
