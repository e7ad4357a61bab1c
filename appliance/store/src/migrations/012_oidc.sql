-- Providers outside by which people sign in (OpenID Connect Core 1.0).
CREATE TABLE oidc_provider (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    issuer TEXT NOT NULL,
    client_id TEXT NOT NULL,
    -- Sealed with the key that lies outside the database.
    client_secret TEXT,
    claim TEXT NOT NULL,
    -- New people are let in only when both are there.
    people_role TEXT,
    people_account_id BIGINT REFERENCES account (id) ON DELETE SET NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (account_id, name)
);

CREATE INDEX oidc_provider_people_account ON oidc_provider (people_account_id);

-- Who people are to a provider. A person is one there, and one there is one person.
CREATE TABLE oidc_identity (
    provider_id BIGINT NOT NULL REFERENCES oidc_provider (id) ON DELETE CASCADE,
    subject TEXT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    known_as TEXT,
    created_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (provider_id, subject),
    UNIQUE (person_id, provider_id)
);
