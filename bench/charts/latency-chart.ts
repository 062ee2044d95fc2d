/** Compares the index with PostgreSQL: one line for each kind of query, one dot for each class. */
import { median } from '../shared/figures.ts'
import { logScale, type Scale } from '../shared/scale.ts'
import { type Colour, circle, formatChart, line, text } from '../shared/svg.ts'
import { type Chart, formatSource, sizesOf } from './chart.ts'
import { type ComparedClass, comparedClasses, isComparison, KINDS, kindOf } from './compared-classes.ts'
import { drawLatencyAxis, drawLegend, formatRatio, RATIO_X } from './latency-axis.ts'

const WIDTH = 900
const TOP = 136
const ROW = 36
const PLOT = [262, 782] as const

export const latencyChart: Chart = {
  file: 'latency.svg',
  title: 'Response times of Connectra and PostgreSQL, by kind of query',
  applies: isComparison,
  draw(block) {
    const classes = comparedClasses(block)
    const kinds = KINDS.map(([kind]) => ({
      kind,
      members: classes.filter(({ name }) => kindOf(name) === kind),
    })).filter(({ members }) => members.length > 0)
    const bottom = TOP + ROW * kinds.length
    const scale = logScale(
      classes.flatMap(({ index, postgres }) => [index, postgres]),
      PLOT,
    )
    const frame = {
      width: WIDTH,
      height: bottom + 78,
      title: latencyChart.title,
      subtitle: `${sizesOf(block)}, one request at a time. Each small dot is the median of one class of queries.`,
      description: describe(kinds),
      source: formatSource(block),
    }
    return formatChart(frame, [
      ...drawLegend(90),
      ...drawLatencyAxis(scale, PLOT, [TOP - 8, bottom], 'median speedup'),
      ...kinds.flatMap(({ kind, members }, place) => drawKind(kind, members, scale, TOP + ROW * (place + 0.5))),
    ])
  },
}

function drawKind(kind: string, members: readonly ComparedClass[], scale: Scale, y: number): string[] {
  const ends = { index: median(members.map(one => one.index)), postgres: median(members.map(one => one.postgres)) }
  const dots = (key: 'index' | ('postgres' & Colour)) =>
    members.map(one =>
      circle([scale.at(one[key]), y], 3.5, key, { 'fill-opacity': '0.6' }, `${one.name}: ${one[key]} ms`),
    )
  return [
    text(24, y + 4.5, kind),
    line([scale.at(ends.index), y], [scale.at(ends.postgres), y], 'range', { 'stroke-width': 4 }),
    ...dots('postgres'),
    ...dots('index'),
    circle([scale.at(ends.postgres), y], 7, 'postgres'),
    circle([scale.at(ends.index), y], 7, 'index'),
    text(RATIO_X, y + 4.5, formatRatio(median(members.map(one => one.ratio))), {
      'text-anchor': 'end',
      'font-weight': 600,
    }),
  ]
}

function describe(kinds: readonly { readonly kind: string; readonly members: readonly ComparedClass[] }[]): string {
  const parts = kinds.map(({ kind, members }) => {
    const [index, postgres] = (['index', 'postgres'] as const).map(key => median(members.map(one => one[key])))
    return `${kind}: Connectra ${index} ms, PostgreSQL ${postgres} ms`
  })
  return `Medians of the classes of each kind. ${parts.join('. ')}.`
}
