CREATE TABLE kept_answer (
    -- Who made the call: a person, or root on the Control Center.
    who TEXT NOT NULL,
    -- The idempotency key that the caller made up.
    key TEXT NOT NULL,
    -- HMAC-SHA-256 of action and input.
    input_mac TEXT NOT NULL,
    -- Sealed, because answers hold secrets. None while the call is under way.
    answer TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (who, key)
);

CREATE INDEX kept_answer_at ON kept_answer (at);

CREATE INDEX kept_answer_who_at ON kept_answer (who, at);
