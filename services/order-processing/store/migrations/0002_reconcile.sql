-- What the replicas do in turn: whose turn it is, is told by when it was last done.
CREATE TABLE periodic_tasks (
  name text PRIMARY KEY,
  last_run_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO periodic_tasks (name) VALUES ('reconcile');
