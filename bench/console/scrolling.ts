/** Scrolling through the list of contacts with a mouse wheel. */
import type { Page } from 'playwright-core'
import { openList, probe } from './open-page.ts'
import type { Scrolled } from './probe.ts'

export interface ScrollFigures extends Scrolled {
  /** Pixels per second. */
  readonly speed: number
}

/** As one reads, and as fast as fingers can. */
const SPEEDS = [1000, 5000, 20_000]
const SECONDS = 10

export async function measureScrolling(page: Page, url: string): Promise<ScrollFigures[]> {
  const tools = await page.context().newCDPSession(page)
  const measured: ScrollFigures[] = []
  for (const speed of SPEEDS) {
    await openList(page, url)
    const { x, y } = await probe(page, 'findName', 5)
    await probe(page, 'startScroll')
    await tools.send('Input.synthesizeScrollGesture', {
      x,
      y,
      yDistance: -speed * SECONDS,
      speed,
      gestureSourceType: 'mouse',
    })
    measured.push({ speed, ...(await probe(page, 'endScroll')) })
  }
  await tools.detach()
  return measured
}
