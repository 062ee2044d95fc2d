/** Things that are counted. */
import { nounFor, type Service } from '../../api/services.ts'
import { formatNumber } from '../format.ts'

const NOUNS = {
  job: ['job', 'jobs'],
  row: ['row', 'rows'],
  column: ['column', 'columns'],
  line: ['line', 'lines'],
  value: ['value', 'values'],
  change: ['change', 'changes'],
  result: ['result', 'results'],
} as const

/** 1 → "1 company", 1234 → "1,234 companies" */
export function countOf(count: number, noun: Service | keyof typeof NOUNS): string {
  const isService = noun === 'contact' || noun === 'company'
  return `${formatNumber(count)} ${isService ? nounFor(noun, count) : NOUNS[noun][count === 1 ? 0 : 1]}`
}
