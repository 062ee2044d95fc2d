/** Files that are dropped anywhere on the page, and files or rows that are pasted. */
import { useEffect, useRef, useState } from 'react'
import { showToast } from '../ui/toast.tsx'
import { fileOfRows } from './items/import-items.ts'

/** Returns whether files are being dragged over the page. */
export function useFileDrop(onFiles: (files: readonly File[]) => void): boolean {
  const [isOver, setOver] = useState(false)
  const current = useRef(onFiles)
  current.current = onFiles
  useEffect(() => {
    // Each element that the pointer enters sends an event before the one it leaves does.
    let depth = 0
    const enter = (event: DragEvent) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      depth++
      setOver(true)
    }
    const leave = (event: DragEvent) => {
      if (!hasFiles(event)) return
      depth = Math.max(0, depth - 1)
      if (depth === 0) setOver(false)
    }
    const over = (event: DragEvent) => {
      if (hasFiles(event)) event.preventDefault()
    }
    const drop = (event: DragEvent) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      depth = 0
      setOver(false)
      current.current(droppedFiles(event.dataTransfer!))
    }
    const paste = (event: ClipboardEvent) => {
      if (event.clipboardData === null || isTyping(event.target)) return
      const files = [...event.clipboardData.files]
      const rows = files.length === 0 ? fileOfRows(event.clipboardData.getData('text/plain')) : null
      if (rows !== null) files.push(new File([rows.text], rows.name))
      if (files.length === 0) return
      event.preventDefault()
      current.current(files)
    }
    const events = { dragenter: enter, dragleave: leave, dragover: over, drop } as const
    for (const [name, listener] of Object.entries(events)) window.addEventListener(name as 'drop', listener)
    window.addEventListener('paste', paste)
    return () => {
      for (const [name, listener] of Object.entries(events)) window.removeEventListener(name as 'drop', listener)
      window.removeEventListener('paste', paste)
    }
  }, [])
  return isOver
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') ?? false
}

function droppedFiles({ items }: DataTransfer): readonly File[] {
  const files: File[] = []
  for (const item of items) {
    if (item.webkitGetAsEntry()?.isDirectory) {
      showToast('Folders cannot be added. Add the files in it.', { tone: 'bad' })
      continue
    }
    const file = item.getAsFile()
    if (file !== null) files.push(file)
  }
  return files
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input, textarea, select, dialog, [contenteditable="true"]') !== null
  )
}
