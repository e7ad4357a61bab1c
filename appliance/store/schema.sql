CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE person (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    signed_in_at BIGINT
, account_id BIGINT NOT NULL DEFAULT 1, email TEXT, private_server_id BIGINT REFERENCES private_server (id) ON DELETE SET NULL, login TEXT);

CREATE TABLE session (
    hash TEXT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
, id TEXT NOT NULL DEFAULT '', origin TEXT NOT NULL DEFAULT '', address TEXT, seen_at BIGINT, acting_as BIGINT REFERENCES person (id) ON DELETE CASCADE);

CREATE TABLE token (
    hash TEXT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT, permissions TEXT,
    UNIQUE (person_id, name)
);

CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    origin TEXT NOT NULL,
    action TEXT NOT NULL,
    input TEXT NOT NULL,
    result TEXT NOT NULL
, account_id BIGINT NOT NULL DEFAULT 1, behind TEXT);

CREATE TABLE network (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    subnet TEXT NOT NULL
);

CREATE TABLE lease (
    mac TEXT PRIMARY KEY,
    address TEXT NOT NULL UNIQUE,
    network_id BIGINT NOT NULL REFERENCES network (id) ON DELETE CASCADE,
    until BIGINT NOT NULL
);

CREATE TABLE declined (
    address TEXT PRIMARY KEY,
    until BIGINT NOT NULL
);

CREATE TABLE image (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    os TEXT NOT NULL,
    arch TEXT NOT NULL,
    format TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    unpacked_bytes BIGINT NOT NULL,
    added_at BIGINT NOT NULL,
    verified_at BIGINT,
    broken TEXT
, purpose TEXT NOT NULL DEFAULT 'server');

CREATE TABLE profile (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    image TEXT NOT NULL,
    spec TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE server (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    reason TEXT,
    -- 1 when an operator announced or accepted it.
    approved BIGINT NOT NULL,
    bmc_address TEXT,
    bmc_user TEXT,
    -- Encrypted with the key beside the database.
    bmc_secret TEXT,
    inventory TEXT,
    inventory_at BIGINT,
    address TEXT,
    profile TEXT,
    agent TEXT,
    -- The boot that it was last given a script for.
    boot TEXT,
    seen_at BIGINT,
    created_at BIGINT NOT NULL
, account_id BIGINT NOT NULL DEFAULT 1);

CREATE TABLE server_mac (
    mac TEXT PRIMARY KEY,
    server_id BIGINT NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    position BIGINT NOT NULL
);

CREATE INDEX server_mac_server ON server_mac (server_id);

CREATE TABLE boot_record (
    server_id BIGINT NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    stage TEXT NOT NULL,
    at BIGINT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (server_id, stage)
);

CREATE TABLE job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    input TEXT NOT NULL,
    state TEXT NOT NULL,
    step TEXT NOT NULL,
    progress_permille BIGINT NOT NULL,
    server_id BIGINT REFERENCES server (id) ON DELETE CASCADE,
    started_by TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    reason TEXT,
    cancel_asked BIGINT NOT NULL
, account_id BIGINT NOT NULL DEFAULT 1);

CREATE INDEX job_server ON job (server_id);

CREATE INDEX job_state ON job (state);

CREATE TABLE job_line (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id BIGINT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    text TEXT NOT NULL
);

CREATE INDEX job_line_job ON job_line (job_id, id);

CREATE TABLE install (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    server_id BIGINT NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    job_id BIGINT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    profile TEXT NOT NULL,
    -- The profile as it was when the install was ordered.
    spec TEXT NOT NULL,
    image TEXT NOT NULL,
    phase TEXT NOT NULL,
    phase_since BIGINT NOT NULL,
    -- The boot of the provisioning environment that got the order.
    boot TEXT,
    token_hash TEXT UNIQUE,
    token_expires_at BIGINT,
    -- SHA-256 of the public key that redeemed the token.
    token_key TEXT,
    certificate TEXT,
    reason TEXT,
    started_at BIGINT NOT NULL,
    ended_at BIGINT
);

CREATE INDEX install_server ON install (server_id);

CREATE UNIQUE INDEX install_active ON install (server_id) WHERE ended_at IS NULL;

CREATE TABLE certificate (
    fingerprint TEXT PRIMARY KEY,
    server_id BIGINT NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    issued_at BIGINT NOT NULL,
    revoked_at BIGINT
);

CREATE INDEX certificate_server ON certificate (server_id);

