CREATE TABLE users (
  id uuid PRIMARY KEY,
  -- Normalised: one account for all spellings.
  email text COLLATE "C" NOT NULL CONSTRAINT users_email UNIQUE,
  display_name text NOT NULL,
  roles text[] NOT NULL CHECK (cardinality(roles) >= 1 AND roles <@ ARRAY['customer', 'admin']),
  password_hash text NOT NULL,
  -- Sessions of an earlier epoch are over.
  session_epoch integer NOT NULL DEFAULT 1,
  version bigint NOT NULL CHECK (version >= 1),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX users_admins ON users (id) WHERE 'admin' = ANY (roles);

-- A session is a family of refresh tokens.
CREATE TABLE sessions (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  epoch integer NOT NULL,
  -- That of its youngest token.
  generation integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_used_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz
);
CREATE INDEX sessions_by_user ON sessions (user_id, id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE refresh_tokens (
  hash text COLLATE "C" PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
  generation integer NOT NULL,
  replaced_at timestamptz
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

CREATE TABLE throttle (
  key text COLLATE "C" PRIMARY KEY,
  failures integer NOT NULL,
  blocked_until timestamptz NOT NULL,
  -- Then the failures are forgotten.
  expires_at timestamptz NOT NULL
);
CREATE INDEX throttle_by_expiry ON throttle (expires_at);

CREATE TABLE signing_keys (
  -- Two replicas that make the next key at once: one wins.
  generation integer PRIMARY KEY CHECK (generation >= 1),
  kid text NOT NULL UNIQUE,
  public_key text NOT NULL,
  sealed_key text NOT NULL,
  signs_from timestamptz NOT NULL
);

CREATE TABLE idempotency_records (
  scope text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  fingerprint text NOT NULL,
  reply json,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_records_by_age ON idempotency_records (created_at);
