-- Whether those who provide a private server put it in quarantine: whoever has it does not release it then. Of one that is in
-- quarantine already nobody knows.
ALTER TABLE private_server ADD COLUMN quarantine_imposed BIGINT NOT NULL DEFAULT 0;

UPDATE private_server SET quarantine_imposed = quarantine;
