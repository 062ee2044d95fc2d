/** The state of the queue in a few numbers. */
import { Facts } from '../../ui/data/facts.tsx'
import { formatDuration, formatNumber } from '../../ui/format.ts'
import { Skeleton } from '../../ui/states.tsx'
import { describeQueue, type Queue, type QueueStats } from './queue-words.ts'

/** `stats`: undefined while they are loading. */
export function QueueFigures({ stats }: { readonly stats: QueueStats | undefined }) {
  const queue = stats && describeQueue(stats)
  const show = (write: (queue: Queue) => string) => (queue === undefined ? <Skeleton /> : write(queue))
  return (
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
  )
}
