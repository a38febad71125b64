-- Statements of members/.  people is global, members belongs to a tenant (?1).
-- A row of the list always has these columns, read in read_member():
--   id, email, name, org_path, role_id, status, factor, confirmed, refused, alone,
--   signed_in_at, active_at, created_at, expires_at; sort_key where the order may be of what no row shows

-- NAME: members_page sqlite
-- SORT: name=name_key email=email_key role=role_key status=status_key last_seen=signed_in_at registered=created_at group=group_key
-- Many match: walks the order's index and tests each.  ?1 tenant, ?2 ?3 the reader's path and
-- its end, ?4 key and ?5 id of the row before, ?6 statuses and ?7 roles as JSON, ?8 before
-- this an active member is dormant, ?9 0 any, 1 active ones without
-- second factor, 2 those with one, ?10 and ?11 patterns of what is
-- in name or email (GLOB is ten times as quick as instr() here), ?12 roles that the search names,
-- ?13 how many, ?14 groups as JSON (NULL: whatever the groups), ?15 1: also who is in none, ?16 now.
-- What is cheap and leaves few comes first.
SELECT id, email, name, org_path, role_id, status, factor, confirmed, refused, alone,
       signed_in_at, active_at, created_at, $KEY AS sort_key,
       CASE status WHEN 'invited' THEN
            (SELECT max(i.expires_at) FROM invitations i
              WHERE i.tenant_id = ?1 AND i.member_id = members.id) END AS expires_at
  FROM members
 WHERE tenant_id = ?1
   AND (?10 IS NULL OR search GLOB ?10 OR search GLOB ?11
        OR role_id IN (SELECT value FROM json_each(?12)))
   AND ($KEY, id) $AFTER (?4, ?5)
   AND org_path >= ?2 AND org_path < ?3
   AND status <> 'removed'
   AND (?6 IS NULL OR CASE WHEN status = 'active' AND active_at < ?8 THEN 'dormant' ELSE status END
                      IN (SELECT value FROM json_each(?6)))
   AND (?7 IS NULL OR role_id IN (SELECT value FROM json_each(?7)))
   AND (?9 = 0 OR (factor = ?9 - 1 AND (?9 = 2 OR status = 'active')))
   AND (?14 IS NULL
        OR EXISTS (SELECT 1 FROM group_members gm
                    WHERE gm.tenant_id = ?1 AND gm.holder_id = members.id
                      AND gm.group_id IN (SELECT value FROM json_each(?14))
                      AND (gm.until_at = 0 OR gm.until_at > ?16))
        OR (?15 AND NOT EXISTS (SELECT 1 FROM group_members gm
                    JOIN groups g ON g.tenant_id = ?1 AND g.id = gm.group_id
                         AND g.status <> 'removed'
                   WHERE gm.tenant_id = ?1 AND gm.holder_id = members.id
                     AND (gm.until_at = 0 OR gm.until_at > ?16))))
 ORDER BY $KEY $DIR, id $DIR
 LIMIT ?13

-- NAME: members_gram sqlite
-- SORT: name=name_key
-- The same of those that have a gram, in the order of names: ?10 the gram, ?11 a pattern where
-- the search is longer than it, ?12 how many, ?13 to ?15 groups as ?14 to ?16 above.
SELECT m.id, m.email, m.name, m.org_path, m.role_id, m.status, m.factor, m.confirmed,
       m.refused, m.alone, m.signed_in_at, m.active_at, m.created_at,
       CASE m.status WHEN 'invited' THEN
            (SELECT max(i.expires_at) FROM invitations i
              WHERE i.tenant_id = ?1 AND i.member_id = m.id) END AS expires_at
  FROM member_grams g
  CROSS JOIN members m ON m.tenant_id = ?1 AND m.name_key = g.name_key AND m.id = g.id
 WHERE g.tenant_id = ?1 AND g.gram = ?10 AND (g.$KEY, g.id) $AFTER (?4, ?5)
   AND m.org_path >= ?2 AND m.org_path < ?3
   AND m.status <> 'removed'
   AND (?11 IS NULL OR m.search GLOB ?11)
   AND (?6 IS NULL OR CASE WHEN m.status = 'active' AND m.active_at < ?8 THEN 'dormant'
                           ELSE m.status END IN (SELECT value FROM json_each(?6)))
   AND (?7 IS NULL OR m.role_id IN (SELECT value FROM json_each(?7)))
   AND (?9 = 0 OR (m.factor = ?9 - 1 AND (?9 = 2 OR m.status = 'active')))
   AND (?13 IS NULL
        OR EXISTS (SELECT 1 FROM group_members gm
                    WHERE gm.tenant_id = ?1 AND gm.holder_id = m.id
                      AND gm.group_id IN (SELECT value FROM json_each(?13))
                      AND (gm.until_at = 0 OR gm.until_at > ?15))
        OR (?14 AND NOT EXISTS (SELECT 1 FROM group_members gm
                    JOIN groups gr ON gr.tenant_id = ?1 AND gr.id = gm.group_id
                         AND gr.status <> 'removed'
                   WHERE gm.tenant_id = ?1 AND gm.holder_id = m.id
                     AND (gm.until_at = 0 OR gm.until_at > ?15))))
 ORDER BY g.$KEY $DIR, g.id $DIR
 LIMIT ?12

