-- compatible with: 0006_compatible_versions.sql
-- Older versions go on creating, reading and revoking keys. To them every key is like any other, also one that has expired.

-- Admin keys may manage keys. Of the keys that exist already, the first one may: the operator has it.
ALTER TABLE api_keys ADD COLUMN admin boolean NOT NULL DEFAULT false;
-- When the key stops being valid; null: never.
ALTER TABLE api_keys ADD COLUMN expires_at timestamptz(3);
-- The key of a session of the console. It is deleted some time after its end.
ALTER TABLE api_keys ADD COLUMN session boolean NOT NULL DEFAULT false;
UPDATE api_keys SET admin = true WHERE id = (SELECT min(id) FROM api_keys);

-- Codes that open a session of the console: only their SHA-256 is stored. A code is deleted when it is used.
CREATE TABLE sign_in_codes (
  hash bytea PRIMARY KEY,
  expires_at timestamptz(3) NOT NULL
);

-- Views that the users of the console have saved. The state is the console's own.
CREATE TABLE console_views (
  uuid uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- The holder of the key that created it; see KeyHolder. No foreign key: keys of the environment are not in the database.
  holder text NOT NULL,
  name text NOT NULL,
  service text NOT NULL CHECK (service IN ('company', 'contact')),
  state jsonb NOT NULL,
  shared boolean NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX console_views_holder ON console_views (holder);
