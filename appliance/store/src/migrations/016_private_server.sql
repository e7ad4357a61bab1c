ALTER TABLE image ADD COLUMN purpose TEXT NOT NULL DEFAULT 'server';

CREATE TABLE private_server (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Names its users, files and cable on its server. Of the free ones the lowest is given.
    number BIGINT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    server_id BIGINT NOT NULL REFERENCES server (id),
    account_id BIGINT NOT NULL REFERENCES account (id),
    -- The image that it begins with, as it was then.
    template TEXT NOT NULL,
    template_sha256 TEXT NOT NULL,
    template_bytes BIGINT NOT NULL,
    template_unpacked_bytes BIGINT NOT NULL,
    -- JSON.
    size TEXT NOT NULL,
    address TEXT UNIQUE,
    address_v6 TEXT UNIQUE,
    mac TEXT NOT NULL UNIQUE,
    -- JSON: keys of root, and a crypt(5) hash.
    access TEXT NOT NULL,
    power TEXT NOT NULL,
    suspended BIGINT NOT NULL DEFAULT 0,
    removing BIGINT NOT NULL DEFAULT 0,
    quarantine BIGINT NOT NULL DEFAULT 0,
    -- Counted up by a rebuild, by a reboot, and by every change.
    edition BIGINT NOT NULL DEFAULT 0,
    boots BIGINT NOT NULL DEFAULT 0,
    generation BIGINT NOT NULL DEFAULT 1,
    -- What its server saw last, and of which generation.
    phase TEXT,
    phase_generation BIGINT,
    reason TEXT,
    progress BIGINT,
    seen_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE INDEX private_server_server ON private_server (server_id, name);

CREATE INDEX private_server_account ON private_server (account_id, name);

CREATE INDEX private_server_behind ON private_server (id) WHERE phase_generation IS NULL OR phase_generation < generation;

-- Bills are made of it: it stays when the private server goes.
CREATE TABLE private_server_usage (
    private_server_id BIGINT NOT NULL,
    -- When the span began.
    at BIGINT NOT NULL,
    -- Whose it was then.
    account_id BIGINT NOT NULL,
    span_ms BIGINT NOT NULL,
    cpu_us BIGINT NOT NULL,
    memory_bytes BIGINT NOT NULL,
    disk_bytes BIGINT NOT NULL,
    in_bytes BIGINT NOT NULL,
    out_bytes BIGINT NOT NULL,
    PRIMARY KEY (private_server_id, at)
);

CREATE INDEX private_server_usage_at ON private_server_usage (at);

-- What a server last said that it can give to private servers, in JSON.
CREATE TABLE server_room (
    server_id BIGINT PRIMARY KEY REFERENCES server (id) ON DELETE CASCADE,
    room TEXT NOT NULL,
    at BIGINT NOT NULL
);

-- See search/trigram.rs.
CREATE VIRTUAL TABLE private_server_text USING fts5(words, tokenize = 'trigram');

CREATE TRIGGER private_server_text_insert AFTER INSERT ON private_server BEGIN
    INSERT INTO private_server_text (rowid, words)
    VALUES (new.id, new.name || char(10) || COALESCE(new.address, '') || char(10) || COALESCE(new.address_v6, ''));
END;

CREATE TRIGGER private_server_text_update AFTER UPDATE OF name ON private_server WHEN old.name IS NOT new.name BEGIN
    UPDATE private_server_text
    SET words = new.name || char(10) || COALESCE(new.address, '') || char(10) || COALESCE(new.address_v6, '')
    WHERE rowid = new.id;
END;

CREATE TRIGGER private_server_text_delete AFTER DELETE ON private_server BEGIN
    DELETE FROM private_server_text WHERE rowid = old.id;
END;
