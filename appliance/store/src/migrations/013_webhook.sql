CREATE TABLE webhook (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    url TEXT NOT NULL,
    -- Names of events, or patterns of them; a JSON list.
    events TEXT NOT NULL,
    -- Sealed with the key that lies outside the database.
    secret TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- Events in a row that were given up.
    given_up BIGINT NOT NULL,
    -- When the receiver last accepted one.
    delivered_at BIGINT,
    paused_at BIGINT,
    paused_reason TEXT
);

CREATE INDEX webhook_account ON webhook (account_id, id);

CREATE TABLE delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook_id BIGINT NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    -- The account of the webhook.
    account_id BIGINT NOT NULL,
    event TEXT NOT NULL,
    -- When it happened.
    at BIGINT NOT NULL,
    -- What the receiver is told, as a JSON object.
    told TEXT NOT NULL,
    state TEXT NOT NULL,
    -- Since when it waits: it is tried for a day from then on.
    queued_at BIGINT NOT NULL,
    -- Not tried before.
    next_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    tried_at BIGINT,
    -- The HTTP status of the last answer.
    code BIGINT,
    duration_ms BIGINT,
    -- Why the last attempt was none that counts.
    problem TEXT
);

CREATE INDEX delivery_waiting ON delivery (webhook_id, id) WHERE state = 'waiting';

CREATE INDEX delivery_account ON delivery (account_id, id);

CREATE INDEX delivery_webhook ON delivery (webhook_id, id);

CREATE INDEX delivery_queued ON delivery (queued_at);
