/** Loads of the list of contacts: by a browser that has nothing of the console yet, and by one that has its files. */
import type { Browser, Page } from 'playwright-core'
import { openContext, probe } from './open-page.ts'

export interface LoadFigures {
  /** Bytes of the scripts of a first load as transferred, by their encoding. */
  readonly scriptBytes: Readonly<Record<'gzip' | 'br', number>>
  /** Milliseconds until the page is interactive. */
  readonly cold: readonly number[]
  readonly warm: readonly number[]
}

const LOADS = 10

export async function measureLoads(browser: Browser, url: string): Promise<LoadFigures> {
  const cold: number[] = []
  const warm: number[] = []
  const scripts = new Set<string>()
  for (let load = 0; load < LOADS; load++) {
    const context = await openContext(browser)
    const first = await context.newPage()
    first.on('response', response => {
      if (response.request().resourceType() === 'script') scripts.add(response.url())
    })
    cold.push(await measureLoad(first, url))
    await first.close()
    warm.push(await measureLoad(await context.newPage(), url))
    await context.close()
  }
  return { scriptBytes: { gzip: await sum(scripts, 'gzip'), br: await sum(scripts, 'br') }, cold, warm }
}

async function measureLoad(page: Page, url: string): Promise<number> {
  await page.goto(`${url}/#/contacts`)
  return await probe(page, 'interactive')
}

async function sum(urls: Iterable<string>, encoding: string): Promise<number> {
  const sizes = Array.from(urls, async url => {
    const response = await fetch(url, { headers: { 'accept-encoding': encoding } })
    await response.arrayBuffer()
    return Number(response.headers.get('content-length'))
  })
  return (await Promise.all(sizes)).reduce((total, size) => total + size, 0)
}
