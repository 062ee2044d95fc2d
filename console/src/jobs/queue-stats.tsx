/** The state of the queue in a few numbers. */
import { formatDuration, formatNumber } from '../ui/format.ts'
import { Card } from '../ui/page.tsx'
import { Skeleton } from '../ui/states.tsx'
import { Facts } from '../ui/data/facts.tsx'
import { describeQueue, type Queue } from './job/queue-words.ts'
import { useQueueStats } from './job/use-jobs.ts'

export function QueueStats({ isLive }: { readonly isLive: boolean }) {
  const { data, error } = useQueueStats(isLive)
  // The list beneath says why.
  if (error && data === undefined) return null
  const queue = data === undefined ? null : describeQueue(data)
  const show = (write: (queue: Queue) => string) => (queue === null ? <Skeleton /> : write(queue))
  return (
    <Card>
      <Facts
        items={[
          { label: 'Waiting', value: show(({ waiting }) => formatNumber(waiting)) },
          {
            label: 'Longest wait',
            value: show(({ longestWait }) => (longestWait === null ? 'None' : formatDuration(longestWait))),
          },
          { label: 'Running', value: show(({ running }) => formatNumber(running)) },
          { label: 'Rows per second', value: show(({ rowsPerSecond }) => formatNumber(rowsPerSecond)) },
          { label: 'Failed in the last hour', value: show(({ failedInHour }) => formatNumber(failedInHour)) },
          { label: 'Failed in the last day', value: show(({ failedInDay }) => formatNumber(failedInDay)) },
        ]}
      />
    </Card>
  )
}
