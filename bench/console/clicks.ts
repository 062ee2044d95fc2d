/** Clicks of a person who has the list of contacts open. */
import type { Page } from 'playwright-core'
import type { Random } from '../data/random.ts'
import { openList, probe } from './open-page.ts'
import type { Shown, Spot } from './probe.ts'

/** Milliseconds of each click, until what it asks for is shown. */
export interface ClickFigures {
  readonly filter: readonly number[]
  readonly sort: readonly number[]
  readonly record: readonly number[]
}

const FILTER_CLICKS = 60
/** Up to as many conditions at a time. */
const CONDITIONS = 3
/** Filters that are open besides the two that are open at first. */
const OPENED = ['Departments', 'Company Industries']
const SORT_ROUNDS = 4
const SORTED_BY = ['full_name', 'title', 'email', 'country', 'company_name']
/** Among the rows that are drawn without scrolling. */
const RECORDS = 20

export async function measureClicks(page: Page, url: string, random: Random): Promise<ClickFigures> {
  return {
    filter: await clickFilters(page, url, random),
    sort: await clickHeaders(page, url),
    record: await clickNames(page, url, random),
  }
}

/** Ticks random values, one to three before the list is opened again without conditions. What was asked before is not asked again. */
async function clickFilters(page: Page, url: string, random: Random): Promise<number[]> {
  const times: number[] = []
  const asked = new Set<string>()
  while (times.length < FILTER_CLICKS) {
    await openList(page, url)
    for (const name of OPENED)
      await page.getByRole('region', { name, exact: true }).getByRole('heading').getByRole('button').click()
    await probe(page, 'settled')
    let chosen: string[] = []
    for (let left = 1 + random.int(CONDITIONS); left > 0; left--) {
      const keyWith = (value: string) => [...chosen, value].sort().join('\n')
      const fresh = (await probe(page, 'listValues')).filter(value => !asked.has(keyWith(value)))
      if (fresh.length === 0) break
      const value = random.pick(fresh)
      asked.add(keyWith(value))
      chosen = [...chosen, value]
      times.push(await click(page, 'filtered', await probe(page, 'findValue', value)))
    }
  }
  return times
}

/** Each column twice: ascending, then descending. Each round begins with a page that has no rows yet. */
async function clickHeaders(page: Page, url: string): Promise<number[]> {
  const times: number[] = []
  for (let round = 0; round < SORT_ROUNDS; round++) {
    await openList(page, url)
    for (const column of SORTED_BY)
      for (let direction = 0; direction < 2; direction++)
        times.push(await click(page, 'sorted', await probe(page, 'findHeader', column)))
  }
  return times
}

/** Opens the records of the first rows in random order, each from a list without one beside it. */
async function clickNames(page: Page, url: string, random: Random): Promise<number[]> {
  await openList(page, url)
  const times: number[] = []
  const rows = Array.from({ length: RECORDS }, (_, row) => row)
  while (times.length < RECORDS) {
    const [row] = rows.splice(random.int(rows.length), 1)
    times.push(await click(page, 'record', await probe(page, 'findName', row!)))
    await page.keyboard.press('Escape')
    await probe(page, 'settled')
  }
  return times
}

/** Clicks with the mouse when nothing is loading. Returns the milliseconds until the page shows it. */
async function click(page: Page, shown: Shown, { x, y }: Spot): Promise<number> {
  await page.mouse.move(x, y)
  await probe(page, 'settled')
  await probe(page, 'expectClick', shown)
  await page.mouse.click(x, y)
  const time = await probe(page, 'clickTime')
  await probe(page, 'settled')
  return time
}
