/** A file on its way to the server, or one whose upload has ended before its time. */
import { useEffect, useState } from 'react'
import { describeTimeLeft } from '../jobs/job/meter.ts'
import { Button } from '../ui/button.tsx'
import { formatBytes, formatShare } from '../ui/format.ts'
import { Card } from '../ui/page.tsx'
import { Notice, Progress } from '../ui/states.tsx'
import { FileButton } from './drop-zone.tsx'
import styles from './import.module.css'
import type { ImportItem, UploadProblem } from './items/import-items.ts'
import { attachFile, hasFile, retryUpload, useTransfer } from './items/import-store.ts'
import type { Transfer } from './items/upload.ts'

interface UploadStepProps {
  readonly item: ImportItem
  readonly onRemove: () => void
}

export function UploadStep({ item, onRemove }: UploadStepProps) {
  const transfer = useTransfer(item.id)
  if (item.problem !== null) return <Stopped item={item} problem={item.problem} onRemove={onRemove} />
  const share = transfer === undefined || transfer.total === 0 ? null : transfer.loaded / transfer.total
  return (
    <Card
      title="Upload"
      actions={
        <Button variant="danger" onClick={onRemove}>
          Cancel upload
        </Button>
      }
    >
      <div className={styles.line}>
        <span className={styles.big}>{share === null ? 'Waiting' : formatShare(Math.floor(share * 1000) / 1000)}</span>
        <span className="muted number">{transfer === undefined ? 'Other files come first.' : describe(transfer)}</span>
      </div>
      <Progress value={share ?? 0} label={`Upload of ${item.name}`} />
      {transfer?.retryAt != null && <RetryNotice at={transfer.retryAt} />}
      <p className="muted">You can use other pages meanwhile. After a reload the upload starts again.</p>
    </Card>
  )
}

function describe({ loaded, total, rate, secondsLeft }: Transfer): string {
  const parts = [`${formatBytes(loaded)} of ${formatBytes(total)}`]
  if (rate !== null && loaded < total)
    parts.push(`${formatBytes(Math.round(rate))} per second`, describeTimeLeft(secondsLeft))
  if (loaded === total && total > 0) parts.push('being stored')
  return parts.filter(part => part !== '').join(' · ')
}

function RetryNotice({ at }: { readonly at: number }) {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.max(0, Math.round((at - now) / 1000))
  return (
    <Notice tone="warn">
      The server cannot be reached. The upload starts again{' '}
      <span className="number">{seconds === 0 ? 'now' : `in ${seconds} s`}</span>.
    </Notice>
  )
}

function Stopped({ item, problem, onRemove }: UploadStepProps & { readonly problem: UploadProblem }) {
  return (
    <Card title="Upload">
      <Notice tone="bad">{problem.message}</Notice>
      <div className={styles.buttons}>
        {hasFile(item.id) && (
          <Button variant="primary" icon="retry" onClick={() => retryUpload(item.id)}>
            Try again
          </Button>
        )}
        {problem.reason !== 'rows-gone' && (
          <FileButton
            icon="file"
            variant={hasFile(item.id) ? 'default' : 'primary'}
            onFiles={([file]) => file && attachFile(item.id, file)}
          >
            Choose the file again
          </FileButton>
        )}
        <Button onClick={onRemove}>Remove</Button>
      </div>
    </Card>
  )
}
