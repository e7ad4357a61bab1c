-- The tree of accounts. `path` is the way from the root by ids, such as /1/4/.
CREATE TABLE account (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    parent_id BIGINT REFERENCES account (id),
    name TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    tier TEXT NOT NULL,
    path TEXT NOT NULL UNIQUE,
    suspended_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX account_parent ON account (parent_id);
INSERT INTO account (id, parent_id, name, title, tier, path, suspended_at, created_at)
VALUES (1, NULL, 'provider', 'Provider', 'provider', '/1/', NULL, 0);

-- Owners. Everything there was belongs to the provider.
ALTER TABLE person ADD COLUMN account_id BIGINT NOT NULL DEFAULT 1;
ALTER TABLE person ADD COLUMN email TEXT;
CREATE INDEX person_account ON person (account_id, name);
ALTER TABLE server ADD COLUMN account_id BIGINT NOT NULL DEFAULT 1;
CREATE INDEX server_account ON server (account_id, name);
ALTER TABLE job ADD COLUMN account_id BIGINT NOT NULL DEFAULT 1;
CREATE INDEX job_account ON job (account_id, id);

-- The account in whose name something was done, and who acted if somebody acted as somebody else.
ALTER TABLE audit ADD COLUMN account_id BIGINT NOT NULL DEFAULT 1;
ALTER TABLE audit ADD COLUMN behind TEXT;
CREATE INDEX audit_account ON audit (account_id, id);
CREATE INDEX audit_actor ON audit (actor, id);
CREATE INDEX audit_action ON audit (action, id);

-- A session is named by an id that proves nothing. `acting_as` is the person whose panel was entered.
ALTER TABLE session ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN origin TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN address TEXT;
ALTER TABLE session ADD COLUMN seen_at BIGINT;
ALTER TABLE session ADD COLUMN acting_as BIGINT REFERENCES person (id) ON DELETE CASCADE;
CREATE INDEX session_person ON session (person_id);

-- Words of the permissions that a token is limited to; none limits it to nothing but its owner's role.
ALTER TABLE token ADD COLUMN permissions TEXT;
