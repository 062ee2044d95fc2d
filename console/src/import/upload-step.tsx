/** A file on its way to the server, or one whose upload has ended before its time. */
import { useEffect, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { formatBytes, formatShare } from '../ui/format.ts'
import { Card } from '../ui/page.tsx'
import { Notice, Progress } from '../ui/states.tsx'
import { FileButton } from './drop-zone.tsx'
import styles from './import.module.css'
import { CUT_OFF, type ImportItem } from './items/import-items.ts'
import { attachFile, hasFile, removeItem, retryUpload } from './items/import-store.ts'
import { describeTimeLeft } from '../jobs/job/meter.ts'
import type { Transfer } from './items/upload.ts'

export function UploadStep({ item, transfer }: { readonly item: ImportItem; readonly transfer: Transfer | undefined }) {
  if (item.problem !== null) return <Stopped item={item} problem={item.problem} />
  const share = transfer === undefined || transfer.total === 0 ? null : transfer.loaded / transfer.total
  return (
    <Card
      title="Upload"
      actions={
        <Button variant="danger" onClick={() => removeItem(item.id)}>
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
      <p className="muted">You can open other rooms meanwhile. A reload of the page would stop the upload.</p>
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

function Stopped({ item, problem }: { readonly item: ImportItem; readonly problem: string }) {
  return (
    <Card title="Upload">
      <Notice tone="bad">{problem}</Notice>
      <div className={styles.buttons}>
        {hasFile(item.id) && (
          <Button variant="primary" icon="retry" onClick={() => retryUpload(item.id)}>
            Try again
          </Button>
        )}
        {(hasFile(item.id) || problem === CUT_OFF) && (
          <FileButton
            icon="file"
            variant={hasFile(item.id) ? 'default' : 'primary'}
            onFiles={([file]) => file && attachFile(item.id, file)}
          >
            Choose the file again
          </FileButton>
        )}
        <Button onClick={() => removeItem(item.id)}>Remove</Button>
      </div>
    </Card>
  )
}
