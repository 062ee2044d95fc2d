/** Why a job has failed: one paragraph per error. */
import { type Job, splitError } from './job.ts'

export function JobErrors({ job }: { readonly job: Job }) {
  const { runtime_errors, messages } = job.job_response
  const errors = runtime_errors.length === 0 ? [messages] : runtime_errors
  return errors.map(error => {
    const { code, message } = splitError(error)
    return (
      <p key={error}>
        {message} {code !== null && <code>{code}</code>}
      </p>
    )
  })
}
