/** What the cluster says: the position that searches reflect, whether it can answer, and what the leader does. */
import type { Bell } from '../../../database/bell.ts'
import type { Client } from '../cluster/client.ts'
import { aliasOf, readStored, type Stored } from '../cluster/indexes.ts'
import { type LeaderStatus, readStatus } from '../cluster/status.ts'

/** Milliseconds. */
const LOOK_EVERY = 1_000
const ANSWER_WITHIN = 3_000
/** The state of the cluster is read at every fifth look, and at every look while something is missing. */
const STATE_EVERY = 5

export interface ClusterWatcher {
  /** Called with what is stored, after every look that succeeds. Null if there are no indexes. */
  onStored(stored: Stored | null): void
  /** Called after every look. `down`: the cluster, or a part of the indexes, is missing. `error`: it did not answer. */
  onState(down: boolean, leader: LeaderStatus | null, error?: unknown): void
}

/** Looks once a second, and whenever the bell rings, until `signal` aborts. Ring the bell then. Never rejects. */
export async function watchCluster(
  client: Client,
  prefix: string,
  signal: AbortSignal,
  bell: Bell,
  { onStored, onState }: ClusterWatcher,
): Promise<void> {
  let isRed = false
  /** After an outage, until everything is there again. */
  let isUncertain = false
  let status: LeaderStatus | null = null
  for (let round = 0; !signal.aborted; round++) {
    try {
      const stored = await readStored(client, prefix, ANSWER_WITHIN)
      onStored(stored)
      if (isUncertain || round % STATE_EVERY === 0) isRed = await isClusterRed(client, prefix)
      isUncertain = isRed
      if (stored === null || status === null || round % STATE_EVERY === 0)
        status = await readStatus(client, prefix, ANSWER_WITHIN)
      onState(isRed, status)
    } catch (error) {
      isUncertain = true
      if (!signal.aborted) onState(true, status, error)
    }
    await bell.wait(LOOK_EVERY)
  }
}

/** Whether a part of the searched indexes is missing. */
async function isClusterRed(client: Client, prefix: string): Promise<boolean> {
  const names = `${aliasOf(prefix, 'company')},${aliasOf(prefix, 'contact')}`
  const path = `/_cluster/health/${names}?timeout=0s`
  const { status, body } = await client.request<{ status: string }>('GET', path, {
    accept: [404, 408],
    timeoutMs: ANSWER_WITHIN,
  })
  return status === 200 && body.status === 'red'
}