-- NAME: members_in_group sqlite
-- SORT: name=name_key
-- The same of those who are in one group, in the order of names: ?10 the group, ?11 now, ?12 how many.
SELECT m.id, m.email, m.name, m.org_path, m.role_id, m.status, m.factor, m.confirmed,
       m.refused, m.alone, m.signed_in_at, m.active_at, m.created_at,
       CASE m.status WHEN 'invited' THEN
            (SELECT max(i.expires_at) FROM invitations i
              WHERE i.tenant_id = ?1 AND i.member_id = m.id) END AS expires_at
  FROM group_members gm
  CROSS JOIN members m ON m.tenant_id = ?1 AND m.name_key = gm.name_key AND m.id = gm.holder_id
 WHERE gm.tenant_id = ?1 AND gm.group_id = ?10 AND (gm.$KEY, gm.holder_id) $AFTER (?4, ?5)
   AND (gm.until_at = 0 OR gm.until_at > ?11)
   AND m.org_path >= ?2 AND m.org_path < ?3
   AND m.status <> 'removed'
   AND (?6 IS NULL OR CASE WHEN m.status = 'active' AND m.active_at < ?8 THEN 'dormant'
                           ELSE m.status END IN (SELECT value FROM json_each(?6)))
   AND (?7 IS NULL OR m.role_id IN (SELECT value FROM json_each(?7)))
   AND (?9 = 0 OR (m.factor = ?9 - 1 AND (?9 = 2 OR m.status = 'active')))
 ORDER BY gm.$KEY $DIR, gm.holder_id $DIR
 LIMIT ?12

-- NAME: members_few sqlite
-- SORT: name=name_key email=email_key role=role_key status=status_key last_seen=signed_in_at registered=created_at group=group_key
-- Few match: they are known already and only sorted.  ?1 tenant, ?2 their search ids as
-- JSON, ?3 key and ?4 id of the row before, ?5 how many.
SELECT m.id, m.email, m.name, m.org_path, m.role_id, m.status, m.factor, m.confirmed,
       m.refused, m.alone, m.signed_in_at, m.active_at, m.created_at, m.$KEY AS sort_key,
       CASE m.status WHEN 'invited' THEN
            (SELECT max(i.expires_at) FROM invitations i
              WHERE i.tenant_id = ?1 AND i.member_id = m.id) END AS expires_at
  FROM json_each(?2) j
  CROSS JOIN members m ON m.search_id = j.value
 WHERE m.tenant_id = ?1 AND m.status <> 'removed'
   AND (m.$KEY, m.id) $AFTER (?3, ?4)
 ORDER BY m.$KEY $DIR, m.id $DIR
 LIMIT ?5

