-- What a member did: events of which they are the actor.  Filters first, on the index alone
-- (events_by_actor holds all that they need); the rows that are left are read then.  A row has seq,
-- at, act, actor_name, subject_name, fields, client, peer, org_name and org_key.
-- ?1 tenant, ?2 member, ?3 ?4 the reader's path and its end, ?5 from, ?6 until, ?7 clients as JSON or NULL,
-- ?8 acts as JSON or NULL, ?9 session or 0, ?10 key and ?11 id of the row before, ?12 how many.

-- NAME: activity_page sqlite
-- SORT: time=at
SELECT e.seq, e.at, e.act, e.actor_name, e.subject_name, e.fields, e.client, e.peer,
       o.name AS org_name, o.name_key AS org_key
  FROM (SELECT at, seq FROM events
         WHERE tenant_id = ?1 AND actor_id = ?2 AND at >= ?5 AND at < ?6
           AND org_path >= ?3 AND org_path < ?4
           AND (?7 IS NULL OR client IN (SELECT value FROM json_each(?7)))
           AND (?8 IS NULL OR act IN (SELECT value FROM json_each(?8)))
           AND (?9 = 0 OR session_id = ?9)
           AND ($KEY, seq) $AFTER (?10, ?11)
         ORDER BY $KEY $DIR, seq $DIR
         LIMIT ?12) k
  CROSS JOIN events e ON e.tenant_id = ?1 AND e.seq = k.seq
  LEFT JOIN organizations o ON o.tenant_id = ?1 AND o.path = e.org_path
 ORDER BY k.$KEY $DIR, k.seq $DIR

-- NAME: activity_sorted sqlite
-- SORT: organization=org_key client=client action=code
-- ?13 the codes of the acts as JSON by "a" and number, ?14 how many of the newest are sorted
SELECT e.seq, e.at, e.act, e.actor_name, e.subject_name, e.fields, e.client, e.peer,
       k.org_name, k.org_key
  FROM (SELECT n.seq AS seq, n.client AS client, coalesce(o.name, '') AS org_name,
               coalesce(o.name_key, '') AS org_key, json_extract(?13, '$.a' || n.act) AS code
          FROM (SELECT seq, act, client, org_path FROM events
                 WHERE tenant_id = ?1 AND actor_id = ?2 AND at >= ?5 AND at < ?6
                   AND org_path >= ?3 AND org_path < ?4
                   AND (?7 IS NULL OR client IN (SELECT value FROM json_each(?7)))
                   AND (?8 IS NULL OR act IN (SELECT value FROM json_each(?8)))
                   AND (?9 = 0 OR session_id = ?9)
                 ORDER BY at DESC, seq DESC
                 LIMIT ?14) n
          LEFT JOIN organizations o ON o.tenant_id = ?1 AND o.path = n.org_path) k
  CROSS JOIN events e ON e.tenant_id = ?1 AND e.seq = k.seq
 WHERE (k.$KEY, k.seq) $AFTER (?10, ?11)
 ORDER BY k.$KEY $DIR, k.seq $DIR
 LIMIT ?12

-- NAME: activity_clients
-- ?1 tenant, ?2 member, ?3 how many of the newest are looked at
SELECT DISTINCT client
  FROM (SELECT client FROM events
         WHERE tenant_id = ?1 AND actor_id = ?2 ORDER BY at DESC, seq DESC LIMIT ?3)
 ORDER BY client
