-- What is searched for by any part of it; see search/trigram.rs. SQLite alone: PostgreSQL has an index for this (pg_trgm).
CREATE VIRTUAL TABLE server_text USING fts5(words, tokenize = 'trigram');

CREATE VIRTUAL TABLE job_text USING fts5(words, tokenize = 'trigram');

CREATE VIRTUAL TABLE person_text USING fts5(words, tokenize = 'trigram');

CREATE VIRTUAL TABLE account_text USING fts5(words, tokenize = 'trigram');

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

INSERT INTO server_text (rowid, words) SELECT id, words FROM server_words;

INSERT INTO job_text (rowid, words) SELECT id, title FROM job;

INSERT INTO person_text (rowid, words) SELECT id, name FROM person;

INSERT INTO account_text (rowid, words) SELECT id, name || char(10) || title FROM account;
