CREATE TABLE rack (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    site TEXT,
    -- In units.
    height BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE placement (
    server_id BIGINT PRIMARY KEY REFERENCES server (id) ON DELETE CASCADE,
    rack_id BIGINT NOT NULL REFERENCES rack (id),
    -- The lowest unit that it fills; the lowest of a rack is 1.
    unit BIGINT NOT NULL,
    height BIGINT NOT NULL,
    UNIQUE (rack_id, unit)
);
