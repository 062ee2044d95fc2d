/** What the worker hands to the code of a job, and what it gets back. */
import type { Database } from '../../database/pool.ts'
import type { ObjectStore } from '../../files/object-store.ts'
import type { Log } from '../../runtime/log.ts'
import type { SearchEngine } from '../../search/engine.ts'

/** Rows and bytes since the job began, over all its runs. Null: not known. */
export interface Progress {
  readonly rowsRead: number
  readonly rowsTotal: number | null
  readonly rowsStored: number
  readonly rowsRejected: number
  readonly bytesRead: number
  readonly bytesTotal: number | null
}

/** What a finished job says. */
export interface JobResponse {
  /** One sentence for people. */
  readonly messages: string
  /** `ERR_CODE: message` each. */
  readonly runtimeErrors?: readonly string[]
  /** The file that an export wrote. */
  readonly s3Key?: string
  /** The file of the rows that an import could not take. */
  readonly rejectsS3Key?: string
  /** The file of what an import did not take of the rows it stored. */
  readonly warningsS3Key?: string
  /** What else there is to say: plain JSON whose names (snake_case) stand in `job_response` beside the above. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** A job in a worker's hand. `claim` is its fencing token: what it writes counts only while the job has this claim. */
export interface ClaimedJob {
  readonly uuid: string
  readonly claim: number
  readonly jobType: string
  /** Of the file that is read or written, about; 0: not known. */
  readonly sizeBytes: number
  /** As it was validated when the job was created. */
  readonly data: Readonly<Record<string, unknown>>
  /** What the last committed `checkpointSql` was given, by this run or an earlier one; null: from the beginning. */
  readonly checkpoint: unknown
  /** As of that checkpoint. */
  readonly progress: Progress
}

export interface JobContext {
  readonly job: ClaimedJob
  readonly database: Database
  /** The engine of this process; null in one without. */
  readonly engine: SearchEngine | null
  /** Opens the engine of a process that has one only when it needs it, and waits until it is ready; null: it has none. */
  readonly openEngine: (() => Promise<SearchEngine>) | null
  readonly store: ObjectStore
  /** Aborts when the worker stops, the job is cancelled or its claim is lost: then throw, soon. */
  readonly signal: AbortSignal
  readonly log: Log
  /**
   * A statement that stores the checkpoint (plain JSON) and the progress, to be sent in the transaction of the batch
   * they stand for. It raises, so that the batch is rolled back, when the job is someone else's by now. It locks the job's row:
   * send it last, with COMMIT.
   */
  checkpointSql(checkpoint: unknown, progress: Progress): string
  /** Shows progress between checkpoints (written at most once a second). Throws when the claim is lost. */
  report(progress: Progress): Promise<void>
}

/**
 * Does the work of one type of job. It may be killed and run again at any moment: everything it keeps goes through
 * `checkpointSql`. A file that it writes is the same in every run, or has a key of this run (unpublished-exports.ts) and is deleted when
 * the run does not complete the job. What cannot succeed on a retry is thrown as a ConnectraError of a status below 500; what passes by
 * itself (setback.ts) as it came, so that the job waits for it; anything else is retried.
 */
export type JobHandler = (context: JobContext) => Promise<JobResponse>
