-- The order of waiting jobs, how often a job had to wait for space, and its speed.
ALTER TABLE jobs
  -- Approximate size in bytes of the file that is read or written; 0 if unknown.
  ADD COLUMN size bigint NOT NULL DEFAULT 0,
  -- Waiting jobs are claimed in this order: the time of creation, plus one second for each 5 MB of size.
  ADD COLUMN turn timestamptz NOT NULL DEFAULT now(),
  -- Consecutive times that the database or a disk had no space for it, without a new checkpoint.
  ADD COLUMN setbacks int NOT NULL DEFAULT 0,
  -- Rows read before this claim. The rows read since then give the speed.
  ADD COLUMN rows_before bigint NOT NULL DEFAULT 0;
DROP INDEX jobs_waiting;
CREATE INDEX jobs_waiting ON jobs (turn, id) WHERE status IN ('open', 'retry_in_queued');
CREATE INDEX jobs_failed ON jobs (updated_at) WHERE status = 'failed';

-- As before, and clears the message about what the job was waiting for.
CREATE OR REPLACE FUNCTION checkpoint_job(held bigint, new_checkpoint jsonb, new_progress jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE jobs SET checkpoint = new_checkpoint, progress = new_progress, deaths = 0, setbacks = 0, updated_at = now(),
    job_response = CASE WHEN setbacks > 0 THEN job_response - 'messages' ELSE job_response END
  WHERE claim = held;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the claim % on a job is lost', held USING ERRCODE = 'JOB01';
  END IF;
END $$;
