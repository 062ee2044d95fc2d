/** How long each stage of an import takes. */
import type { Block } from '../shared/document.ts'
import { parseFigure, significant } from '../shared/figures.ts'
import { formatTick, linearScale } from '../shared/scale.ts'
import { bar, formatChart, line, text } from '../shared/svg.ts'
import { columnOf, type Table } from '../shared/table.ts'
import { type Chart, formatSource } from './chart.ts'

const WIDTH = 900
const TOP = 84
const ROW = 38
const BAR = 22
const PLOT = [272, 770] as const
const TICK = 5

export const importStagesChart: Chart = {
  file: 'import-stages.svg',
  title: 'Time per row of an import, by stage',
  applies: block => stagesOf(block) !== undefined,
  draw(block) {
    const stages = readStages(stagesOf(block)!)
    const whole = stages.reduce((sum, { microseconds }) => sum + microseconds, 0)
    const bottom = TOP + ROW * stages.length
    const scale = linearScale(
      stages.map(({ microseconds }) => microseconds),
      TICK,
      PLOT,
    )
    const small = { class: 'fill-muted', 'font-size': 12, 'text-anchor': 'middle' }
    const frame = {
      width: WIDTH,
      height: bottom + 78,
      title: importStagesChart.title,
      subtitle: `${block.tables[0]!.header[0]}. Each stage measured alone; together ${significant(whole)} µs per row.`,
      description: `${stages.map(({ name, microseconds }) => `${name}: ${microseconds} µs per row`).join('. ')}.`,
      source: formatSource(block),
    }
    return formatChart(frame, [
      ...scale.ticks.flatMap(tick => [
        line([scale.at(tick), TOP], [scale.at(tick), bottom], 'grid'),
        text(scale.at(tick), bottom + 16, formatTick(tick), small),
      ]),
      text((PLOT[0] + PLOT[1]) / 2, bottom + 36, 'microseconds per row', small),
      ...stages.flatMap(({ name, microseconds, share }, place) => {
        const y = TOP + ROW * (place + 0.5)
        const end = scale.at(microseconds)
        return [
          text(24, y + 4.5, name),
          bar(PLOT[0], y - BAR / 2, Math.max(1, end - PLOT[0]), BAR, 'index'),
          text(end + 8, y + 4.5, `${significant(microseconds)} µs (${share})`, { 'font-weight': 600 }),
        ]
      }),
    ])
  },
}

function stagesOf({ tables }: Block): Table | undefined {
  return tables.find(({ header }) => header[0] === 'stage, measured alone')
}

function readStages(table: Table) {
  const [time, share] = [columnOf(table, 'µs per row'), columnOf(table, 'share')]
  return table.rows.map(row => ({ name: row[0]!, microseconds: parseFigure(row[time]!), share: row[share]! }))
}
