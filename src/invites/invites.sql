-- Statements of invites/.

-- NAME: invites_add
-- ?1 tenant, ?2 id, ?3 member, ?4 email key, ?5 inviter or NULL, ?6 inviter's name, ?7 now,
-- ?8 sent, ?9 expires
INSERT INTO invitations (tenant_id, id, member_id, email_key, generation, inviter_id,
                         inviter_name, created_at, sent_at, opened_at, accepted_at,
                         cancelled_at, expires_at, copied_at)
VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, ?7, ?8, 0, 0, 0, ?9, 0)

-- NAME: invites_of_member
-- ?1 tenant, ?2 member.  The newest that is still open.
SELECT id, generation, expires_at, sent_at, inviter_name
  FROM invitations
 WHERE tenant_id = ?1 AND member_id = ?2 AND accepted_at = 0 AND cancelled_at = 0
 ORDER BY id DESC
 LIMIT 1

-- NAME: invites_times
-- ?1 tenant, ?2 member.  The newest, found by the index of members: in the order of ids all of the
-- tenant's would be walked.
SELECT inviter_name, sent_at, opened_at, accepted_at, copied_at, expires_at
  FROM invitations
 WHERE tenant_id = ?1
   AND id = (SELECT max(i.id) FROM invitations i WHERE i.tenant_id = ?1 AND i.member_id = ?2)

-- NAME: invites_sent_between
-- ?1 tenant, ?2 from, ?3 before, ?4 how many at the most
SELECT count(*) AS n
  FROM (SELECT 1 FROM invitation_sends
         WHERE tenant_id = ?1 AND sent_at >= ?2 AND sent_at < ?3 LIMIT ?4)

-- NAME: invites_sends_add
-- ?1 tenant, ?2 when, ?3 invitation
INSERT INTO invitation_sends (tenant_id, sent_at, invitation_id) VALUES (?1, ?2, ?3)

-- NAME: invites_sends_free
-- ?1 tenant, ?2 now, ?3 invitation: whose email was to go later and goes no more
DELETE FROM invitation_sends WHERE tenant_id = ?1 AND sent_at > ?2 AND invitation_id = ?3

-- NAME: invites_resend
-- ?1 tenant, ?2 id, ?3 sent, ?4 expires, ?5 inviter or NULL, ?6 inviter's name
UPDATE invitations
   SET generation = generation + 1, sent_at = ?3, expires_at = ?4, opened_at = 0,
       inviter_id = ?5, inviter_name = ?6
 WHERE tenant_id = ?1 AND id = ?2 AND accepted_at = 0 AND cancelled_at = 0
RETURNING generation

-- NAME: invites_cancel
-- ?1 tenant, ?2 id, ?3 now
UPDATE invitations
   SET generation = generation + 1, cancelled_at = ?3
 WHERE tenant_id = ?1 AND id = ?2 AND accepted_at = 0 AND cancelled_at = 0

-- NAME: invites_copied
-- ?1 tenant, ?2 id, ?3 now, ?4 until when an expired one is good anew, ?5 who copies, or NULL, ?6
-- their name
UPDATE invitations
   SET copied_at = ?3, inviter_id = ?5, inviter_name = ?6,
       generation = CASE WHEN expires_at <= ?3 THEN generation + 1 ELSE generation END,
       opened_at = CASE WHEN expires_at <= ?3 THEN 0 ELSE opened_at END,
       expires_at = CASE WHEN expires_at <= ?3 THEN ?4 ELSE expires_at END
 WHERE tenant_id = ?1 AND id = ?2 AND accepted_at = 0 AND cancelled_at = 0
RETURNING generation, expires_at

-- NAME: invites_opened
-- ?1 tenant, ?2 id, ?3 now
UPDATE invitations SET opened_at = ?3 WHERE tenant_id = ?1 AND id = ?2 AND opened_at = 0

-- NAME: invites_use
-- ?1 tenant, ?2 id, ?3 generation, ?4 now.  One use.
UPDATE invitations
   SET accepted_at = ?4, generation = generation + 1
 WHERE tenant_id = ?1 AND id = ?2 AND generation = ?3 AND accepted_at = 0 AND cancelled_at = 0
   AND expires_at > ?4

-- NAME: invites_joins
-- ?1 tenant, ?2 member.  The groups and workspaces that they are in, who brought them there, and the
-- role that is held by it.
SELECT 0 AS workspace, g.id, g.name, gm.added_by, r.name AS role_name, r.permissions
  FROM group_members gm
  JOIN groups g ON g.tenant_id = gm.tenant_id AND g.id = gm.group_id AND g.status <> 'removed'
  LEFT JOIN roles r ON r.tenant_id = g.tenant_id AND r.id = g.role_id
 WHERE gm.tenant_id = ?1 AND gm.holder_id = ?2
UNION ALL
SELECT 1, w.id, w.name, wm.added_by, r.name, r.permissions
  FROM workspace_members wm
  JOIN workspaces w ON w.tenant_id = wm.tenant_id AND w.id = wm.workspace_id
       AND w.status <> 'removed'
  JOIN roles r ON r.tenant_id = wm.tenant_id AND r.id = wm.role_id
 WHERE wm.tenant_id = ?1 AND wm.holder_id = ?2
 ORDER BY 1, 3

-- NAME: invites_open
-- ?1 id.  The link names the row alone; the MAC over the tenant's and person's data is what
-- counts.  The inviter's standing comes along.
SELECT i.id, i.tenant_id, i.member_id, i.email_key, i.generation, i.expires_at, i.opened_at,
       i.accepted_at, i.cancelled_at, i.inviter_id, i.inviter_name, m.role_by, m.name, m.email, m.status,
       m.person_id, m.org_path, r.name AS role_name, r.permissions, p.language, p.confirmed_at,
       CASE WHEN c.person_id IS NOT NULL OR p.method <> 'password' THEN 1 END AS has_identity
  FROM invitations i
  JOIN members m ON m.tenant_id = i.tenant_id AND m.id = i.member_id
  JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
  JOIN people p ON p.id = m.person_id
  LEFT JOIN credentials c ON c.person_id = p.id
 WHERE i.id = ?1
