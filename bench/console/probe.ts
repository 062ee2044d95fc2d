/** What page/probe.ts measures in the page. All times are in milliseconds. */

/** What a click is to show: other rows and counts, the rows in another order, or a record beside the list. */
export type Shown = 'filtered' | 'sorted' | 'record'

export interface Spot {
  readonly x: number
  readonly y: number
}

export interface Scrolled {
  /** Between two frames. */
  readonly frames: readonly number[]
  /** Of tasks that took longer than 50 ms. */
  readonly longTasks: readonly number[]
}

export interface Probe {
  /** From the start of the navigation until rows are shown and no long task follows. Waits until that is certain. */
  interactive(): Promise<number>
  /** Resolves when nothing is loading and the page has not changed for a while. */
  settled(): Promise<void>
  /** Waits for the next click. To be called before it. */
  expectClick(shown: Shown): void
  /** From that click until the browser has drawn what it shows. */
  clickTime(): Promise<number>
  /** The values of the open filters that are not ticked, such as "Country: germany". */
  listValues(): readonly string[]
  /** Where to click, in the window. The element is scrolled into sight. */
  findValue(name: string): Spot
  findHeader(column: string): Spot
  /** The name of the record in a row. */
  findName(row: number): Spot
  startScroll(): void
  endScroll(): Scrolled
}

/** The name of the probe in the page. */
export interface ProbedPage {
  readonly connectraProbe: Probe
}
