-- Adding events.  Reading them is in auditlog.sql.

-- NAME: heads_next
-- ?1 tenant, ?2 the hash a new chain begins with.  Moves the number on; the hash returned
-- is still that of the event before.
INSERT INTO heads (tenant_id, seq, hash) VALUES (?1, 1, ?2)
ON CONFLICT (tenant_id) DO UPDATE SET seq = seq + 1
RETURNING seq, hash

-- NAME: heads_set
-- ?1 tenant, ?2 hash
UPDATE heads SET hash = ?2 WHERE tenant_id = ?1

-- NAME: events_add
-- ?1 tenant, ?2 seq, ?3 now, ?4 act, ?5 actor's kind, ?6 id, ?7 name, ?8 subject, ?9 its
-- name, ?10 path, ?11 workspace, ?12 client, ?13 peer, ?14 user agent, ?15 request,
-- ?16 fields as JSON, ?17 key, ?18 hash, ?19 session, 0 for none
INSERT INTO events (tenant_id, seq, at, act, actor_kind, actor_id, actor_name, subject_id,
                    subject_name, org_path, workspace_id, client, peer, user_agent, request,
                    fields, key_id, hash, session_id)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)

-- NAME: audit_memberships
-- ?1 person.  The tenants that hear of what a person does to the own identity: those that the
-- person joined; who is only invited, as anybody can be, is no business of theirs.
SELECT m.tenant_id, m.id, m.name, m.org_path
  FROM members m
 WHERE m.person_id = ?1 AND m.status IN ('active', 'deactivated') AND m.status <> 'removed'
