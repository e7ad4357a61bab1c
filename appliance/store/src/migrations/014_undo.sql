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
