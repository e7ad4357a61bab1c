-- Lists are read in pages by each of their orders; see page.rs.
CREATE INDEX server_state_name ON server (state, name);

CREATE INDEX server_state ON server (state, id);

CREATE INDEX server_seen ON server ((COALESCE(seen_at, 0)), id);

CREATE INDEX server_created ON server (created_at, id);

CREATE INDEX server_account_state ON server (account_id, state);

CREATE INDEX person_created ON person (created_at, id);

CREATE INDEX account_created ON account (created_at, id);

CREATE INDEX placement_rack ON placement (rack_id);

CREATE INDEX job_running ON job (server_id) WHERE ended_at IS NULL;

CREATE INDEX audit_account_action ON audit (account_id, action, id);
