-- Whose people suspended a private server, or put it in quarantine, as a path of accounts: they and those above them lift it. Of
-- what was imposed before, nobody knows.
ALTER TABLE private_server ADD COLUMN suspended_by TEXT;

ALTER TABLE private_server ADD COLUMN quarantine_by TEXT;
