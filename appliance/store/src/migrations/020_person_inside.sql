-- The one private server that a person works on, and the user inside whose files they are.
ALTER TABLE person ADD COLUMN private_server_id BIGINT REFERENCES private_server (id) ON DELETE SET NULL;

ALTER TABLE person ADD COLUMN login TEXT;

CREATE INDEX person_private_server ON person (private_server_id) WHERE private_server_id IS NOT NULL;
