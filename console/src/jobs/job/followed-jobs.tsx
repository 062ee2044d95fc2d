/** Asks for running imports in every room, so that lists and figures are up to date when one ends. Shows nothing. */
import { useFollowedJobs } from './follow-jobs.ts'
import { LIST, useJob } from './use-jobs.ts'

export function FollowedJobs() {
  return useFollowedJobs().map(uuid => <FollowedJob key={uuid} uuid={uuid} />)
}

function FollowedJob({ uuid }: { readonly uuid: string }) {
  useJob(uuid, LIST)
  return null
}
