-- Links by which somebody who forgot the password sets a new one.
CREATE TABLE reset_link (
    -- SHA-256 of what the link carries.
    hash TEXT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL
);
CREATE INDEX reset_link_person ON reset_link (person_id);

-- Mails that the mail server has not taken yet.
CREATE TABLE letter (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- To whom and what, sealed with the key that lies outside the database: a letter may carry a link that is as good as a
    -- password.
    sealed TEXT NOT NULL,
    -- When it is given up.
    expires_at BIGINT NOT NULL,
    -- When it is tried next.
    due_at BIGINT NOT NULL,
    tries BIGINT NOT NULL
);
CREATE INDEX letter_due ON letter (due_at);
