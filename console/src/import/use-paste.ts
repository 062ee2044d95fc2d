/** Files or rows that are pasted outside of a field. */
import { useEffect, useRef } from 'react'
import { fileOfRows } from './items/import-items.ts'

export function usePaste(onFiles: (files: readonly File[]) => void): void {
  const current = useRef(onFiles)
  current.current = onFiles
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      if (event.clipboardData === null || isTyping(event.target)) return
      const files = [...event.clipboardData.files]
      const rows = files.length === 0 ? fileOfRows(event.clipboardData.getData('text/plain')) : null
      if (rows !== null) files.push(new File([rows.text], rows.name))
      if (files.length === 0) return
      event.preventDefault()
      current.current(files)
    }
    window.addEventListener('paste', paste)
    return () => window.removeEventListener('paste', paste)
  }, [])
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input, textarea, select, dialog, [contenteditable="true"]') !== null
  )
}
