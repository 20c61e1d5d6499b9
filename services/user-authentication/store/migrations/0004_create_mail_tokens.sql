ALTER TABLE users ADD COLUMN email_verified boolean NOT NULL DEFAULT false;

-- Sent by mail, and good once; kept as hashes.
CREATE TABLE mail_tokens (
  hash text COLLATE "C" PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  -- That of the account when it was sent: a password that was changed since ends it.
  epoch integer NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX mail_tokens_by_expiry ON mail_tokens (expires_at);
CREATE INDEX mail_tokens_by_user ON mail_tokens (user_id);
