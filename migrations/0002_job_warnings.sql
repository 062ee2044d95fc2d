-- Values that an import ignored in rows that it stored, kept with its checkpoint until the warnings file is written. The number
-- of each kind is limited; the checkpoint counts all of them.
CREATE TABLE job_warnings (
  job_uuid uuid NOT NULL REFERENCES jobs (uuid) ON DELETE CASCADE,
  line bigint NOT NULL,
  -- Position among the warnings of its row, from 0.
  place int NOT NULL,
  column_header text NOT NULL,
  field text,
  code text NOT NULL,
  value text NOT NULL,
  message text NOT NULL,
  PRIMARY KEY (job_uuid, line, place)
);