-- NAME: members_hits_text sqlite
-- ?1 tenant, ?2 ?3 path and its end, ?4 statuses, ?5 roles, ?6 dormant before, ?7 without
-- factor, ?8 the search for the index, ?9 ?10 the tenant's range of search ids, ?11 roles that
-- the search names, ?12 how many at the most, ?13 the whole search where ?8 is a part of it,
-- ?14 to ?16 groups as in the page.
SELECT m.search_id
  FROM members_fts f
  CROSS JOIN members m ON m.search_id = f.rowid
 WHERE f.search MATCH ?8 AND f.rowid BETWEEN ?9 AND ?10
   AND (?13 = '' OR instr(m.search, ?13) > 0)
   AND m.tenant_id = ?1 AND m.status <> 'removed' AND m.org_path >= ?2 AND m.org_path < ?3
   AND (?4 = '[]' OR CASE WHEN m.status = 'active' AND m.active_at < ?6 THEN 'dormant'
                          ELSE m.status END IN (SELECT value FROM json_each(?4)))
   AND (?5 = '[]' OR m.role_id IN (SELECT value FROM json_each(?5)))
   AND (?7 = 0 OR (m.factor = ?7 - 1 AND (?7 = 2 OR m.status = 'active')))
   AND (?14 IS NULL
        OR EXISTS (SELECT 1 FROM group_members gm
                    WHERE gm.tenant_id = ?1 AND gm.holder_id = m.id
                      AND gm.group_id IN (SELECT value FROM json_each(?14))
                      AND (gm.until_at = 0 OR gm.until_at > ?16))
        OR (?15 AND NOT EXISTS (SELECT 1 FROM group_members gm
                    JOIN groups g ON g.tenant_id = ?1 AND g.id = gm.group_id
                         AND g.status <> 'removed'
                   WHERE gm.tenant_id = ?1 AND gm.holder_id = m.id
                     AND (gm.until_at = 0 OR gm.until_at > ?16))))
UNION
SELECT m.search_id
  FROM json_each(?11) r
  CROSS JOIN members m ON m.tenant_id = ?1 AND m.role_id = r.value
 WHERE m.tenant_id = ?1 AND m.status <> 'removed' AND m.org_path >= ?2 AND m.org_path < ?3
   AND (?4 = '[]' OR CASE WHEN m.status = 'active' AND m.active_at < ?6 THEN 'dormant'
                          ELSE m.status END IN (SELECT value FROM json_each(?4)))
   AND (?5 = '[]' OR m.role_id IN (SELECT value FROM json_each(?5)))
   AND (?7 = 0 OR (m.factor = ?7 - 1 AND (?7 = 2 OR m.status = 'active')))
   AND (?14 IS NULL
        OR EXISTS (SELECT 1 FROM group_members gm
                    WHERE gm.tenant_id = ?1 AND gm.holder_id = m.id
                      AND gm.group_id IN (SELECT value FROM json_each(?14))
                      AND (gm.until_at = 0 OR gm.until_at > ?16))
        OR (?15 AND NOT EXISTS (SELECT 1 FROM group_members gm
                    JOIN groups g ON g.tenant_id = ?1 AND g.id = gm.group_id
                         AND g.status <> 'removed'
                   WHERE gm.tenant_id = ?1 AND gm.holder_id = m.id
                     AND (gm.until_at = 0 OR gm.until_at > ?16))))
 LIMIT ?12

-- NAME: members_hits_gram sqlite
-- As above, but ?8 is a gram that is the whole search; ?9 roles, ?10 how many, ?11 to ?13 groups.
SELECT m.search_id
  FROM member_grams g
  CROSS JOIN members m ON m.tenant_id = ?1 AND m.name_key = g.name_key AND m.id = g.id
 WHERE g.tenant_id = ?1 AND g.gram = ?8
   AND m.status <> 'removed' AND m.org_path >= ?2 AND m.org_path < ?3
   AND (?4 = '[]' OR CASE WHEN m.status = 'active' AND m.active_at < ?6 THEN 'dormant'
                          ELSE m.status END IN (SELECT value FROM json_each(?4)))
   AND (?5 = '[]' OR m.role_id IN (SELECT value FROM json_each(?5)))
   AND (?7 = 0 OR (m.factor = ?7 - 1 AND (?7 = 2 OR m.status = 'active')))
   AND (?11 IS NULL
        OR EXISTS (SELECT 1 FROM group_members gm
                    WHERE gm.tenant_id = ?1 AND gm.holder_id = m.id
                      AND gm.group_id IN (SELECT value FROM json_each(?11))
                      AND (gm.until_at = 0 OR gm.until_at > ?13))
        OR (?12 AND NOT EXISTS (SELECT 1 FROM group_members gm
                    JOIN groups gr ON gr.tenant_id = ?1 AND gr.id = gm.group_id
                         AND gr.status <> 'removed'
                   WHERE gm.tenant_id = ?1 AND gm.holder_id = m.id
                     AND (gm.until_at = 0 OR gm.until_at > ?13))))
