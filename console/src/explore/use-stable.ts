import { useMemo } from 'react'

/** The same object as before for as long as it holds the same JSON. */
export function useStable<Value>(value: Value): Value {
  const text = JSON.stringify(value)
  return useMemo(() => JSON.parse(text) as Value, [text])
}
