import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { ExportDialog } from './later-dialog.ts'

/** Exports what the list shows, or what is selected in it. */
export function ExportButton() {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button icon="download" onClick={() => setOpen(true)}>
        Export
      </Button>
      {isOpen && <ExportDialog onClose={() => setOpen(false)} />}
    </>
  )
}
