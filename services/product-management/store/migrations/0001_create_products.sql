CREATE TABLE products (
  id uuid PRIMARY KEY,
  sku text COLLATE "C" NOT NULL CONSTRAINT products_sku UNIQUE,
  name text COLLATE "C" NOT NULL,
  description text NOT NULL,
  amount bigint NOT NULL CHECK (amount >= 0),
  currency text COLLATE "C" NOT NULL,
  status text COLLATE "C" NOT NULL CHECK (status IN ('draft', 'active', 'archived')),
  tags text[] COLLATE "C" NOT NULL,
  owner_id uuid NOT NULL,
  version bigint NOT NULL CHECK (version >= 1),
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  -- Whether units are available. For filters only: it follows the inventory, outside the version.
  in_stock boolean NOT NULL,
  -- The words it is found by, without positions.
  words tsvector NOT NULL
);
-- A list for each order, of everybody's products and of one owner's.
CREATE INDEX products_by_age ON products (status, id);
CREATE INDEX products_by_price ON products (status, currency, amount, id);
CREATE INDEX products_by_name ON products (status, name, id);
CREATE INDEX products_by_owner_and_age ON products (owner_id, status, id);
CREATE INDEX products_by_owner_and_price ON products (owner_id, status, currency, amount, id);
CREATE INDEX products_by_owner_and_name ON products (owner_id, status, name, id);
CREATE INDEX products_by_tag ON products USING gin (tags);
CREATE INDEX products_by_word ON products USING gin (words);

-- Updated with every sale: room on the page keeps that within it. No foreign key: it may outlive its product.
CREATE TABLE inventories (
  product_id uuid PRIMARY KEY,
  available bigint NOT NULL CHECK (available >= 0),
  reserved bigint NOT NULL CHECK (reserved >= 0),
  sold bigint NOT NULL CHECK (sold >= 0),
  sequence bigint NOT NULL CHECK (sequence >= 1),
  sellable boolean NOT NULL,
  -- The product as it was when it was deleted.
  retired json,
  CHECK (retired IS NULL OR NOT sellable)
) WITH (fillfactor = 40);

-- What the commands of orders left behind. The product comes first, so that those of a deleted product are found by it.
CREATE TABLE stock_entries (
  product_id uuid,
  order_id uuid,
  revision integer,
  quantity integer NOT NULL CHECK (quantity >= 1),
  state text COLLATE "C" NOT NULL CHECK (state IN ('held', 'consumed', 'released', 'restocked')),
  not_after timestamptz(3) NOT NULL,
  PRIMARY KEY (product_id, order_id, revision)
) WITH (fillfactor = 70);

-- Append only. available + reserved + sold of an inventory is the sum of its deltas.
CREATE TABLE stock_adjustments (
  id uuid PRIMARY KEY,
  product_id uuid NOT NULL,
  -- That of the inventory right after it.
  sequence bigint NOT NULL,
  delta bigint NOT NULL CHECK (delta <> 0),
  reason text COLLATE "C" NOT NULL,
  note text,
  adjusted_by uuid NOT NULL,
  created_at timestamptz(3) NOT NULL,
  UNIQUE (product_id, sequence)
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
