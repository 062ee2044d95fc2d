/** Imports that were seen unfinished. When one of them ends, the records that are shown are asked for again. */
import type { QueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { invalidateRecords } from '../../api/record-queries.ts'
import { onSignOut } from '../../api/session-state.ts'
import { isFinished, type Job } from './job.ts'

/** Whoever sees more of them at once is in the list of jobs, which asks for all of them. */
const MAX_FOLLOWED = 8

let followed: readonly string[] = []
const listeners = new Set<() => void>()

/** To be called with every job that the server answers. */
export function noteJobs(client: QueryClient, jobs: readonly Pick<Job, 'uuid' | 'job_type' | 'status'>[]): void {
  const imports = jobs.filter(({ job_type }) => job_type === 'insert_csv_file')
  const ended = new Set(imports.filter(isFinished).map(({ uuid }) => uuid))
  const started = imports.filter(job => !isFinished(job)).map(({ uuid }) => uuid)
  const rest = followed.filter(uuid => !ended.has(uuid))
  if (rest.length < followed.length) invalidateRecords(client)
  const next = [...new Set([...rest, ...started])].slice(-MAX_FOLLOWED)
  if (next.join() !== followed.join()) change(next)
}

/** Of an import that was just created, which may end before it is asked for. */
export function followImport(uuid: string): void {
  change([...followed, uuid].slice(-MAX_FOLLOWED))
}

/** The server does not know it any more, for one. */
export function unfollowJob(uuid: string): void {
  if (followed.includes(uuid)) change(followed.filter(one => one !== uuid))
}

/** The uuids of imports that have not ended as far as is known. */
export function listFollowed(): readonly string[] {
  return followed
}

export function useFollowedJobs(): readonly string[] {
  return useSyncExternalStore(subscribe, listFollowed)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function change(next: readonly string[]): void {
  followed = next
  for (const listener of listeners) listener()
}

onSignOut(() => change([]))
