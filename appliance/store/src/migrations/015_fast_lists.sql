-- How many servers have a profile, and which: without reading every server.
CREATE INDEX server_profile ON server (profile);
