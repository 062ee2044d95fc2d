/** What every journey has: the server, the browser, and pages that are signed in and watched. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { checkAccessibility } from './accessibility.ts'
import type { ConsoleServer } from './console-server.ts'
import { checkScrollBoxes } from './scroll-boxes.ts'
import { type Watch, watchPage } from './watch-page.ts'

export const DESKTOP: BrowserContextOptions = {
  viewport: { width: 1280, height: 800 },
  locale: 'en-GB',
  timezoneId: 'UTC',
  reducedMotion: 'reduce',
}

/** How long to wait for anything on a page. Milliseconds. */
const PATIENCE = 15_000

export interface Visit {
  readonly page: Page
  readonly watch: Watch
  /** Goes to an address of the console, such as `/contacts`, without loading the page again. */
  goTo(address: string): Promise<void>
  /** Checks the view that is open. */
  checkView(name: string): Promise<void>
}

export interface Stage {
  readonly server: ConsoleServer
  readonly browser: Browser
  /**
   * Opens the console in a page of its own, at an address such as `/contacts`. When `act` has ended, the page is closed, and there
   * must not have been any problem.
   */
  visit(address: string, act: (visit: Visit) => Promise<void>): Promise<void>
  /** The same in a context of its own, without a key. */
  visitAsStranger(address: string, act: (visit: Visit) => Promise<void>): Promise<void>
}

export async function setStage(server: ConsoleServer, browser: Browser): Promise<Stage> {
  const signedIn = await browser.newContext(DESKTOP)
  await signedIn.addInitScript(key => localStorage.setItem('connectra.key', key), server.key)

  async function visitIn(
    context: BrowserContext,
    address: string,
    act: (visit: Visit) => Promise<void>,
  ): Promise<void> {
    const page = await context.newPage()
    page.setDefaultTimeout(PATIENCE)
    const watch = watchPage(page)
    try {
      await page.goto(`${server.url}/#${address}`)
      await act({
        page,
        watch,
        async goTo(next) {
          await page.goto(`${server.url}/#${next}`)
        },
        async checkView(name) {
          await checkScrollBoxes(page, name)
          await checkAccessibility(page, name)
        },
      })
      watch.check()
    } catch (error) {
      // What a person would see tells more than the locator that was not found.
      const seen = await page
        .locator('body')
        .innerText()
        .catch(() => 'nothing')
      throw new Error(`at ${page.url()}, which shows: ${seen.replace(/\s+/g, ' ').slice(0, 1500)}`, { cause: error })
    } finally {
      await page.close()
    }
  }

  return {
    server,
    browser,
    visit: (address, act) => visitIn(signedIn, address, act),
    async visitAsStranger(address, act) {
      const context = await browser.newContext(DESKTOP)
      try {
        await visitIn(context, address, act)
      } finally {
        await context.close()
      }
    },
  }
}
