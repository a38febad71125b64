-- Who has a second factor, or who has none, where they are few.
CREATE INDEX members_of_factor ON members (tenant_id, factor, org_path, status)
	WHERE status <> 'removed';
