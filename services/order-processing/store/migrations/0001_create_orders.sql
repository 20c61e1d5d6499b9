-- Orders, the keys they were placed with, and the messages that follow their decisions. json, not jsonb, keeps replies byte for byte.

CREATE SEQUENCE order_numbers AS bigint;

CREATE TABLE orders (
  id uuid PRIMARY KEY,
  number bigint NOT NULL UNIQUE DEFAULT nextval('order_numbers'),
  customer_id uuid NOT NULL,
  status text NOT NULL CHECK (status IN ('pending', 'confirmed', 'fulfilled', 'rejected', 'cancelled')),
  items json NOT NULL,
  total json,
  shipping_address json NOT NULL,
  version bigint NOT NULL CHECK (version >= 1),
  status_history json NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  -- Set when it was deleted; its stock and its number stay accounted for.
  hidden_at timestamptz,
  -- Why it was decided against: code, detail and extras of the problem.
  refusal json,

  -- Number of the last set of stock commands.
  revision integer NOT NULL DEFAULT 1 CHECK (revision >= 1),
  -- The edit that is being decided, and its revision.
  proposal json,
  proposal_revision integer,
  -- While something is undecided: whose turn it is, until when, since when, how often it was tried in the background.
  fence integer NOT NULL DEFAULT 0,
  lease_until timestamptz,
  undecided_since timestamptz,
  attempts integer NOT NULL DEFAULT 0,
  -- The largest of its reservations; its stock entries are kept until it has passed.
  not_after timestamptz NOT NULL,

  CONSTRAINT orders_proposal_whole CHECK ((proposal IS NULL) = (proposal_revision IS NULL)),
  CONSTRAINT orders_undecided_leased CHECK ((lease_until IS NOT NULL) = (status = 'pending' OR proposal_revision IS NOT NULL)),
  CONSTRAINT orders_sold_priced CHECK (total IS NOT NULL OR status IN ('pending', 'rejected', 'cancelled'))
);

-- The lists; an admin's list of everything walks the primary key.
CREATE INDEX orders_by_customer ON orders (customer_id, id) WHERE hidden_at IS NULL;
CREATE INDEX orders_by_customer_status ON orders (customer_id, status, id) WHERE hidden_at IS NULL;
CREATE INDEX orders_by_status ON orders (status, id) WHERE hidden_at IS NULL;
-- What the worker looks for.
CREATE INDEX orders_undecided ON orders (lease_until) WHERE lease_until IS NOT NULL;

CREATE TABLE idempotency_records (
  scope text NOT NULL,
  key text NOT NULL,
  fingerprint text NOT NULL,
  order_id uuid NOT NULL REFERENCES orders,
  -- Null while the order is being decided.
  reply json,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_records_by_order ON idempotency_records (order_id);
CREATE INDEX idempotency_records_by_expiry ON idempotency_records (expires_at);

CREATE TABLE outbox (
  -- Drawn while the order's row is locked: for each order it tells which decision came first.
  sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id uuid NOT NULL REFERENCES orders,
  channel text NOT NULL CHECK (channel IN ('stock', 'event')),
  command text CHECK (command IN ('consume', 'release', 'restock')),
  revision integer,
  items json,
  event json,
  -- Grows with each sending; the answer to an older one is ignored.
  fence integer NOT NULL DEFAULT 0,
  attempts integer NOT NULL DEFAULT 0,
  refusals integer NOT NULL DEFAULT 0,
  last_error text,
  -- The largest of its sendings.
  not_after timestamptz,
  -- Undone: when it is to be sent. Done: when what it left in the inventory may be purged.
  due_at timestamptz NOT NULL DEFAULT now(),
  done_at timestamptz,
  -- Given up; an operator lets it be sent again.
  dead_at timestamptz,

  CONSTRAINT outbox_one_message CHECK (
    CASE channel
      WHEN 'stock' THEN command IS NOT NULL AND revision IS NOT NULL AND items IS NOT NULL AND event IS NULL
      ELSE event IS NOT NULL AND command IS NULL
    END
  )
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

-- By age, not by due_at: leasing a row then touches no index.
CREATE INDEX outbox_undone ON outbox (channel, sequence) WHERE done_at IS NULL AND dead_at IS NULL;
CREATE INDEX outbox_by_order ON outbox (order_id, channel, sequence);
CREATE INDEX outbox_done ON outbox (channel, due_at) WHERE done_at IS NOT NULL;
CREATE INDEX outbox_dead ON outbox (sequence) WHERE dead_at IS NOT NULL;
