import { useCallback, useRef } from 'react'

/** The same function every time, which calls the latest one. For handlers, not to be called while something is rendered. */
export function useEvent<Arguments extends readonly unknown[], Result>(
  handler: (...given: Arguments) => Result,
): (...given: Arguments) => Result {
  const latest = useRef(handler)
  latest.current = handler
  return useCallback((...given: Arguments) => latest.current(...given), [])
}
