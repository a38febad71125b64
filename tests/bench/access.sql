-- Groups, workspaces, service accounts and roles of the tenant with most people, for the bench: 2,000
-- groups, each member in two of them, a tenth of them with a role; 500 workspaces with groups and people.
-- Rows go past the rules, but not past triggers and constraints.
BEGIN IMMEDIATE;
CREATE TEMP TABLE at AS
SELECT tenant_id AS t, max(id) AS top, max(created_at) AS now,
       min(CASE WHEN org_path = '/' THEN id END) AS somebody
  FROM members GROUP BY tenant_id ORDER BY count(*) DESC LIMIT 1;
CREATE TEMP TABLE n AS WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1999)
SELECT i FROM n;
CREATE TEMP TABLE people AS
SELECT m.id, m.name_key, row_number() OVER (ORDER BY m.id) AS i
  FROM members m, at WHERE m.tenant_id = at.t AND m.status <> 'removed';

INSERT INTO roles (tenant_id, id, scope, builtin, name, name_key, description, permissions, status,
       created_at, version)
SELECT t, top + 1 + i, 'tenant', '', 'Bench role ' || i, 'bench role ' || i, 'Made for the bench',
       'user:view group:view', 'active', now, 1
  FROM at, n WHERE i < 50;
INSERT INTO groups (tenant_id, id, name, name_key, description, role_id, members, status, created_by,
       created_at, version)
SELECT t, top + 10000 + i, 'Bench group ' || i, 'bench group ' || i, 'Made for the bench',
       CASE WHEN i % 10 = 0 THEN top + 1 + i / 10 % 50 END, 0, 'active', somebody, now + i, 1
  FROM at, n;
INSERT OR IGNORE INTO group_members (tenant_id, group_id, holder_id, member_id, name_key, until_at,
       added_by, added_at)
SELECT t, top + 10000 + (people.i * f.k) % 2000, people.id, people.id, people.name_key, 0, somebody, now
  FROM at, people, (SELECT 1 AS k UNION ALL SELECT 7) f;
INSERT INTO groups (tenant_id, id, name, name_key, description, role_id, members, status, created_by,
       created_at, version)
SELECT t, top + 19999, 'Bench group of three', 'bench group of three', '', NULL, 0, 'active', somebody,
       now, 1
  FROM at;
INSERT INTO group_members (tenant_id, group_id, holder_id, member_id, name_key, until_at, added_by,
       added_at)
SELECT t, top + 19999, people.id, people.id, people.name_key, 0, somebody, now
  FROM at, people WHERE people.i < 4;
INSERT INTO workspaces (tenant_id, id, name, name_key, description, personal_of, members, groups,
       status, created_by, created_at, version)
SELECT t, top + 20000 + i, 'Bench workspace ' || i, 'bench workspace ' || i, 'Made for the bench', NULL, 0,
       0, 'active', somebody, now + i, 1
  FROM at, n WHERE i < 500;
INSERT INTO workspace_members (tenant_id, workspace_id, holder_id, member_id, role_id, name_key,
       added_by, added_at)
SELECT t, top + 20000 + people.i % 500, people.id, people.id, r.id, people.name_key, somebody, now
  FROM at, people
  JOIN roles r ON r.tenant_id = t AND r.builtin = CASE WHEN people.i < 500 THEN 'owner' ELSE 'viewer' END
 WHERE people.i < 5000;
INSERT INTO workspace_members (tenant_id, workspace_id, holder_id, group_id, role_id, name_key,
       added_by, added_at)
SELECT t, top + 20000 + g.i % 500, g.id, g.id, r.id, g.key, somebody, now
  FROM at, (SELECT top + 10000 + i AS id, i, 'bench group ' || i AS key FROM at, n) g
  JOIN roles r ON r.tenant_id = t AND r.builtin = 'contributor';
INSERT INTO service_accounts (tenant_id, id, name, name_key, description, role_id, owner_id, status,
       created_by, created_at, version)
SELECT t, top + 30000 + i, 'Bench service ' || i, 'bench service ' || i, 'Made for the bench', top + 1 + i % 50,
       somebody, 'active', somebody, now + i, 1
  FROM at, n WHERE i < 200;
COMMIT;
