/** How the median of every class of queries grows with the data. */
import { GOAL_P50 } from '../growth/growth-tables.ts'
import { GROUPS, type Group } from '../queries/query-class.ts'
import type { Block } from '../shared/document.ts'
import { median, parseFigure, significant } from '../shared/figures.ts'
import { formatTick, logScale, type Scale } from '../shared/scale.ts'
import { circle, formatChart, line, polyline, text } from '../shared/svg.ts'
import { columnOf } from '../shared/table.ts'
import { type Chart, formatSource } from './chart.ts'

const WIDTH = 900
const TOP = 150
const BOTTOM = 480
const LEFT = 76
const PANEL = 256
const GAP = 16
/** Inside a panel, on either side of its points. */
const INSET = 40

interface GrowingClass {
  readonly name: string
  readonly group: string
  /** Milliseconds, at each size. */
  readonly p50: readonly number[]
}

interface Growth {
  /** Contacts. */
  readonly sizes: readonly number[]
  readonly classes: readonly GrowingClass[]
}

export const growthChart: Chart = {
  file: 'growth.svg',
  title: 'Response times as the data grows',
  applies: ({ tables }) => tables[1]?.header.includes('p99 at the largest size') ?? false,
  draw(block) {
    const growth = readGrowth(block)
    const scale = logScale([GOAL_P50, ...growth.classes.flatMap(({ p50 }) => p50)], [BOTTOM, TOP])
    const frame = {
      width: WIDTH,
      height: BOTTOM + 88,
      title: growthChart.title,
      subtitle: 'Median (p50) of each class of queries. Both axes are logarithmic.',
      description: describe(growth),
      source: formatSource(block),
    }
    const groups = Object.entries(GROUPS) as [Group, string][]
    return formatChart(frame, [
      ...drawLegend(),
      ...groups.flatMap(([group, title], place) =>
        drawPanel({ ...growth, classes: growth.classes.filter(one => one.group === group) }, title, scale, place),
      ),
    ])
  },
}

function readGrowth({ tables }: Block): Growth {
  const table = tables[1]!
  const group = columnOf(table, 'group')
  const last = columnOf(table, 'p99 at the largest size')
  return {
    sizes: table.header.slice(group + 1, last).map(parseFigure),
    classes: table.rows.map(row => ({
      name: row[0]!,
      group: row[group]!,
      p50: row.slice(group + 1, last).map(parseFigure),
    })),
  }
}

function drawLegend(): string[] {
  return [
    line([24, 86], [52, 86], 'index', { 'stroke-width': 3 }),
    text(60, 90, 'median of the classes'),
    line([220, 86], [248, 86], 'muted', { 'stroke-opacity': '0.6' }),
    text(256, 90, 'one class'),
    line([346, 86], [374, 86], 'goal', { 'stroke-dasharray': '5 4', 'stroke-width': 1.5 }),
    text(382, 90, `goal for 10,000,000 contacts: ${GOAL_P50} ms`),
  ]
}

function drawPanel({ sizes, classes }: Growth, title: string, y: Scale, place: number): string[] {
  if (classes.length === 0) return []
  const left = LEFT + place * (PANEL + GAP)
  const right = left + PANEL
  const x = (size: number) => {
    const [least, greatest] = [Math.log10(sizes[0]!), Math.log10(sizes.at(-1)!)]
    return left + INSET + ((Math.log10(size) - least) / (greatest - least || 1)) * (PANEL - 2 * INSET)
  }
  const points = (values: readonly number[]) => values.map((value, at) => [x(sizes[at]!), y.at(value)] as const)
  const medians = sizes.map((_, at) => median(classes.map(({ p50 }) => p50[at]!)))
  return [
    ...drawAxes(sizes, x, y, [left, right], place === 0),
    text(left + PANEL / 2, TOP - 30, title, { 'text-anchor': 'middle', 'font-weight': 600 }),
    text(left + PANEL / 2, TOP - 13, formatSlowest(classes), {
      'text-anchor': 'middle',
      class: 'fill-muted',
      'font-size': 11,
    }),
    ...classes.map(({ p50 }) => polyline(points(p50), 'muted', { 'stroke-opacity': '0.45' })),
    line([left, y.at(GOAL_P50)], [right, y.at(GOAL_P50)], 'goal', { 'stroke-dasharray': '5 4', 'stroke-width': 1.5 }),
    polyline(points(medians), 'index', { 'stroke-width': 3 }),
    ...points(medians).map(point => circle(point, 5, 'index')),
    // Times rise, so there is space below all points but the last.
    ...points(medians).map(([at, height], size) =>
      drawLabel(at, height + (size < sizes.length - 1 ? 24 : -12), `${significant(medians[size]!)} ms`),
    ),
  ]
}

/** A label on a background that covers the lines behind it. */
function drawLabel(x: number, y: number, label: string): string {
  const attributes = { 'text-anchor': 'middle', 'font-weight': 600, 'font-size': 12 } as const
  const halo = {
    class: 'fill-background line-background',
    'stroke-width': 4,
    'stroke-linejoin': 'round',
  }
  return text(x, y, label, { ...attributes, ...halo }) + text(x, y, label, attributes)
}

function drawAxes(
  sizes: readonly number[],
  x: (size: number) => number,
  y: Scale,
  [left, right]: readonly [number, number],
  labelled: boolean,
): string[] {
  const small = { class: 'fill-muted', 'font-size': 12 }
  return [
    ...y.ticks.map(tick => line([left, y.at(tick)], [right, y.at(tick)], 'grid')),
    ...(labelled
      ? y.ticks.map(tick => text(left - 8, y.at(tick) + 4, formatTick(tick), { 'text-anchor': 'end', ...small }))
      : []),
    ...(labelled ? [text(left - 8, TOP - 14, 'ms', { 'text-anchor': 'end', ...small })] : []),
    ...sizes.map(size => text(x(size), BOTTOM + 18, size.toLocaleString('en'), { 'text-anchor': 'middle', ...small })),
    text((left + right) / 2, BOTTOM + 38, 'contacts', { 'text-anchor': 'middle', ...small }),
  ]
}

function formatSlowest(classes: readonly GrowingClass[]): string {
  const slowest = classes.reduce((a, b) => (b.p50.at(-1)! > a.p50.at(-1)! ? b : a))
  return `slowest: ${slowest.name}, ${significant(slowest.p50.at(-1)!)} ms`
}

function describe({ sizes, classes }: Growth): string {
  const groups = Object.entries(GROUPS).map(([group, title]) => {
    const members = classes.filter(one => one.group === group)
    const medians = sizes.map((size, at) => {
      return `${significant(median(members.map(({ p50 }) => p50[at]!)))} ms at ${size.toLocaleString('en')}`
    })
    return `${title}: ${medians.join(', ')} contacts`
  })
  return `Medians of the classes. ${groups.join('. ')}.`
}