UNION
SELECT m.search_id
  FROM json_each(?9) r
  CROSS JOIN members m ON m.tenant_id = ?1 AND m.role_id = r.value
 WHERE m.tenant_id = ?1 AND m.status <> 'removed' AND m.org_path >= ?2 AND m.org_path < ?3
   AND (?4 = '[]' OR CASE WHEN m.status = 'active' AND m.active_at < ?6 THEN 'dormant'
                          ELSE m.status END IN (SELECT value FROM json_each(?4)))
   AND (?5 = '[]' OR m.role_id IN (SELECT value FROM json_each(?5)))
   AND (?7 = 0 OR (m.factor = ?7 - 1 AND (?7 = 2 OR m.status = 'active')))
   AND (?11 IS NULL
        OR EXISTS (SELECT 1 FROM group_members gm
                    WHERE gm.tenant_id = ?1 AND gm.holder_id = m.id
                      AND gm.group_id IN (SELECT value FROM json_each(?11))
                      AND (gm.until_at = 0 OR gm.until_at > ?13))
        OR (?12 AND NOT EXISTS (SELECT 1 FROM group_members gm
                    JOIN groups gr ON gr.tenant_id = ?1 AND gr.id = gm.group_id
                         AND gr.status <> 'removed'
                   WHERE gm.tenant_id = ?1 AND gm.holder_id = m.id
                     AND (gm.until_at = 0 OR gm.until_at > ?13))))
 LIMIT ?10

-- NAME: members_hits_text_plain sqlite
-- ?1 the search for the index, ?2 ?3 the tenant's range of search ids, ?4 how many at the
-- most: without filters, for a reader of the whole tenant.
SELECT f.rowid AS search_id
  FROM members_fts f
 WHERE f.search MATCH ?1 AND f.rowid BETWEEN ?2 AND ?3
 LIMIT ?4

-- NAME: members_count_text sqlite
-- ?1 the search for the index, ?2 ?3 the tenant's range of search ids, ?4 how many at the most
SELECT count(*) AS n
  FROM (SELECT 1 FROM members_fts f
         WHERE f.search MATCH ?1 AND f.rowid BETWEEN ?2 AND ?3 LIMIT ?4)

-- NAME: members_count_gram
-- ?1 tenant, ?2 gram, ?3 how many at the most
SELECT count(*) AS n
  FROM (SELECT 1 FROM member_grams WHERE tenant_id = ?1 AND gram = ?2 LIMIT ?3)

-- NAME: members_hits_address
-- ?1 tenant, ?2 ?3 path and its end, ?4 key of an email address
SELECT search_id
  FROM members
 WHERE tenant_id = ?1 AND email_key = ?4 AND status <> 'removed'
   AND org_path >= ?2 AND org_path < ?3

-- NAME: members_hits_role sqlite
-- ?1 tenant, ?2 ?3 path and its end, ?4 statuses, ?5 roles (at least one), ?6 dormant
-- before, ?7 without factor, ?8 how many, ?9 to ?11 groups as in the page.
SELECT m.search_id
  FROM json_each(?5) r
  CROSS JOIN members m ON m.tenant_id = ?1 AND m.role_id = r.value
 WHERE m.tenant_id = ?1 AND m.status <> 'removed' AND m.org_path >= ?2 AND m.org_path < ?3
   AND (?4 = '[]' OR CASE WHEN m.status = 'active' AND m.active_at < ?6 THEN 'dormant'
                          ELSE m.status END IN (SELECT value FROM json_each(?4)))
   AND (?7 = 0 OR (m.factor = ?7 - 1 AND (?7 = 2 OR m.status = 'active')))
   AND (?9 IS NULL
        OR EXISTS (SELECT 1 FROM group_members gm
                    WHERE gm.tenant_id = ?1 AND gm.holder_id = m.id
                      AND gm.group_id IN (SELECT value FROM json_each(?9))
                      AND (gm.until_at = 0 OR gm.until_at > ?11))
        OR (?10 AND NOT EXISTS (SELECT 1 FROM group_members gm
                    JOIN groups g ON g.tenant_id = ?1 AND g.id = gm.group_id
                         AND g.status <> 'removed'
                   WHERE gm.tenant_id = ?1 AND gm.holder_id = m.id
                     AND (gm.until_at = 0 OR gm.until_at > ?11))))
 LIMIT ?8

