-- Whoever has a role in a workspace may see it: a role without any permission could be made.

UPDATE roles SET permissions = 'workspace:view' WHERE scope = 'workspace' AND permissions = '';
