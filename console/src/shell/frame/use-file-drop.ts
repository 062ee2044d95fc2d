/** Files that are dropped anywhere on the page. Without this, the browser would show the file instead of the page. */
import { useEffect, useRef, useState } from 'react'
import { showToast } from '../../ui/toasts.ts'

/** Returns whether files are being dragged over the page. `onFiles`: null to ignore what is dropped. */
export function useFileDrop(onFiles: ((files: readonly File[]) => void) | null): boolean {
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
      const files = current.current === null ? [] : droppedFiles(event.dataTransfer!)
      if (files.length > 0) current.current?.(files)
    }
    const events = { dragenter: enter, dragleave: leave, dragover: over, drop } as const
    for (const [name, listener] of Object.entries(events)) window.addEventListener(name as 'drop', listener)
    return () => {
      for (const [name, listener] of Object.entries(events)) window.removeEventListener(name as 'drop', listener)
    }
  }, [])
  return isOver && onFiles !== null
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