CREATE TABLE account (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    parent_id BIGINT REFERENCES account (id),
    name TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    tier TEXT NOT NULL,
    path TEXT NOT NULL UNIQUE,
    suspended_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE INDEX account_parent ON account (parent_id);

CREATE INDEX person_account ON person (account_id, name);

CREATE INDEX server_account ON server (account_id, name);

CREATE INDEX job_account ON job (account_id, id);

CREATE INDEX audit_account ON audit (account_id, id);

CREATE INDEX audit_actor ON audit (actor, id);

CREATE INDEX audit_action ON audit (action, id);

CREATE INDEX session_person ON session (person_id);

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

CREATE INDEX server_state_name ON server (state, name);

CREATE INDEX server_state ON server (state, id);

CREATE INDEX server_seen ON server ((COALESCE(seen_at, 0)), id);

CREATE INDEX server_created ON server (created_at, id);

CREATE INDEX server_account_state ON server (account_id, state);

CREATE INDEX person_created ON person (created_at, id);

CREATE INDEX account_created ON account (created_at, id);

CREATE INDEX placement_rack ON placement (rack_id);

CREATE INDEX job_running ON job (server_id) WHERE ended_at IS NULL;

CREATE INDEX audit_account_action ON audit (account_id, action, id);

CREATE VIRTUAL TABLE server_text USING fts5(words, tokenize = 'trigram');

CREATE TABLE 'server_text_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'server_text_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE 'server_text_content'(id INTEGER PRIMARY KEY, c0);

CREATE TABLE 'server_text_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'server_text_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE VIRTUAL TABLE job_text USING fts5(words, tokenize = 'trigram');

CREATE TABLE 'job_text_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'job_text_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE 'job_text_content'(id INTEGER PRIMARY KEY, c0);

CREATE TABLE 'job_text_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'job_text_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE VIRTUAL TABLE person_text USING fts5(words, tokenize = 'trigram');

CREATE TABLE 'person_text_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'person_text_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE 'person_text_content'(id INTEGER PRIMARY KEY, c0);

CREATE TABLE 'person_text_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'person_text_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE VIRTUAL TABLE account_text USING fts5(words, tokenize = 'trigram');

CREATE TABLE 'account_text_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'account_text_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE 'account_text_content'(id INTEGER PRIMARY KEY, c0);

CREATE TABLE 'account_text_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'account_text_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE VIEW server_words AS SELECT server.id AS id, name || char(10) || COALESCE(address, '') || char(10) || COALESCE(bmc_address, '')
    || char(10) || COALESCE((SELECT group_concat(mac, char(10)) FROM server_mac WHERE server_id = server.id), '') AS words
    FROM server;

CREATE TRIGGER server_text_insert AFTER INSERT ON server BEGIN
    INSERT INTO server_text (rowid, words) SELECT id, words FROM server_words WHERE id = new.id;
END;

CREATE TRIGGER server_text_update AFTER UPDATE OF name, address, bmc_address ON server
WHEN old.name IS NOT new.name OR old.address IS NOT new.address OR old.bmc_address IS NOT new.bmc_address BEGIN
    UPDATE server_text SET words = (SELECT words FROM server_words WHERE id = new.id) WHERE rowid = new.id;
END;

CREATE TRIGGER server_text_delete AFTER DELETE ON server BEGIN
    DELETE FROM server_text WHERE rowid = old.id;
END;

CREATE TRIGGER server_text_mac_insert AFTER INSERT ON server_mac BEGIN
    UPDATE server_text SET words = (SELECT words FROM server_words WHERE id = new.server_id) WHERE rowid = new.server_id;
END;

CREATE TRIGGER server_text_mac_delete AFTER DELETE ON server_mac
WHEN EXISTS (SELECT 1 FROM server WHERE id = old.server_id) BEGIN
    UPDATE server_text SET words = (SELECT words FROM server_words WHERE id = old.server_id) WHERE rowid = old.server_id;
END;

CREATE TRIGGER job_text_insert AFTER INSERT ON job BEGIN
    INSERT INTO job_text (rowid, words) VALUES (new.id, new.title);
END;

CREATE TRIGGER job_text_delete AFTER DELETE ON job BEGIN
    DELETE FROM job_text WHERE rowid = old.id;
END;

CREATE TRIGGER person_text_insert AFTER INSERT ON person BEGIN
    INSERT INTO person_text (rowid, words) VALUES (new.id, new.name);
END;

CREATE TRIGGER person_text_delete AFTER DELETE ON person BEGIN
    DELETE FROM person_text WHERE rowid = old.id;
END;

CREATE TRIGGER account_text_insert AFTER INSERT ON account BEGIN
    INSERT INTO account_text (rowid, words) VALUES (new.id, new.name || char(10) || new.title);
END;

CREATE TRIGGER account_text_update AFTER UPDATE OF name, title ON account BEGIN
    UPDATE account_text SET words = new.name || char(10) || new.title WHERE rowid = new.id;
END;

CREATE TRIGGER account_text_delete AFTER DELETE ON account BEGIN
    DELETE FROM account_text WHERE rowid = old.id;
END;

CREATE TABLE brand (
    account_id BIGINT PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    title TEXT,
    accent TEXT,
    host TEXT UNIQUE,
    logo TEXT,
    png TEXT
);

CREATE INDEX brand_logo ON brand (logo);

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

CREATE TABLE reset_link (
    -- SHA-256 of what the link carries.
    hash TEXT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL
);

CREATE INDEX reset_link_person ON reset_link (person_id);

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

CREATE TABLE passkey_challenge (
    -- SHA-256 of the challenge.
    hash TEXT PRIMARY KEY,
    expires_at BIGINT NOT NULL
);

CREATE INDEX passkey_challenge_expiry ON passkey_challenge (expires_at);

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

CREATE TABLE undo (
    audit_id BIGINT PRIMARY KEY REFERENCES audit (id),
    at BIGINT NOT NULL,
    -- Who made the change: only the newest of one's own is taken back unnamed.
    actor TEXT NOT NULL,
    -- The action that takes it back, with its input; it holds no secret.
    action TEXT NOT NULL,
    input TEXT NOT NULL,
    -- What was changed, and how it was left, in JSON: taken back only while it is still so.
    thing TEXT NOT NULL,
    state TEXT NOT NULL,
    -- The change that this one took back.
    undoes BIGINT,
    -- The change by which this one was taken back.
    undone_by BIGINT
);

CREATE INDEX undo_actor ON undo (actor, audit_id);

CREATE INDEX undo_at ON undo (at);

CREATE INDEX server_profile ON server (profile);

CREATE TABLE private_server (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Names its users, files and cable on its server. Of the free ones the lowest is given.
    number BIGINT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    server_id BIGINT NOT NULL REFERENCES server (id),
    account_id BIGINT NOT NULL REFERENCES account (id),
    -- The image that it begins with, as it was then.
    template TEXT NOT NULL,
    template_sha256 TEXT NOT NULL,
    template_bytes BIGINT NOT NULL,
    template_unpacked_bytes BIGINT NOT NULL,
    -- JSON.
    size TEXT NOT NULL,
    address TEXT UNIQUE,
    address_v6 TEXT UNIQUE,
    mac TEXT NOT NULL UNIQUE,
    -- JSON: keys of root, and a crypt(5) hash.
    access TEXT NOT NULL,
    power TEXT NOT NULL,
    suspended BIGINT NOT NULL DEFAULT 0,
    removing BIGINT NOT NULL DEFAULT 0,
    quarantine BIGINT NOT NULL DEFAULT 0,
    -- Counted up by a rebuild, by a reboot, and by every change.
    edition BIGINT NOT NULL DEFAULT 0,
    boots BIGINT NOT NULL DEFAULT 0,
    generation BIGINT NOT NULL DEFAULT 1,
    -- What its server saw last, and of which generation.
    phase TEXT,
    phase_generation BIGINT,
    reason TEXT,
    progress BIGINT,
    seen_at BIGINT,
    created_at BIGINT NOT NULL
, origin_number BIGINT, nas_id BIGINT REFERENCES nas (id), epoch BIGINT NOT NULL DEFAULT 1, priority BIGINT NOT NULL DEFAULT 5, quarantine_imposed BIGINT NOT NULL DEFAULT 0, suspended_by TEXT, quarantine_by TEXT);

CREATE INDEX private_server_server ON private_server (server_id, name);

CREATE INDEX private_server_account ON private_server (account_id, name);

CREATE INDEX private_server_behind ON private_server (id) WHERE phase_generation IS NULL OR phase_generation < generation;

CREATE TABLE private_server_usage (
    private_server_id BIGINT NOT NULL,
    -- When the span began.
    at BIGINT NOT NULL,
    -- Whose it was then.
    account_id BIGINT NOT NULL,
    span_ms BIGINT NOT NULL,
    cpu_us BIGINT NOT NULL,
    memory_bytes BIGINT NOT NULL,
    disk_bytes BIGINT NOT NULL,
    in_bytes BIGINT NOT NULL,
    out_bytes BIGINT NOT NULL,
    PRIMARY KEY (private_server_id, at)
);

CREATE INDEX private_server_usage_at ON private_server_usage (at);

CREATE TABLE server_room (
    server_id BIGINT PRIMARY KEY REFERENCES server (id) ON DELETE CASCADE,
    room TEXT NOT NULL,
    at BIGINT NOT NULL
);

CREATE VIRTUAL TABLE private_server_text USING fts5(words, tokenize = 'trigram');

CREATE TABLE 'private_server_text_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'private_server_text_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE 'private_server_text_content'(id INTEGER PRIMARY KEY, c0);

CREATE TABLE 'private_server_text_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'private_server_text_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TRIGGER private_server_text_insert AFTER INSERT ON private_server BEGIN
    INSERT INTO private_server_text (rowid, words)
    VALUES (new.id, new.name || char(10) || COALESCE(new.address, '') || char(10) || COALESCE(new.address_v6, ''));
END;

CREATE TRIGGER private_server_text_update AFTER UPDATE OF name ON private_server WHEN old.name IS NOT new.name BEGIN
    UPDATE private_server_text
    SET words = new.name || char(10) || COALESCE(new.address, '') || char(10) || COALESCE(new.address_v6, '')
    WHERE rowid = new.id;
END;

CREATE TRIGGER private_server_text_delete AFTER DELETE ON private_server BEGIN
    DELETE FROM private_server_text WHERE rowid = old.id;
END;

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

CREATE TABLE private_server_away (
    server_id BIGINT NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    -- JSON.
    wanted TEXT NOT NULL,
    -- What the server said of them, in JSON.
    seen TEXT,
    PRIMARY KEY (server_id, number)
);

CREATE TABLE private_server_snapshot (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    private_server_id BIGINT NOT NULL REFERENCES private_server (id) ON DELETE CASCADE,
    -- making, kept, removing
    state TEXT NOT NULL,
    note TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- What it takes of its server's disk; the most that it can be until it is made.
    mib BIGINT NOT NULL,
    -- JSON: the template below its files.
    template TEXT NOT NULL
);

CREATE INDEX private_server_snapshot_of ON private_server_snapshot (private_server_id, id);

CREATE TABLE vault (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Its folder at the Control Center, and its name in addresses.
    folder TEXT NOT NULL UNIQUE,
    account_id BIGINT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    -- None: it is gone.
    private_server_id BIGINT UNIQUE,
    -- The name that it had last.
    name TEXT NOT NULL,
    -- Sealed: what opens the backups, and what opens the door to them.
    secret_key TEXT NOT NULL,
    password TEXT NOT NULL,
    -- SHA-256 of the password.
    fingerprint TEXT NOT NULL,
    limit_bytes BIGINT NOT NULL,
    stored_bytes BIGINT NOT NULL DEFAULT 0,
    -- The hour of the day in UTC; none: only when somebody asks.
    hour BIGINT,
    -- JSON.
    keep TEXT NOT NULL,
    -- When the schedule was last followed.
    scheduled_at BIGINT NOT NULL,
    failure TEXT,
    failed_at BIGINT,
    -- Whether there is something to tidy.
    untidy BIGINT NOT NULL DEFAULT 0,
    kept_until BIGINT,
    created_at BIGINT NOT NULL
);

CREATE INDEX vault_account ON vault (account_id, id);

CREATE TABLE backup (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    vault_id BIGINT NOT NULL REFERENCES vault (id) ON DELETE CASCADE,
    -- 64 hexadecimal digits.
    snapshot TEXT NOT NULL,
    at BIGINT NOT NULL,
    files BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    added_bytes BIGINT NOT NULL,
    template TEXT NOT NULL,
    removing BIGINT NOT NULL DEFAULT 0,
    tested_at BIGINT,
    test TEXT
);

CREATE INDEX backup_vault ON backup (vault_id, id);

CREATE TABLE nas (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    purpose TEXT NOT NULL,
    address TEXT NOT NULL,
    path TEXT NOT NULL,
    version TEXT NOT NULL,
    -- The directory of this Control Center on it.
    directory TEXT NOT NULL,
    -- What may be promised of it, in MiB; none: nobody counts.
    capacity_mib BIGINT,
    created_at BIGINT NOT NULL
);

CREATE INDEX private_server_nas ON private_server (nas_id) WHERE nas_id IS NOT NULL;

CREATE TABLE private_server_share (
    private_server_id BIGINT NOT NULL REFERENCES private_server (id) ON DELETE CASCADE,
    -- Where they appear inside.
    at TEXT NOT NULL,
    nas_id BIGINT NOT NULL REFERENCES nas (id),
    PRIMARY KEY (private_server_id, at)
);

CREATE INDEX private_server_share_nas ON private_server_share (nas_id);

CREATE TABLE failover (
    server_id BIGINT PRIMARY KEY REFERENCES server (id) ON DELETE CASCADE,
    stage TEXT NOT NULL,
    since BIGINT NOT NULL,
    -- What keeps it from going on, in a sentence.
    reason TEXT,
    fenced_at BIGINT,
    -- Who said that it is off; none: its BMC.
    fenced_by TEXT
);

CREATE INDEX person_private_server ON person (private_server_id) WHERE private_server_id IS NOT NULL;
