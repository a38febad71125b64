-- How many API keys a member may have, and for how long at the most one may be good; 0: for ever.
ALTER TABLE tenants ADD COLUMN keys_most INTEGER NOT NULL DEFAULT 5
	CHECK (keys_most BETWEEN 1 AND 20);
ALTER TABLE tenants ADD COLUMN key_days INTEGER NOT NULL DEFAULT 0
	CHECK (key_days IN (0, 30, 60, 90, 365));
