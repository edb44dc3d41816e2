SELECT pg_advisory_xact_lock(7777);
CREATE TABLE IF NOT EXISTS chat_author (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE IF NOT EXISTS chat_post (
  id int PRIMARY KEY, title text NOT NULL, body text NOT NULL,
  author_id int NOT NULL REFERENCES chat_author
);
CREATE TABLE IF NOT EXISTS chat_comment (
  id serial PRIMARY KEY, body text NOT NULL, post_id int NOT NULL REFERENCES chat_post
);
INSERT INTO chat_author VALUES (1, 'Ada'), (2, 'Grace') ON CONFLICT DO NOTHING;
INSERT INTO chat_post VALUES
  (1, 'Notes', 'On the engine that weaves algebra.', 1),
  (2, 'Bugs', 'A moth, taped into the log.', 2),
  (3, 'Compilers', 'Nobody believed it.', 2)
ON CONFLICT DO NOTHING;