-- NAME: members_hits_status sqlite
-- As above with ?4 (at least one) leading; ?5 may be empty.  dormant is a part of active.
SELECT m.search_id
  FROM json_each(?4) s
  CROSS JOIN members m ON m.tenant_id = ?1
       AND m.status = CASE s.value WHEN 'dormant' THEN 'active' ELSE s.value END
       AND m.active_at >= CASE s.value WHEN 'active' THEN ?6 ELSE 0 END
       AND m.active_at < CASE s.value WHEN 'dormant' THEN ?6 ELSE 9223372036854775807 END
 WHERE m.tenant_id = ?1 AND m.status <> 'removed' AND m.org_path >= ?2 AND m.org_path < ?3
   AND (?5 = '[]' OR m.role_id IN (SELECT value FROM json_each(?5)))
   AND (?7 = 0 OR (m.factor = ?7 - 1 AND (?7 = 2 OR m.status = 'active')))
   AND (?9 IS NULL
        OR EXISTS (SELECT 1 FROM group_members gm
                    WHERE gm.tenant_id = ?1 AND gm.holder_id = m.id
                      AND gm.group_id IN (SELECT value FROM json_each(?9))
                      AND (gm.until_at = 0 OR gm.until_at > ?11))
        OR (?10 AND NOT EXISTS (SELECT 1 FROM group_members gm
                    JOIN groups g ON g.tenant_id = ?1 AND g.id = gm.group_id
                         AND g.status <> 'removed'
                   WHERE gm.tenant_id = ?1 AND gm.holder_id = m.id
                     AND (gm.until_at = 0 OR gm.until_at > ?11))))
 LIMIT ?8

-- NAME: members_hits_factor sqlite
-- As above with ?7 (not 0) leading; statuses and roles may be empty.
SELECT m.search_id
  FROM members m
 WHERE m.tenant_id = ?1 AND m.factor = ?7 - 1 AND m.status <> 'removed'
   AND m.org_path >= ?2 AND m.org_path < ?3 AND (?7 = 2 OR m.status = 'active')
   AND (?4 = '[]' OR CASE WHEN m.status = 'active' AND m.active_at < ?6 THEN 'dormant'
                          ELSE m.status END IN (SELECT value FROM json_each(?4)))
   AND (?5 = '[]' OR m.role_id IN (SELECT value FROM json_each(?5)))
   AND (?9 IS NULL
        OR EXISTS (SELECT 1 FROM group_members gm
                    WHERE gm.tenant_id = ?1 AND gm.holder_id = m.id
                      AND gm.group_id IN (SELECT value FROM json_each(?9))
                      AND (gm.until_at = 0 OR gm.until_at > ?11))
        OR (?10 AND NOT EXISTS (SELECT 1 FROM group_members gm
                    JOIN groups g ON g.tenant_id = ?1 AND g.id = gm.group_id
                         AND g.status <> 'removed'
                   WHERE gm.tenant_id = ?1 AND gm.holder_id = m.id
                     AND (gm.until_at = 0 OR gm.until_at > ?11))))
 LIMIT ?8

