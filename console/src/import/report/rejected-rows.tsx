/** The rejected rows of an import: why, their file, and a table to correct them in and import them again. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { downloadFile, fetchBeginning } from '../../jobs/job/files.ts'
import { fileOf, type Job } from '../../jobs/job/job.ts'
import { Button } from '../../ui/button.tsx'
import { countOf } from '../../ui/data/nouns.ts'
import { formatNumber } from '../../ui/format.ts'
import { ErrorState, Notice, Skeleton } from '../../ui/states.tsx'
import { forgetCorrections, keepCorrections, readCorrections, useCorrections } from '../items/corrections.ts'
import { restoreSettings } from '../items/import-items.ts'
import { addFiles } from '../items/import-store.ts'
import { readImportedRows } from '../items/imported-rows.ts'
import { useOpenItem } from '../items/use-open-item.ts'
import { ProblemTable } from './problem-table.tsx'
import { correctCell, correctedName, type Rejects, readRejects, reportName, writeCorrected } from './rejects.ts'
import { RejectsGrid } from './rejects-grid.tsx'
import styles from './report.module.css'

interface RejectedRowsProps {
  readonly job: Job
  /** Of the file of rejected rows. */
  readonly s3Key: string
  readonly count: number
}

export function RejectedRows({ job, s3Key, count }: RejectedRowsProps) {
  const [isOpen, setOpen] = useState(() => readCorrections(s3Key).size > 0)
  const [wasPressed, setPressed] = useState(false)
  useCorrections(s3Key)
  const imported = readImportedRows(s3Key).size
  return (
    <section className={styles.section} aria-label="Rejected rows">
      <div className={styles.headline}>
        <h3>{countOf(count, 'row')} rejected</h3>
        <div className={styles.links}>
          <Button
            size="small"
            icon="download"
            onClick={() => void downloadFile(s3Key, reportName(fileOf(job), 'rejected'))}
          >
            Rejected rows (CSV)
          </Button>
          <Button
            size="small"
            variant="primary"
            icon="edit"
            aria-expanded={isOpen}
            onClick={() => {
              setPressed(true)
              setOpen(!isOpen)
            }}
          >
            {isOpen ? 'Close the table' : 'Correct them here'}
          </Button>
        </div>
      </div>
      <p className="muted">
        These rows are not stored.
        {imported > 0 &&
          ` ${countOf(imported, 'row')} ${imported === 1 ? 'was' : 'were'} corrected and imported since.`}
      </p>
      {isOpen && <Editor job={job} s3Key={s3Key} count={count} takesFocus={wasPressed} />}
      <ProblemTable label="Rejections" kinds={job.job_response.rejected ?? []} />
    </section>
  )
}

/** Bytes. A thousand usual rows have a hundredth of it. */
const MOST = 8 << 20

interface EditorProps extends RejectedRowsProps {
  /** Someone has asked for the table, which gets the focus. */
  readonly takesFocus: boolean
}

function Editor({ s3Key, ...props }: EditorProps) {
  const { data, error, refetch } = useQuery({
    queryKey: ['rejects', s3Key],
    queryFn: async ({ signal }) => {
      const { bytes, isWhole } = await fetchBeginning(s3Key, MOST, signal)
      return readRejects(new TextDecoder().decode(bytes, { stream: true }), isWhole)
    },
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (data) return <LoadedEditor s3Key={s3Key} rejects={data} {...props} />
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (data === null)
    return (
      <Notice tone="warn">This file cannot be shown as a table. Download it, and correct it in a spreadsheet.</Notice>
    )
  return (
    <div className={styles.holder} role="status" aria-label="Loading the rejected rows">
      <Skeleton />
    </div>
  )
}

function LoadedEditor({ job, s3Key, rejects, count, takesFocus }: EditorProps & { readonly rejects: Rejects }) {
  const corrections = useCorrections(s3Key)
  const openItem = useOpenItem()
  const correct = (row: number, column: number, value: string) =>
    keepCorrections(s3Key, correctCell(readCorrections(s3Key), rejects, row, column, value))
  const importCorrected = () => {
    const file = new File([writeCorrected(rejects, corrections)], correctedName(fileOf(job)), { type: 'text/csv' })
    // The file is UTF-8, whatever the encoding of the first one was.
    const id = addFiles([file], { ...restoreSettings(job.data), encoding: null, corrects: s3Key })
    if (id !== null) openItem(id)
  }
  return (
    <div className={styles.section}>
      {rejects.rows.length < count && (
        <Notice tone="neutral">
          The first {formatNumber(rejects.rows.length)} of {countOf(count, 'row')} are shown. To correct all of them,
          download the file, correct it in a spreadsheet, and import it. The columns that were added to it do not
          matter.
        </Notice>
      )}
      <RejectsGrid
        rejects={rejects}
        corrections={corrections}
        imported={readImportedRows(s3Key)}
        takesFocus={takesFocus}
        onCorrect={correct}
      />
      <div className={styles.headline}>
        <span className="muted" role="status">
          {corrections.size === 0
            ? 'Change a cell to correct its row.'
            : `${countOf(corrections.size, 'row')} corrected. The others are left out.`}
        </span>
        <div className={styles.links}>
          <Button disabled={corrections.size === 0} onClick={() => forgetCorrections(s3Key)}>
            Discard
          </Button>
          <Button variant="primary" disabled={corrections.size === 0} onClick={importCorrected}>
            {corrections.size === 0 ? 'Import the corrected rows' : `Import ${countOf(corrections.size, 'row')}`}
          </Button>
        </div>
      </div>
    </div>
  )
}
