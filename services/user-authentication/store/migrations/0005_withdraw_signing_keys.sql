-- Since then it neither signs nor verifies.
ALTER TABLE signing_keys ADD COLUMN withdrawn_at timestamptz;
