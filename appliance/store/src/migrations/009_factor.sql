-- The authenticator app of a person (RFC 6238).
CREATE TABLE totp (
    person_id BIGINT PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
    -- Sealed with the key that lies outside the database.
    secret TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- Nothing is asked before a first code has shown that the app holds the secret.
    confirmed_at BIGINT,
    -- The newest time step of which a code was taken: each code is taken once.
    last_step BIGINT NOT NULL,
    used_at BIGINT
);

CREATE TABLE recovery_code (
    person_id BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    -- SHA-256 of the code.
    hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (person_id, hash)
);
