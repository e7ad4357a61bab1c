-- An export over NFS. Its number names its place on servers, and is never given again.
CREATE TABLE nas (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    purpose TEXT NOT NULL,
    address TEXT NOT NULL,
    path TEXT NOT NULL,
    version TEXT NOT NULL,
    -- The directory of this Control Center on it.
    directory TEXT NOT NULL,
    -- What may be promised of it, in MiB; none: nobody counts.
    capacity_mib BIGINT,
    created_at BIGINT NOT NULL
);

-- Where its disk is; none: on its server.
ALTER TABLE private_server ADD COLUMN nas_id BIGINT REFERENCES nas (id);

-- Counted up whenever another server may use its disk on a NAS.
ALTER TABLE private_server ADD COLUMN epoch BIGINT NOT NULL DEFAULT 1;

-- The lowest is restarted first.
ALTER TABLE private_server ADD COLUMN priority BIGINT NOT NULL DEFAULT 5;

CREATE INDEX private_server_nas ON private_server (nas_id) WHERE nas_id IS NOT NULL;

-- Files that it reads.
CREATE TABLE private_server_share (
    private_server_id BIGINT NOT NULL REFERENCES private_server (id) ON DELETE CASCADE,
    -- Where they appear inside.
    at TEXT NOT NULL,
    nas_id BIGINT NOT NULL REFERENCES nas (id),
    PRIMARY KEY (private_server_id, at)
);

CREATE INDEX private_server_share_nas ON private_server_share (nas_id);

-- A server that does not answer, and whose private servers on a NAS are to run elsewhere.
CREATE TABLE failover (
    server_id BIGINT PRIMARY KEY REFERENCES server (id) ON DELETE CASCADE,
    stage TEXT NOT NULL,
    since BIGINT NOT NULL,
    -- What keeps it from going on, in a sentence.
    reason TEXT,
    fenced_at BIGINT,
    -- Who said that it is off; none: its BMC.
    fenced_by TEXT
);
