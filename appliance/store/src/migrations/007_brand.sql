-- White label. `logo` is the SHA-256 of `png`, a file in base64.
CREATE TABLE brand (
    account_id BIGINT PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    title TEXT,
    accent TEXT,
    host TEXT UNIQUE,
    logo TEXT,
    png TEXT
);
CREATE INDEX brand_logo ON brand (logo);
