-- Statements of setup/.  The link belongs to no tenant: there is none yet.

-- NAME: setup_links_add
-- ?1 id, ?2 expires
INSERT INTO setup_links (id, generation, expires_at, used_at) VALUES (?1, 1, ?2, 0)

-- NAME: setup_links_open
-- ?1 id
SELECT id, generation, expires_at, used_at FROM setup_links WHERE id = ?1

-- NAME: setup_links_use
-- ?1 id, ?2 now.  One use.
UPDATE setup_links SET used_at = ?2 WHERE id = ?1 AND used_at = 0 AND expires_at > ?2

-- NAME: setup_links_clear
DELETE FROM setup_links WHERE used_at = 0

-- NAME: setup_links_sweep
-- ?1 expired before
DELETE FROM setup_links WHERE expires_at < ?1
