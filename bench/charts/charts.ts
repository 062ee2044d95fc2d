/** `bench charts`: draws the charts of docs/performance.md from its tables, so that both show the same figures. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Block, DOCS, parseBlocks } from '../shared/document.ts'
import type { Chart } from './chart.ts'
import { growthChart } from './growth-chart.ts'
import { importStagesChart } from './import-stages-chart.ts'
import { latencyChart } from './latency-chart.ts'
import { latencyClassesChart } from './latency-classes-chart.ts'

const CHARTS: readonly Chart[] = [latencyChart, latencyClassesChart, growthChart, importStagesChart]

/** The charts that the tables of a block have figures for. */
export function chartsOf(block: Block): readonly Chart[] {
  return CHARTS.filter(chart => chart.applies(block))
}

/** Returns the SVG files of a document by name. Throws if two blocks have figures for the same chart. */
export function drawCharts(document: string): Map<string, string> {
  const drawn = new Map<string, string>()
  for (const block of parseBlocks(document))
    for (const chart of chartsOf(block)) {
      if (drawn.has(chart.file)) throw new Error(`two commands of docs/performance.md have figures for ${chart.file}`)
      drawn.set(chart.file, chart.draw(block))
    }
  return drawn
}

/** Writes the charts of a document to docs/charts. Returns their names. */
export function writeCharts(document: string): string[] {
  const drawn = drawCharts(document)
  mkdirSync(join(DOCS, 'charts'), { recursive: true })
  for (const [file, svg] of drawn) writeFileSync(join(DOCS, 'charts', file), svg)
  return [...drawn.keys()]
}
