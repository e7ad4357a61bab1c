-- The passkeys of a person (W3C Web Authentication, level 3).
CREATE TABLE passkey (
    -- A name for people to point at.
    id TEXT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    -- The host name that it was made for; it works nowhere else.
    host TEXT NOT NULL,
    -- The id of the credential, in base64url.
    credential TEXT NOT NULL UNIQUE,
    -- A COSE_Key (RFC 9052), in base64url.
    public_key TEXT NOT NULL,
    -- What the authenticator counted up to at the last use; zero when it does not count.
    counter BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX passkey_person ON passkey (person_id);

-- Challenges that were answered, until they expire: each is taken once.
CREATE TABLE passkey_challenge (
    -- SHA-256 of the challenge.
    hash TEXT PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX passkey_challenge_expiry ON passkey_challenge (expires_at);
