-- When the first steps of a new account were put away; 0: they are still shown.
ALTER TABLE tenants ADD COLUMN steps_hidden_at INTEGER NOT NULL DEFAULT 0;
