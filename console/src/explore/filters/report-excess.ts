import { formatNumber } from '../../ui/format.ts'
import { showToast } from '../../ui/toasts.ts'
import { MAX_VALUES } from './paste-values.ts'

/** Says that values were left out, if any were. */
export function reportExcess(excess: number): void {
  if (excess === 0) return
  const text = `A filter can have ${formatNumber(MAX_VALUES)} values. The last ${formatNumber(excess)} were left out.`
  showToast(text, { tone: 'bad' })
}
