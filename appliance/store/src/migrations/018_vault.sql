-- Files of a private server at one moment, beside it on its server.
CREATE TABLE private_server_snapshot (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    private_server_id BIGINT NOT NULL REFERENCES private_server (id) ON DELETE CASCADE,
    -- making, kept, removing
    state TEXT NOT NULL,
    note TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- What it takes of its server's disk; the most that it can be until it is made.
    mib BIGINT NOT NULL,
    -- JSON: the template below its files.
    template TEXT NOT NULL
);

CREATE INDEX private_server_snapshot_of ON private_server_snapshot (private_server_id, id);

-- A clone begins with the files of this one.
ALTER TABLE private_server ADD COLUMN origin_number BIGINT;

-- The backups of one private server. They stay for a while when it is gone.
CREATE TABLE vault (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Its folder at the Control Center, and its name in addresses.
    folder TEXT NOT NULL UNIQUE,
    account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    -- None: it is gone.
    private_server_id BIGINT UNIQUE,
    -- The name that it had last.
    name TEXT NOT NULL,
    -- Sealed: what opens the backups, and what opens the door to them.
    secret_key TEXT NOT NULL,
    password TEXT NOT NULL,
    -- SHA-256 of the password.
    fingerprint TEXT NOT NULL,
    limit_bytes BIGINT NOT NULL,
    stored_bytes BIGINT NOT NULL DEFAULT 0,
    -- The hour of the day in UTC; none: only when somebody asks.
    hour BIGINT,
    -- JSON.
    keep TEXT NOT NULL,
    -- When the schedule was last followed.
    scheduled_at BIGINT NOT NULL,
    failure TEXT,
    failed_at BIGINT,
    -- Whether there is something to tidy.
    untidy BIGINT NOT NULL DEFAULT 0,
    kept_until BIGINT,
    created_at BIGINT NOT NULL
);

CREATE INDEX vault_account ON vault (account_id, id);

CREATE TABLE backup (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    vault_id BIGINT NOT NULL REFERENCES vault (id) ON DELETE CASCADE,
    -- 64 hexadecimal digits.
    snapshot TEXT NOT NULL,
    at BIGINT NOT NULL,
    files BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    added_bytes BIGINT NOT NULL,
    template TEXT NOT NULL,
    removing BIGINT NOT NULL DEFAULT 0,
    tested_at BIGINT,
    test TEXT
);

CREATE INDEX backup_vault ON backup (vault_id, id);
