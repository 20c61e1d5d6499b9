-- Events may be deleted once they are old, so that a trail does not grow for ever; AUDIT_RETENTION_DAYS says when they are.
CREATE FUNCTION first_id_at(at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN (lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;

CREATE OR REPLACE TRIGGER audit_events_append_only BEFORE UPDATE OR TRUNCATE ON audit_events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- The release before deletes none.
-- contract: audit_events.audit_events_kept is a new trigger
CREATE TRIGGER audit_events_kept BEFORE DELETE ON audit_events
  FOR EACH ROW WHEN (OLD.id >= first_id_at(now() - interval '30 days')) EXECUTE FUNCTION refuse_change();
