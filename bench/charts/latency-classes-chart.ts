/** Compares the index with PostgreSQL: one line for each class of queries. */
import { GROUPS, type Group } from '../queries/query-class.ts'
import { logScale, type Scale } from '../shared/scale.ts'
import { circle, formatChart, line, text } from '../shared/svg.ts'
import { type Chart, formatSource, sizesOf } from './chart.ts'
import { type ComparedClass, comparedClasses, isComparison } from './compared-classes.ts'
import { drawLatencyAxis, drawLegend, formatRatio, RATIO_X } from './latency-axis.ts'

const WIDTH = 900
const TOP = 128
const ROW = 19
const GROUP_HEADING = 34
const PLOT = [282, 782] as const

export const latencyClassesChart: Chart = {
  file: 'latency-classes.svg',
  title: 'Response times of Connectra and PostgreSQL, by class of queries',
  folded: true,
  applies: isComparison,
  draw(block) {
    const classes = comparedClasses(block)
    const scale = logScale(
      classes.flatMap(({ index, postgres }) => [index, postgres]),
      PLOT,
    )
    const rows: string[] = []
    let y = TOP
    for (const [group, description] of Object.entries(GROUPS) as [Group, string][]) {
      const members = classes.filter(one => one.group === group).sort((a, b) => b.ratio - a.ratio)
      if (members.length === 0) continue
      rows.push(text(24, y + 22, description, { 'font-weight': 600 }))
      y += GROUP_HEADING
      for (const one of members) {
        rows.push(...drawClass(one, scale, y + ROW / 2))
        y += ROW
      }
    }
    const frame = {
      width: WIDTH,
      height: y + 78,
      title: latencyClassesChart.title,
      subtitle: `${sizesOf(block)}, one request at a time. The further apart the dots, the faster the index is.`,
      description: describe(classes),
      source: formatSource(block),
    }
    return formatChart(frame, [...drawLegend(90), ...drawLatencyAxis(scale, PLOT, [TOP, y], 'speedup'), ...rows])
  },
}

function drawClass({ name, index, postgres, ratio }: ComparedClass, scale: Scale, y: number): string[] {
  return [
    text(36, y + 4.5, name, { 'font-size': 12.5 }),
    line([scale.at(index), y], [scale.at(postgres), y], ratio < 1 ? 'goal' : 'range', { 'stroke-width': 3 }),
    circle([scale.at(postgres), y], 5, 'postgres', {}, `PostgreSQL: ${postgres} ms`),
    circle([scale.at(index), y], 5, 'index', {}, `Connectra: ${index} ms`),
    text(RATIO_X, y + 4.5, formatRatio(ratio), {
      'text-anchor': 'end',
      'font-size': 12.5,
      class: ratio < 1 ? 'fill-goal' : 'fill-text',
    }),
  ]
}

function describe(classes: readonly ComparedClass[]): string {
  const slower = classes.filter(({ ratio }) => ratio < 1).map(({ name }) => name)
  const lines = classes.map(one => `${one.name}: ${one.index} and ${one.postgres} ms`)
  return `Medians of Connectra and of PostgreSQL. Slower than PostgreSQL: ${slower.join('; ') || 'none'}. ${lines.join('. ')}.`
}
