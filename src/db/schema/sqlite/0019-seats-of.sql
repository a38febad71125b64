-- In which workspaces somebody is, and with which role, is answered by the index alone.
DROP INDEX workspace_members_of;
CREATE INDEX workspace_members_of ON workspace_members (tenant_id, holder_id, role_id);
