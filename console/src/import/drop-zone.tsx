/** Where files come in: a file picker, and a field to paste rows into. Dropping works on every page (shell/frame/use-file-drop.ts). */
import { useRef, useState } from 'react'
import { Button, type ButtonProps } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextArea } from '../ui/field.tsx'
import { Icon } from '../ui/icon.tsx'
import styles from './drop-zone.module.css'
import { fileOfRows } from './items/import-items.ts'

interface FilesProps {
  readonly onFiles: (files: readonly File[]) => void
}

/** The whole room while there are no files. */
export function DropZone({ onFiles }: FilesProps) {
  return (
    <section className={styles.zone} aria-label="Add files">
      <Icon name="upload" size={32} />
      <h2>Drop CSV files here</h2>
      <div className={styles.buttons}>
        <FileButton onFiles={onFiles} variant="primary" icon="file" isMultiple>
          Choose files
        </FileButton>
        <PasteButton onFiles={onFiles} />
      </div>
      <p className={styles.hint}>
        Exports of Apollo, HubSpot, Salesforce, LinkedIn, ZoomInfo, Google, Outlook, Pipedrive and other tools, as they
        are: CSV or TSV in any usual encoding, also gzip or zip. Nothing is stored before you have seen how a file is
        read.
      </p>
    </section>
  )
}

type FileButtonProps = ButtonProps & FilesProps & { readonly isMultiple?: boolean }

/** A button that opens the file picker. */
export function FileButton({ onFiles, isMultiple = false, ...button }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <Button {...button} onClick={() => input.current?.click()} />
      <input
        ref={input}
        type="file"
        hidden
        multiple={isMultiple}
        aria-label="Choose files"
        onChange={event => {
          onFiles([...(event.target.files ?? [])])
          // So that the same file can be chosen again.
          event.target.value = ''
        }}
      />
    </>
  )
}

export function PasteButton({ onFiles, ...button }: FilesProps & ButtonProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button icon="copy" {...button} onClick={() => setOpen(true)}>
        Paste rows
      </Button>
      {isOpen && <PasteDialog onFiles={onFiles} onClose={() => setOpen(false)} />}
    </>
  )
}

function PasteDialog({ onFiles, onClose }: FilesProps & { readonly onClose: () => void }) {
  const [text, setText] = useState('')
  const [isTried, setTried] = useState(false)
  const rows = fileOfRows(text)
  const add = () => {
    setTried(true)
    if (rows === null) return
    onClose()
    onFiles([new File([rows.text], rows.name)])
  }
  return (
    <Dialog
      title="Paste rows"
      width="wide"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" onClick={add}>
            Add rows
          </Button>
        </>
      }
    >
      <TextArea
        label="Rows, with a line of headers first"
        hint="Copy cells in Excel, Google Sheets or another spreadsheet and paste them here. Outside of fields, pasting works without this dialog."
        error={isTried && rows === null ? 'Paste a line of headers and at least one row.' : undefined}
        className={styles.paste}
        rows={14}
        value={text}
        onChange={event => setText(event.target.value)}
      />
    </Dialog>
  )
}
