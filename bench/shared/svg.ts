/**
 * Writes SVG charts as text. A chart has its own background and follows the reader's light or dark mode, so it is readable on any page.
 * Leave wide margins around text: its width depends on the fonts of the reader's system.
 */

type Attributes = Readonly<Record<string, string | number>>

/** Each colour in light and in dark mode. Text has a contrast of at least 4.5 to 1 on the background, series 3 to 1 (WCAG 2.2). */
const COLOURS = {
  background: ['#ffffff', '#0d1117'],
  border: ['#d0d7de', '#30363d'],
  text: ['#1f2328', '#e6edf3'],
  muted: ['#59636e', '#9198a1'],
  grid: ['#e4e7eb', '#262c36'],
  range: ['#c4ccd6', '#4a525c'],
  index: ['#0969da', '#4493f8'],
  postgres: ['#bc4c00', '#f0883e'],
  goal: ['#cf222e', '#ff7b72'],
} as const
export type Colour = keyof typeof COLOURS

const FONT = 'system-ui,-apple-system,Segoe UI,Helvetica,Arial,sans-serif'
const PADDING = 24

export interface ChartFrame {
  /** Pixels. */
  readonly width: number
  readonly height: number
  readonly title: string
  readonly subtitle: string
  /** What the chart shows, for readers who cannot see it. */
  readonly description: string
  /** The command and commit of the figures. */
  readonly source: string
}

/** A whole SVG file: `content` on a background with title, subtitle and source. */
export function formatChart(frame: ChartFrame, content: readonly string[]): string {
  const { width, height } = frame
  const root = {
    xmlns: 'http://www.w3.org/2000/svg',
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    role: 'img',
    'aria-labelledby': 'title description',
    'font-family': FONT,
    'font-size': 13,
  }
  const outline = { x: 0.5, y: 0.5, width: width - 1, height: height - 1, rx: 8 }
  const lines = [
    element('title', { id: 'title' }, escapeText(frame.title)),
    element('desc', { id: 'description' }, escapeText(frame.description)),
    element('style', {}, formatStyle()),
    element('rect', { ...outline, class: 'fill-background line-border' }),
    text(PADDING, 36, frame.title, { 'font-size': 18, 'font-weight': 600 }),
    text(PADDING, 58, frame.subtitle, { class: 'fill-muted' }),
    ...content,
    text(PADDING, height - 18, frame.source, { class: 'fill-muted', 'font-size': 11 }),
  ]
  return `${element('svg', root, `\n${lines.join('\n')}\n`)}\n`
}

function formatStyle(): string {
  const rules = (mode: 0 | 1) =>
    Object.entries(COLOURS)
      .map(([name, colours]) => `.fill-${name}{fill:${colours[mode]}}.line-${name}{stroke:${colours[mode]}}`)
      .join('')
  return `${rules(0)}@media (prefers-color-scheme:dark){${rules(1)}}`
}

/** `content` is SVG, in which text is already escaped. */
function element(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeText(typeof value === 'number' ? formatNumber(value) : value)}"`)
    .join('')
  return content === '' ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`
}

export function text(x: number, y: number, content: string, attributes: Attributes = {}): string {
  return element('text', { x, y, class: 'fill-text', ...attributes }, escapeText(content))
}

export function line(
  [x1, y1]: readonly [number, number],
  [x2, y2]: readonly [number, number],
  colour: Colour,
  attributes: Attributes = {},
): string {
  return element('line', { x1, y1, x2, y2, class: `line-${colour}`, ...attributes })
}

export function polyline(
  points: readonly (readonly [number, number])[],
  colour: Colour,
  attributes: Attributes = {},
): string {
  const written = points.map(point => point.map(formatNumber).join(',')).join(' ')
  return element('polyline', { points: written, fill: 'none', class: `line-${colour}`, ...attributes })
}

/** `name` becomes a tooltip. Browsers show it when the chart is opened by itself. */
export function circle(
  [cx, cy]: readonly [number, number],
  r: number,
  colour: Colour,
  attributes: Attributes = {},
  name = '',
): string {
  const title = name === '' ? '' : element('title', {}, escapeText(name))
  return element('circle', { cx, cy, r, class: `fill-${colour}`, ...attributes }, title)
}

export function bar(x: number, y: number, width: number, height: number, colour: Colour): string {
  return element('rect', { x, y, width, height, rx: 3, class: `fill-${colour}` })
}

const formatNumber = (value: number) => String(Math.round(value * 10) / 10)

function escapeText(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
