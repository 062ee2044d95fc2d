/** Above the table: the place in the list, or what is selected and what to do with it. */
import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { formatNumber } from '../../ui/format.ts'
import { showError, showToast } from '../../ui/toast.tsx'
import { useExplore } from '../explore-context.ts'
import { ExportDialog } from '../export/export-dialog.tsx'
import { copyText } from '../record/copy-text.ts'
import type { Column } from './columns.ts'
import { ColumnsButton } from './columns-button.tsx'
import { listEmails } from './list-emails.ts'
import { ALL_SELECTED, countSelected, NO_SELECTION, type Selection, whereSelected } from './selection.ts'
import styles from './table.module.css'
import type { Records } from './use-records.ts'

/** Longer lists of addresses are for a file. */
const MAX_EMAILS = 5000

interface TableBarProps {
  readonly all: readonly Column[]
  readonly columns: readonly Column[]
  readonly records: Records
  readonly selection: Selection
  readonly onSelect: (selection: Selection) => void
}

export function TableBar({ all, columns, records, selection, onSelect }: TableBarProps) {
  const total = records.total ?? 0
  const selected = countSelected(selection, total)
  return (
    <div className={styles.bar}>
      <div className={styles.barText} role="status" aria-live="polite">
        {selected > 0 ? `${formatNumber(selected)} selected` : ''}
      </div>
      {selected > 0 && <SelectionActions {...{ selection, selected, total, onSelect }} />}
      <div className={styles.barEnd}>
        <ColumnsButton all={all} columns={columns} />
      </div>
    </div>
  )
}

interface SelectionActionsProps extends Pick<TableBarProps, 'selection' | 'onSelect'> {
  readonly selected: number
  readonly total: number
}

function SelectionActions({ selection, selected, total, onSelect }: SelectionActionsProps) {
  const { view, where } = useExplore()
  const [isExporting, setExporting] = useState(false)

  async function copyEmails() {
    try {
      const emails = await listEmails(whereSelected(selection, where))
      await copyText(emails.join('\n'))
      const without = selected - emails.length
      showToast(
        `${formatNumber(emails.length)} e-mail addresses copied${without > 0 ? `; ${formatNumber(without)} have none` : ''}.`,
      )
    } catch (error) {
      showError(error)
    }
  }

  return (
    <>
      {selected < total && (
        <Button size="small" onClick={() => onSelect(ALL_SELECTED)}>
          Select all {formatNumber(total)} matching
        </Button>
      )}
      <Button size="small" icon="download" onClick={() => setExporting(true)}>
        Export
      </Button>
      {view.service === 'contact' && selected <= MAX_EMAILS && (
        <Button size="small" icon="copy" onClick={() => void copyEmails()}>
          Copy e-mails
        </Button>
      )}
      <Button size="small" variant="quiet" icon="close" onClick={() => onSelect(NO_SELECTION)}>
        Clear selection
      </Button>
      {isExporting && <ExportDialog onClose={() => setExporting(false)} />}
    </>
  )
}
