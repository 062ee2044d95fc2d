/** Opens the console in a browser, signed in, with the probe in its pages. */
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { API_KEY } from '../shared/serve-process.ts'
import { findBrowser } from './browser/find-browser.ts'
import type { Probe, ProbedPage } from './probe.ts'

/** The types of a page in a browser are those of another project: tsconfig.json of test/console. */
const PROBE = new URL('./page/probe.ts', import.meta.url).href
const VIEWPORT = { width: 1440, height: 900 }

export async function withBrowser(work: (browser: Browser) => Promise<void>): Promise<void> {
  // Ctrl-C ends the benchmark with its database (withDatabase), and the browser with the process.
  const browser = await chromium.launch({ ...(await findBrowser()), handleSIGINT: false, handleSIGTERM: false })
  try {
    await work(browser)
  } finally {
    await browser.close()
  }
}

/** A context has its own cache, which is empty at first. */
export async function openContext(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: VIEWPORT, locale: 'en-GB', timezoneId: 'UTC' })
  const { installProbe } = (await import(PROBE)) as { installProbe: () => void }
  await context.addInitScript(installProbe)
  await context.addInitScript(`localStorage.setItem('connectra.key', ${JSON.stringify(API_KEY)})`)
  return context
}

/** Calls the probe of a page. */
export async function probe<Name extends keyof Probe>(
  page: Page,
  name: Name,
  ...args: Parameters<Probe[Name]>
): Promise<Awaited<ReturnType<Probe[Name]>>> {
  return await page.evaluate(
    ([called, given]) => {
      const { connectraProbe } = globalThis as unknown as ProbedPage
      return (connectraProbe[called] as (...given: unknown[]) => never)(...given)
    },
    [name as keyof Probe, args as unknown[]] as const,
  )
}

/** Opens the list of contacts, or another address, and waits until nothing is loading. */
export async function openList(page: Page, url: string, address = '/contacts'): Promise<void> {
  await page.goto('about:blank')
  await page.goto(`${url}/#${address}`)
  await probe(page, 'settled')
}
