-- Statements of site/: what /metrics tells of the whole.

-- NAME: metrics_counts
-- ?1 now.  An email that waits for its day is not late.
SELECT (SELECT count(*) FROM tenants t) AS accounts,
       (SELECT count(*) FROM outbox o WHERE state = 'waiting') AS waiting,
       (SELECT count(*) FROM outbox o WHERE state = 'waiting' AND due_at <= ?1) AS due,
       (SELECT min(due_at) FROM outbox o WHERE state = 'waiting') AS oldest,
       (SELECT count(*) FROM jobs j WHERE state IN ('waiting', 'running')) AS open
