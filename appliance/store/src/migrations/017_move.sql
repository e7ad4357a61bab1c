-- A private server on its way to another server. One that is over stays with its job.
CREATE TABLE private_server_move (
    job_id BIGINT PRIMARY KEY REFERENCES job (id) ON DELETE CASCADE,
    private_server_id BIGINT NOT NULL REFERENCES private_server (id) ON DELETE CASCADE,
    from_id BIGINT NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    to_id BIGINT NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    stage TEXT NOT NULL,
    stage_since BIGINT NOT NULL,
    -- When it was told to stop.
    stopped_at BIGINT
);

CREATE UNIQUE INDEX private_server_move_active ON private_server_move (private_server_id)
WHERE stage NOT IN ('done', 'aborted');

-- What is wanted of private servers on servers that they do not belong to: files that are on their way, or left behind.
CREATE TABLE private_server_away (
    server_id BIGINT NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    -- JSON.
    wanted TEXT NOT NULL,
    -- What the server said of them, in JSON.
    seen TEXT,
    PRIMARY KEY (server_id, number)
);