-- NAME: members_hits_group sqlite
-- As above with the groups leading (?9 may be empty, ?10 1: also who is in none, by what is kept for
-- the order); ?12 to ?14 the search as in the page.
SELECT search_id
  FROM (SELECT DISTINCT m.search_id
          FROM json_each(?9) j
          CROSS JOIN group_members gm ON gm.tenant_id = ?1 AND gm.group_id = j.value
               AND (gm.until_at = 0 OR gm.until_at > ?11)
          CROSS JOIN members m ON m.tenant_id = ?1 AND m.id = gm.holder_id
         WHERE m.tenant_id = ?1 AND m.status <> 'removed' AND m.org_path >= ?2 AND m.org_path < ?3
           AND (?4 = '[]' OR CASE WHEN m.status = 'active' AND m.active_at < ?6 THEN 'dormant'
                                  ELSE m.status END IN (SELECT value FROM json_each(?4)))
           AND (?5 = '[]' OR m.role_id IN (SELECT value FROM json_each(?5)))
           AND (?7 = 0 OR (m.factor = ?7 - 1 AND (?7 = 2 OR m.status = 'active')))
           AND (?12 IS NULL OR m.search GLOB ?12 OR m.search GLOB ?13
                OR m.role_id IN (SELECT value FROM json_each(?14)))
         LIMIT ?8)
UNION
SELECT search_id
  FROM (SELECT m.search_id
          FROM members m
         WHERE ?10 AND m.group_key = '' AND m.tenant_id = ?1 AND m.status <> 'removed' AND m.org_path >= ?2 AND m.org_path < ?3
           AND (?4 = '[]' OR CASE WHEN m.status = 'active' AND m.active_at < ?6 THEN 'dormant'
                                  ELSE m.status END IN (SELECT value FROM json_each(?4)))
           AND (?5 = '[]' OR m.role_id IN (SELECT value FROM json_each(?5)))
           AND (?7 = 0 OR (m.factor = ?7 - 1 AND (?7 = 2 OR m.status = 'active')))
           AND (?12 IS NULL OR m.search GLOB ?12 OR m.search GLOB ?13
                OR m.role_id IN (SELECT value FROM json_each(?14)))
         LIMIT ?8)
 LIMIT ?8

-- NAME: members_counts
-- ?1 tenant, ?2 the reader's path.  How many members hold each role, by status and factor, of that
-- organization and all below it.
SELECT role_id, status, factor, n
  FROM member_counts
 WHERE tenant_id = ?1 AND org_path = ?2

-- NAME: members_awake sqlite
-- ?1 tenant, ?2 the reader's path, ?3 the first day (UTC), ?4 now, ?5 groups as JSON or NULL.  Those last
-- active since then; whether anybody's sign-in waits at all, so that as a rule nothing more need be
-- asked; which of the groups there are, and how many are in them, service accounts and those whose
-- time is over among them.
SELECT coalesce(sum(n), 0) AS n,
       EXISTS (SELECT 1 FROM throttles WHERE until_at > ?4 AND until_at > 0) AS waiting,
       CASE WHEN ?5 IS NOT NULL THEN
            (SELECT json_group_array(id) FROM groups
              WHERE tenant_id = ?1 AND status <> 'removed'
                AND id IN (SELECT value FROM json_each(?5))) END AS groups,
       CASE WHEN ?5 IS NOT NULL THEN
            (SELECT coalesce(sum(members), 0) FROM groups
              WHERE tenant_id = ?1 AND status <> 'removed'
                AND id IN (SELECT value FROM json_each(?5))) END AS grouped
  FROM member_days
 WHERE tenant_id = ?1 AND org_path = ?2 AND day >= ?3

