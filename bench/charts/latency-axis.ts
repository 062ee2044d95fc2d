/** The legend, the axis and the column of ratios, which both latency charts have. */
import { formatTick, type Scale } from '../shared/scale.ts'
import { circle, line, text } from '../shared/svg.ts'

/** Right edge of the ratios. */
export const RATIO_X = 872
const SMALL = { class: 'fill-muted', 'font-size': 12 }

export function drawLegend(y: number): string[] {
  return [
    circle([30, y - 4], 6, 'index'),
    text(44, y, 'Connectra index'),
    circle([176, y - 4], 6, 'postgres'),
    text(190, y, 'PostgreSQL alone, with an index for each query'),
  ]
}

/** Vertical lines at the ticks with labels at both ends, the unit below, and the heading of the ratios. */
export function drawLatencyAxis(
  scale: Scale,
  [left, right]: readonly [number, number],
  [top, bottom]: readonly [number, number],
  ratio: string,
): string[] {
  const centred = { ...SMALL, 'text-anchor': 'middle' }
  return [
    ...scale.ticks.flatMap(tick => [
      line([scale.at(tick), top], [scale.at(tick), bottom], 'grid'),
      text(scale.at(tick), top - 8, formatTick(tick), centred),
      text(scale.at(tick), bottom + 18, formatTick(tick), centred),
    ]),
    text((left + right) / 2, bottom + 38, 'milliseconds, median (p50), logarithmic', centred),
    text(RATIO_X, top - 8, ratio, { ...SMALL, 'text-anchor': 'end' }),
  ]
}

/** For example "706×" or "0.27×". */
export function formatRatio(ratio: number): string {
  if (ratio >= 10) return `${Math.round(ratio).toLocaleString('en')}×`
  return `${ratio.toFixed(ratio >= 1 ? 1 : 2)}×`
}
