import { useEffect, useRef, useState } from 'react'
import { PAUSE } from '../../shell/use-debounced.ts'

interface Draft {
  readonly text: string
  readonly change: (text: string) => void
  /** Commits at once: on Enter and when the focus leaves. */
  readonly flush: () => void
}

/** The text of an input whose value is kept elsewhere: it is committed when the typing pauses. */
export function useDraft(value: string, commit: (text: string) => void): Draft {
  const [text, setText] = useState(value)
  const waiting = useRef<{ readonly timer: ReturnType<typeof setTimeout>; readonly text: string } | null>(null)
  const latest = useRef(commit)
  latest.current = commit

  // A value that comes from elsewhere is shown, but not while a newer one waits to be committed.
  useEffect(() => {
    if (waiting.current === null) setText(value)
  }, [value])
  useEffect(() => () => clearTimeout(waiting.current?.timer), [])

  function flush(): void {
    if (waiting.current === null) return
    clearTimeout(waiting.current.timer)
    const { text } = waiting.current
    waiting.current = null
    latest.current(text)
  }

  function change(next: string): void {
    setText(next)
    clearTimeout(waiting.current?.timer)
    waiting.current = { timer: setTimeout(flush, PAUSE), text: next }
  }

  return { text, change, flush }
}