-- NAME: members_get
-- ?1 tenant, ?2 member, ?3 now.  Whether anybody waits at all is asked first: nearly always nobody
-- does.  By the narrowest index: the leaves of members_named are twice as many.  Groups: a line for
-- each, in no order, with tabs between, which no name contains.
SELECT m.id, m.email, m.name, m.org_path, m.role_id, m.status, m.factor, m.confirmed, m.refused,
       m.alone, m.signed_in_at, m.active_at, m.created_at,
       CASE m.status WHEN 'invited' THEN
            (SELECT max(i.expires_at) FROM invitations i
              WHERE i.tenant_id = ?1 AND i.member_id = m.id) END AS expires_at,
       m.person_id, m.version, m.email_key, m.nickname, m.phone, m.country,
       o.name AS org_name, r.name AS role_name, r.permissions,
       CASE WHEN m.groups > 0 THEN
       (SELECT group_concat(format('%d	%d	%s	%s	%s', g.id, gm.until_at, g.name_key, g.name,
                                   gr.permissions), char(10))
          FROM group_members gm
          CROSS JOIN groups g ON g.tenant_id = ?1 AND g.id = gm.group_id
               AND g.status <> 'removed'
          LEFT JOIN roles gr ON gr.tenant_id = ?1 AND gr.id = g.role_id
         WHERE gm.tenant_id = ?1 AND gm.holder_id = m.id) END AS groups,
       m.seats, p.language, p.timezone, p.method,
       CASE WHEN m.status <> 'invited' AND EXISTS (SELECT 1 FROM throttles w
                     WHERE w.until_at > 0 AND w.until_at > ?3) THEN
            (SELECT max(t.until_at) FROM throttles t
              WHERE t.kind IN ('pair', 'browser', 'strangers') AND t.subject = m.email_key
                AND t.until_at > ?3) END AS waits_until
  FROM members m INDEXED BY sqlite_autoindex_members_1
  CROSS JOIN roles r ON r.tenant_id = ?1 AND r.id = m.role_id
  CROSS JOIN people p ON p.id = m.person_id
  CROSS JOIN organizations o ON o.tenant_id = ?1 AND o.id = m.org_id
 WHERE m.tenant_id = ?1 AND m.id = ?2 AND m.status <> 'removed'

-- NAME: members_gone
-- ?1 tenant, ?2 member, ?3 ?4 the reader's path and its end.  The name of who was removed.
SELECT name FROM members
 WHERE tenant_id = ?1 AND id = ?2 AND status = 'removed' AND org_path >= ?3 AND org_path < ?4

-- NAME: members_edit
-- ?1 tenant, ?2 member, ?3 version seen, ?4 name, ?5 its key, ?6 search, ?7 nickname, ?8 phone,
-- ?9 country
UPDATE members
   SET name = ?4, name_key = ?5, search = ?6, nickname = ?7, phone = ?8, country = ?9,
       version = version + 1
 WHERE tenant_id = ?1 AND id = ?2 AND version = ?3 AND status = 'active'

-- NAME: members_set_role
-- ?1 tenant, ?2 member, ?3 role, ?4 its key, ?5 who gives it
UPDATE members
   SET role_id = ?3, role_key = ?4, role_by = ?5, version = version + 1
 WHERE tenant_id = ?1 AND id = ?2 AND status <> 'removed'

-- NAME: members_role_by
-- ?1 tenant, ?2 member, ?3 who gives it
UPDATE members SET role_by = ?3 WHERE tenant_id = ?1 AND id = ?2 AND status = 'invited'

-- NAME: members_set_status
-- ?1 tenant, ?2 member, ?3 status, ?4 status before
UPDATE members
   SET status = ?3, version = version + 1
 WHERE tenant_id = ?1 AND id = ?2 AND status = ?4

-- NAME: members_erase
-- ?1 tenant, ?2 member, ?3 status before
UPDATE members
   SET status = 'removed', email = '', email_key = '', search = '', nickname = '', phone = '',
       country = '', version = version + 1
 WHERE tenant_id = ?1 AND id = ?2 AND status = ?3

-- NAME: members_accept
-- ?1 tenant, ?2 member, ?3 name, ?4 its key, ?5 search, ?6 now, ?7 terms' link, ?8 when accepted,
-- ?9 when the session that accepts began, 0 for none: older ones sign in again
UPDATE members
   SET status = 'active', name = ?3, name_key = ?4, search = ?5, active_at = ?6,
       accepted_at = ?6, valid_from = ?9, terms_url = ?7, terms_at = ?8, version = version + 1
 WHERE tenant_id = ?1 AND id = ?2 AND status = 'invited'

-- NAME: members_valid_from
-- ?1 tenant, ?2 member, ?3 now
UPDATE members SET valid_from = ?3 WHERE tenant_id = ?1 AND id = ?2 AND status <> 'removed'

-- NAME: members_past
-- ?1 tenant, ?2 member, ?3 when last signed in; for made-up people
UPDATE members SET signed_in_at = ?3, active_at = ?3
 WHERE tenant_id = ?1 AND id = ?2 AND status <> 'removed'

