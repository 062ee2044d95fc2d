/** What a worker passes to the handler of a job, and what the handler returns. */
import type { Database } from '../../database/pool.ts'
import type { ObjectStore } from '../../files/object-store.ts'
import type { Log } from '../../runtime/log.ts'
import type { SearchEngine } from '../../search/engine.ts'

/** Rows and bytes of all runs of the job. Null means unknown. */
export interface Progress {
  readonly rowsRead: number
  readonly rowsTotal: number | null
  readonly rowsStored: number
  readonly rowsRejected: number
  readonly bytesRead: number
  readonly bytesTotal: number | null
}

/** The result of a finished job. */
export interface JobResponse {
  /** One sentence for people. */
  readonly messages: string
  /** Each in the form `ERR_CODE: message`. */
  readonly runtimeErrors?: readonly string[]
  /** The file that an export wrote. */
  readonly s3Key?: string
  /** The file of rows that an import rejected. */
  readonly rejectsS3Key?: string
  /** The file of warnings on the rows that an import stored. */
  readonly warningsS3Key?: string
  /** The position in the feed of the last write before the job was completed. Searches at this position show what it has stored. */
  readonly seq?: number
  /** More results: plain JSON with names in snake_case, merged into `job_response`. */
  readonly details?: Readonly<Record<string, unknown>>
}

/**
 * A job claimed by a worker. `claim` is the fencing token: writes take effect only while the job still has this claim.
 */
export interface ClaimedJob {
  readonly uuid: string
  readonly claim: number
  readonly jobType: string
  /** The approximate size of the file that is read or written; 0 if unknown. */
  readonly sizeBytes: number
  /** As it was validated when the job was created. */
  readonly data: Readonly<Record<string, unknown>>
  /** The checkpoint last committed by an earlier run; null to start from the beginning. */
  readonly checkpoint: unknown
  /** The progress at that checkpoint. */
  readonly progress: Progress
}

export interface JobContext {
  readonly job: ClaimedJob
  readonly database: Database
  /** The engine of this process, or null if it has none open. */
  readonly engine: SearchEngine | null
  /** Opens the engine on demand and waits until it is ready. Null in a process that cannot open one. */
  readonly openEngine: (() => Promise<SearchEngine>) | null
  readonly store: ObjectStore
  /** Aborts when the worker stops, the job is cancelled or its claim is lost. The handler must then throw soon. */
  readonly signal: AbortSignal
  readonly log: Log
  /**
   * Returns a statement that stores the checkpoint (plain JSON) and the progress. Send it in the transaction of the batch
   * they describe. If another worker has the job by now, it raises an error, so that the batch is rolled back. It locks the
   * job's row, so send it last, together with COMMIT.
   */
  checkpointSql(checkpoint: unknown, progress: Progress): string
  /** Reports progress between checkpoints, written at most once a second. Throws if the claim is lost. */
  report(progress: Progress): Promise<void>
}

/**
 * Does the work of one type of job. It may be killed and run again at any moment, so all its state goes through
 * `checkpointSql`. A file that it writes is either the same in every run, or has a key of this run (unpublished-exports.ts)
 * and is deleted if the run does not complete the job.
 *
 * Errors: throw a ConnectraError with a status below 500 if a retry cannot succeed. Pass on temporary errors (setback.ts)
 * unchanged, so that the job waits. Any other error is retried.
 */
export type JobHandler = (context: JobContext) => Promise<JobResponse>
