-- A person's own row and the copies of it in tenants.  What admins do to a copy is in members.sql.

-- NAME: own_memberships
-- ?1 person.  All that are not closed, in the order of joining.
SELECT m.tenant_id, m.id, m.name, m.nickname, m.phone, m.country, m.org_path, m.status,
       m.created_at, m.signed_in_at, r.name AS role_name, t.name AS tenant_name, t.slug,
       o.name AS org_name, m.org_path = '/' AND m.status = 'active'
           AND t.status <> 'deleted' AND (r.builtin = 'admin' OR EXISTS
           (SELECT 1
              FROM group_members gm
              JOIN groups g ON g.tenant_id = gm.tenant_id AND g.id = gm.group_id
                   AND g.status <> 'removed'
              JOIN roles gr ON gr.tenant_id = g.tenant_id AND gr.id = g.role_id
             WHERE gm.tenant_id = m.tenant_id AND gm.holder_id = m.id
               AND gr.builtin = 'admin')) AS admin
  FROM members m
  JOIN tenants t ON t.id = m.tenant_id
  JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
  JOIN organizations o ON o.tenant_id = m.tenant_id AND o.id = m.org_id
 WHERE m.person_id = ?1 AND m.status <> 'removed'
 ORDER BY m.tenant_id

-- NAME: own_copy_change
-- ?1 tenant, ?2 member, ?3 name, ?4 its key, ?5 search text, ?6 nickname, ?7 phone, ?8 country
UPDATE members
   SET name = ?3, name_key = ?4, search = ?5, nickname = ?6, phone = ?7, country = ?8,
       version = version + 1
 WHERE tenant_id = ?1 AND id = ?2 AND status <> 'removed'

-- NAME: own_person_change
-- ?1 person, ?2 name, ?3 language, ?4 time zone, ?5 theme, ?6 date format, ?7 clock
UPDATE people
   SET name = ?2, language = ?3, timezone = ?4, theme = ?5, date_format = ?6, clock = ?7,
       version = version + 1
 WHERE id = ?1

-- NAME: own_email_set
-- ?1 person, ?2 address, ?3 its key, ?4 now.  Its mailbox is proved.  Nothing changes where another
-- has the address or may still take it back; triggers change the copies and end links.
UPDATE people
   SET email = ?2, email_key = ?3, confirmed_at = ?4, mail_refused_at = 0, version = version + 1
 WHERE id = ?1
   AND NOT EXISTS (SELECT 1 FROM people WHERE email_key = ?3 AND id <> ?1)
   AND NOT EXISTS (SELECT 1 FROM email_changes
                    WHERE old_email_key = ?3 AND state = 'confirmed' AND stop_until > ?4
                      AND person_id <> ?1)

-- NAME: own_copy_erase
-- ?1 tenant, ?2 member.  The name stays for what they made.
UPDATE members
   SET status = 'removed', email = '', email_key = '', nickname = '', phone = '', country = '',
       search = '', version = version + 1
 WHERE tenant_id = ?1 AND id = ?2 AND status <> 'removed'

-- NAME: own_copies_forget
-- ?1 person.  What closed memberships still have of them.
UPDATE members
   SET email = '', email_key = '', nickname = '', phone = '', country = ''
 WHERE person_id = ?1 AND status = 'removed' AND email <> ''

-- NAME: own_person_erase
-- ?1 person, ?2 what stands for the address.  The address is free again.
UPDATE people
   SET email = ?2, email_key = ?2, name = '', confirmed_at = 0, language = 'en', timezone = '',
       theme = 'system', date_format = '', clock = 0, last_tenant_id = NULL, factor = 0,
       mail_refused_at = 0, version = version + 1
 WHERE id = ?1
