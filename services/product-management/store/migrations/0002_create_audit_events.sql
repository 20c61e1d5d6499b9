-- Who did what: written together with what it tells of, and never changed. The time of an event is that of its id.
CREATE TABLE audit_events (
  id uuid PRIMARY KEY,
  action text COLLATE "C" NOT NULL,
  actor_kind text NOT NULL,
  actor_id text COLLATE "C",
  target_kind text NOT NULL,
  target_id text COLLATE "C",
  address text NOT NULL,
  user_agent text,
  request_id text NOT NULL,
  details json NOT NULL
);
CREATE INDEX audit_events_by_actor ON audit_events (actor_id, id);
CREATE INDEX audit_events_by_target ON audit_events (target_id, id);
CREATE INDEX audit_events_by_action ON audit_events (action, id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
