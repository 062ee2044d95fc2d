import { useRef } from 'react'
import { addReading, type Meter, rateOf, startMeter } from './meter.ts'

/** How fast a value grows, per second and smoothed. `at`: when it was read, in milliseconds. Null before the second reading. */
export function useRate(value: number, at: number): number | null {
  const meter = useRef<Meter | null>(null)
  meter.current = meter.current === null ? startMeter(at, value) : addReading(meter.current, at, value)
  return rateOf(meter.current)
}
