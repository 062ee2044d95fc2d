/** What can be done with the selected records. */
import { useRef, useState } from 'react'
import { searchRecords } from '../../../api/records.ts'
import { Button } from '../../../ui/button.tsx'
import { copyText } from '../../../ui/copy-text.ts'
import { formatNumber } from '../../../ui/format.ts'
import { showError, showToast } from '../../../ui/toasts.ts'
import { useExplore } from '../../explore-context.ts'
import { ExportDialog } from '../../export/later-dialog.ts'
import { describeEmails, listEmails } from '../../selection/list-emails.ts'
import { ALL_SELECTED, NO_SELECTION, type Selection, whereSelected } from '../../selection/selection.ts'

/** Longer lists of addresses are for a file. */
const MAX_EMAILS = 5000
const MANUAL = 'The browser does not allow copying. Export the contacts, and copy the addresses from the file.'

interface SelectionActionsProps {
  readonly selection: Selection
  /** The number of selected records. */
  readonly selected: number
  /** Of the list. */
  readonly total: number
  readonly onSelect: (selection: Selection) => void
}

export function SelectionActions({ selection, selected, total, onSelect }: SelectionActionsProps) {
  const { view, where } = useExplore()
  const [isExporting, setExporting] = useState(false)
  const clear = useRef<HTMLButtonElement>(null)

  function selectAll() {
    // The pressed button goes.
    clear.current?.focus()
    onSelect(ALL_SELECTED)
  }

  async function copyEmails() {
    try {
      const list = listEmails(whereSelected(selection, where), query => searchRecords('contact', query))
      const copied = await copyText(list.then(({ emails }) => emails.join('\n')))
      if (!copied) return showToast(MANUAL, { tone: 'bad' })
      showToast(describeEmails(await list, selected))
    } catch (error) {
      showError(error)
    }
  }

  return (
    <>
      {selected < total && (
        <Button size="small" onClick={selectAll}>
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
      <Button ref={clear} size="small" variant="quiet" icon="close" onClick={() => onSelect(NO_SELECTION)}>
        Clear selection
      </Button>
      {isExporting && <ExportDialog onClose={() => setExporting(false)} />}
    </>
  )
}
