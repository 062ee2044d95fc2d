import { useEffect, useState } from 'react'

/** Long enough to skip most letters of a word that is typed, short enough to feel immediate. Milliseconds. */
export const PAUSE = 150

/** A value some time after it stopped changing. */
export function useDebounced<Value>(value: Value, pause = PAUSE): Value {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pause)
    return () => clearTimeout(timer)
  }, [value, pause])
  return settled
}
