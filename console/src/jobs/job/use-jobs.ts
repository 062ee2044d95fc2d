/** Jobs as they are now: they are asked for again until they have ended. */
import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ApiError, api, take } from '../../api/client.ts'
import { showError, showToast } from '../../ui/toasts.ts'
import { noteJobs, unfollowJob } from './follow-jobs.ts'
import { isFinished, type Job, type JobFilter, listRequest } from './job.ts'

/** Milliseconds between requests. */
const ONE = 500
export const LIST = 2000
const QUIET = 15_000
const HIDDEN = 10_000

/** Nobody looks at a hidden page, but its job should be done when it is shown again. */
const pace = (interval: number): number => (document.hidden ? Math.max(interval, HIDDEN) : interval)

async function fetchJob(client: QueryClient, uuid: string, signal: AbortSignal): Promise<Job> {
  try {
    const { data } = await take(api.GET('/common/jobs/{uuid}', { params: { path: { uuid } }, signal }))
    noteJobs(client, [data])
    return data
  } catch (error) {
    if (isRefused(error)) unfollowJob(uuid)
    throw error
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof ApiError && error.status >= 400 && error.status < 500
}

/** `interval`: milliseconds between requests while it runs. */
export function useJob(uuid: string, interval = ONE) {
  return useQuery({
    queryKey: ['job', uuid],
    queryFn: ({ signal, client }) => fetchJob(client, uuid, signal),
    staleTime: 0,
    refetchInterval: ({ state: { data, error } }) => {
      if (data !== undefined && isFinished(data)) return false
      return isRefused(error) ? false : pace(interval)
    },
    refetchIntervalInBackground: true,
  })
}

export function useJobs(filter: JobFilter, limit: number) {
  return useQuery({
    queryKey: ['jobs', filter.type, filter.state, limit],
    queryFn: async ({ signal, client }) => {
      const { data } = await take(api.POST('/common/jobs', { body: listRequest(filter, limit), signal }))
      noteJobs(client, data)
      return data
    },
    staleTime: 0,
    refetchInterval: ({ state: { data } }) => pace(data?.some(job => !isFinished(job)) ? LIST : QUIET),
    refetchIntervalInBackground: true,
  })
}

/** `isLive`: some job is not finished. */
export function useQueueStats(isLive: boolean) {
  return useQuery({
    queryKey: ['job-stats'],
    queryFn: async ({ signal }) => (await take(api.GET('/common/jobs/stats', { signal }))).data,
    staleTime: 0,
    refetchInterval: () => pace(isLive ? LIST : QUIET),
  })
}

type Action = 'cancel' | 'retry'

/** Why the server refuses with 409. */
const TOO_LATE = {
  cancel: 'The job had already ended, so there was nothing to cancel.',
  retry: 'Only a job that has failed can be run again. Somebody may have done so already.',
} as const

export function useJobAction(uuid: string, action: Action) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async () => {
      const options = { params: { path: { uuid } } }
      if (action === 'cancel') return (await take(api.POST('/common/jobs/{uuid}/cancel', options))).data
      return (await take(api.POST('/common/jobs/{uuid}/retry', options))).data
    },
    onSuccess: job => {
      noteJobs(client, [job])
      client.setQueryData(['job', uuid], job)
    },
    onError: error => {
      if (error instanceof ApiError && error.status === 409) showToast(TOO_LATE[action])
      else showError(error)
    },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ['job', uuid] })
      void client.invalidateQueries({ queryKey: ['jobs'] })
      void client.invalidateQueries({ queryKey: ['job-stats'] })
    },
  })
}
