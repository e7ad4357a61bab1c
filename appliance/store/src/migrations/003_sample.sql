CREATE TABLE sample (
    server_id BIGINT NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    -- Length of the span of time, in seconds; one of the rungs of the ladder.
    span_s BIGINT NOT NULL,
    -- When the span began.
    at BIGINT NOT NULL,
    -- How many of the shortest spans are in it.
    spans BIGINT NOT NULL,
    cpu_permille BIGINT,
    memory_bytes BIGINT NOT NULL,
    memory_used_bytes BIGINT NOT NULL,
    disk_bytes BIGINT NOT NULL,
    disk_used_bytes BIGINT NOT NULL,
    net_in_bytes_per_s BIGINT,
    net_out_bytes_per_s BIGINT,
    -- In this order a tick appends to one place for all servers, instead of touching one place for each.
    PRIMARY KEY (span_s, at, server_id)
);
