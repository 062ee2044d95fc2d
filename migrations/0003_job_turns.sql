-- Who waits for whom, how often a job had to wait for room, and how fast it is.
ALTER TABLE jobs
  -- Bytes of the file that is read or written, about; 0: not known.
  ADD COLUMN size bigint NOT NULL DEFAULT 0,
  -- Waiting jobs are taken up in this order: the time of creation, and for each 5 MB of size a second.
  ADD COLUMN turn timestamptz NOT NULL DEFAULT now(),
  -- Times in a row that the database or a disk had no room for it, without a new checkpoint.
  ADD COLUMN setbacks int NOT NULL DEFAULT 0,
  -- Rows read before this claim: what it has read since tells how fast it is.
  ADD COLUMN rows_before bigint NOT NULL DEFAULT 0;
DROP INDEX jobs_waiting;
CREATE INDEX jobs_waiting ON jobs (turn, id) WHERE status IN ('open', 'retry_in_queued');
CREATE INDEX jobs_failed ON jobs (updated_at) WHERE status = 'failed';

-- As before; what the job waited for is over.
CREATE OR REPLACE FUNCTION checkpoint_job(held bigint, new_checkpoint jsonb, new_progress jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE jobs SET checkpoint = new_checkpoint, progress = new_progress, deaths = 0, setbacks = 0, updated_at = now(),
    job_response = CASE WHEN setbacks > 0 THEN job_response - 'messages' ELSE job_response END
  WHERE claim = held;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the claim % on a job is lost', held USING ERRCODE = 'JOB01';
  END IF;
END $$;
