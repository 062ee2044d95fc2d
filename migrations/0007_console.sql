-- compatible with: 0006_compatible_versions.sql
-- Older versions go on creating, reading and revoking keys. To them every key is like any other, also one that has expired, and
-- revoking a key does not end the sessions that it has opened.

-- Admin keys may manage keys. Of the keys that exist already, the one that the first start has put into a file of the operator may.
-- If it is revoked, or there was none because of API_KEYS, no key in the database may.
ALTER TABLE api_keys ADD COLUMN admin boolean NOT NULL DEFAULT false;
-- When the key stops being valid; null: never.
ALTER TABLE api_keys ADD COLUMN expires_at timestamptz(3);
-- The key of a session of the console. It is deleted some time after its end.
ALTER TABLE api_keys ADD COLUMN session boolean NOT NULL DEFAULT false;
-- The owner (see KeyHolder) who created the key or, of a session, opened it. Null: the command line, or the first start.
ALTER TABLE api_keys ADD COLUMN created_by text;
UPDATE api_keys SET admin = true WHERE id = (SELECT min(id) FROM api_keys WHERE name = 'first key' AND revoked_at IS NULL);

-- Codes that open a session of the console: only their SHA-256 is stored. A code is deleted when it is used.
CREATE TABLE sign_in_codes (
  hash bytea PRIMARY KEY,
  expires_at timestamptz(3) NOT NULL
);

-- Views that the users of the console have saved. The state is the console's own. It is kept as it was sent: jsonb would write
-- 1e308 as 309 digits.
CREATE TABLE console_views (
  uuid uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- The owner of the key that created it; see KeyHolder. No foreign key: keys of the environment are not in the database.
  holder text NOT NULL,
  name text NOT NULL,
  service text NOT NULL CHECK (service IN ('company', 'contact')),
  state json NOT NULL,
  shared boolean NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX console_views_holder ON console_views (holder);