-- NAME: members_after
-- ?1 tenant, ?2 ?3 path and its end, ?4 after this member, ?5 made before, ?6 how many.  Those
-- who may have sessions.
SELECT id, name, org_path
  FROM members
 WHERE tenant_id = ?1 AND id > ?4 AND status IN ('active', 'deactivated')
   AND org_path >= ?2 AND org_path < ?3 AND created_at <= ?5
 ORDER BY id
 LIMIT ?6

-- NAME: members_add
-- ?1 tenant, ?2 member, ?3 person, ?4 email, ?5 its key, ?6 name, ?7 its key, ?8 phone,
-- ?9 role, ?10 its key, ?11 organization, ?12 path, ?13 status, ?14 now, ?15 search,
-- ?16 ?17 the tenant's range of search ids, ?18 since when active, 0 while invited, ?19 who
-- gives the role, ?20 nickname, ?21 country
INSERT INTO members (search_id, tenant_id, id, person_id, email, email_key, name, name_key,
                     nickname, phone, country, role_id, role_key, role_by, org_id, org_path,
                     location_key, group_key, status, factor, signed_in_at, active_at,
                     created_at, accepted_at, valid_from, confirmed, refused, terms_url, terms_at,
                     search, version)
VALUES ((SELECT coalesce(max(search_id), ?16) + 1 FROM members
          WHERE search_id BETWEEN ?16 AND ?17),
        ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?20, ?8, ?21, ?9, ?10, ?19, ?11, ?12, '', '', ?13,
        (SELECT factor FROM people WHERE id = ?3), 0, ?18, ?14, ?18, 0,
        (SELECT confirmed_at > 0 FROM people WHERE id = ?3), 0, '', 0, ?15, 1)

-- NAME: people_by_email
-- ?1 tenant, ?2 email key, ?3 now.  Also whoever had the address and may still take it back: until
-- then nobody else gets it.
SELECT p.id, p.name, p.language, p.confirmed_at, c.person_id AS has_password,
       CASE p.email_key WHEN ?2 THEN p.email
            ELSE (SELECT max(old_email) FROM email_changes
                   WHERE old_email_key = ?2 AND state = 'confirmed' AND stop_until > ?3)
       END AS email, m.id AS member_id, m.status, o.name AS org_name
  FROM people p
  LEFT JOIN credentials c ON c.person_id = p.id
  LEFT JOIN members m ON m.person_id = p.id AND m.tenant_id = ?1 AND m.status <> 'removed'
  LEFT JOIN organizations o ON o.tenant_id = m.tenant_id AND o.id = m.org_id
 WHERE p.id = coalesce((SELECT id FROM people WHERE email_key = ?2),
                       (SELECT max(person_id) FROM email_changes
                         WHERE old_email_key = ?2 AND state = 'confirmed' AND stop_until > ?3))

-- NAME: people_add
-- ?1 person, ?2 email, ?3 its key, ?4 name, ?5 language, ?6 now.  Unconfirmed until an
-- emailed link is used; a trigger counts tenants_ever.  Where somebody has the address it adds
-- nothing, but takes as long.
INSERT INTO people (id, email, email_key, name, confirmed_at, method, language, timezone, theme,
                    date_format, clock, tenants_ever, last_tenant_id, factor, mail_refused_at,
                    created_at, version)
VALUES (?1, ?2, ?3, ?4, 0, 'password', ?5, '', 'system', '', 0, 0, NULL, 0, 0, ?6, 1)
ON CONFLICT (email_key) DO NOTHING

-- NAME: people_confirm
-- ?1 person, ?2 now
UPDATE people SET confirmed_at = ?2 WHERE id = ?1 AND confirmed_at = 0

-- NAME: people_name
-- ?1 person, ?2 name
UPDATE people SET name = ?2, version = version + 1 WHERE id = ?1

-- NAME: members_of_role
-- ?1 tenant, ?2 role, ?3 how many
SELECT id
  FROM members
 WHERE tenant_id = ?1 AND role_id = ?2 AND status <> 'removed'
 LIMIT ?3

-- NAME: members_resort
-- ?1 tenant, ?2 role, ?3 the key of its name, ?4 how many
UPDATE members
   SET role_key = ?3
 WHERE tenant_id = ?1
   AND id IN (SELECT id FROM members
               WHERE tenant_id = ?1 AND role_id = ?2 AND status <> 'removed' AND role_key <> ?3
               LIMIT ?4)
