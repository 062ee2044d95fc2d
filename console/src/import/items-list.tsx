/** The files of this session, each with its state. */
import { shareDone, statusWords } from '../jobs/job/job.ts'
import { LIST, useJob } from '../jobs/job/use-jobs.ts'
import { IconButton } from '../ui/button.tsx'
import { formatBytes, formatShare } from '../ui/format.ts'
import { Badge, type Tone } from '../ui/states.tsx'
import { type ImportItem, statusOf } from './items/import-items.ts'
import { useTransfer } from './items/import-store.ts'
import styles from './items-list.module.css'

interface ItemsListProps {
  readonly items: readonly ImportItem[]
  readonly current: string | undefined
  readonly onOpen: (id: string) => void
  readonly onRemove: (id: string) => void
}

export function ItemsList({ items, current, onOpen, onRemove }: ItemsListProps) {
  return (
    <nav aria-label="Files">
      <ul className={styles.list}>
        {items.map(item => (
          <li key={item.id} className={styles.item} data-current={item.id === current}>
            <button
              type="button"
              className={styles.open}
              data-item={item.id}
              aria-current={item.id === current}
              onClick={() => onOpen(item.id)}
            >
              <span className={styles.name} title={item.name} dir="auto">
                {item.name}
              </span>
              <span className={styles.state}>
                {item.step === 'run' && item.job !== null ? <JobState uuid={item.job} /> : <UploadState item={item} />}
                <span className="number">{formatBytes(item.size)}</span>
              </span>
            </button>
            <IconButton
              size="small"
              icon="close"
              label={item.step === 'upload' ? `Cancel ${item.name}` : `Remove ${item.name} from this list`}
              onClick={() => onRemove(item.id)}
            />
          </li>
        ))}
      </ul>
    </nav>
  )
}

function UploadState({ item }: { readonly item: ImportItem }) {
  const transfer = useTransfer(item.id)
  const sent = transfer === undefined || transfer.total === 0 ? null : transfer.loaded / transfer.total
  return <State {...statusOf(item, transfer !== undefined)} share={sent} />
}

function State({ text, tone, share }: { readonly text: string; readonly tone: Tone; readonly share: number | null }) {
  return (
    <Badge tone={tone}>
      {text}
      {share !== null && <span className="number">{formatShare(Math.floor(share * 100) / 100)}</span>}
    </Badge>
  )
}

function JobState({ uuid }: { readonly uuid: string }) {
  const { data, error } = useJob(uuid, LIST)
  if (data !== undefined) {
    const share = shareDone(data)
    return <State {...statusWords(data)} share={data.status === 'completed' ? null : share} />
  }
  return <State text={error ? 'Unknown' : 'Import'} tone="neutral" share={null} />
}
