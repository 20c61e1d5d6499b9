-- What the client called itself at sign-in.
ALTER TABLE sessions ADD COLUMN client text;
