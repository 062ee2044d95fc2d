/** What people do with a keyboard and a mouse that takes more than one call. */
import assert from 'node:assert/strict'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'

/** Presses Tab until the element has the focus, as people without a mouse do. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor()
  for (let presses = 0; presses < 150; presses++) {
    if (await target.evaluate(element => element === element.ownerDocument.activeElement)) return
    await page.keyboard.press('Tab')
  }
  assert.fail(`${target} cannot be reached with the Tab key`)
}

/**
 * Presses Tab until it has been everywhere, or `presses` times. Returns what has the focus but cannot be seen, because something else
 * is above it.
 */
export async function findHiddenFocus(page: Page, presses: number): Promise<readonly string[]> {
  const hidden: string[] = []
  for (let press = 0; press < presses; press++) {
    await page.keyboard.press('Tab')
    const found = await page.evaluate(async () => {
      // The browser scrolls to it when it draws.
      for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame)
      const focused = document.activeElement
      if (!(focused instanceof HTMLElement) || focused === document.body) return null
      const { left, top, width, height } = focused.getBoundingClientRect()
      const above = document.elementFromPoint(left + Math.min(width / 2, 20), top + Math.min(height / 2, 20))
      if (above !== null && (focused.contains(above) || above.contains(focused))) return null
      return `${focused.tagName} ${focused.getAttribute('aria-label') ?? focused.textContent?.slice(0, 40)}`
    })
    if (found !== null) hidden.push(found)
  }
  return hidden
}

/** Whether all of an element can be seen without scrolling it sideways. */
export async function fitsInWidth(element: Locator): Promise<boolean> {
  return await element.evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)
}

/** The name of what has the focus. */
export async function nameOfFocus(page: Page): Promise<string> {
  return await page.evaluate(() => {
    const focused = document.activeElement
    return `${focused?.tagName.toLowerCase()} ${focused?.getAttribute('aria-label') ?? focused?.textContent?.trim().slice(0, 60)}`
  })
}

export async function writeTemporaryFile(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'connectra-console-')), name)
  await writeFile(path, content)
  return path
}

/** Drags a file from outside of the browser onto the middle of the page and drops it there. */
export async function dropFile(page: Page, path: string): Promise<void> {
  // Before, the page does not listen.
  await page.getByRole('heading', { level: 1, includeHidden: true }).waitFor({ state: 'attached' })
  const tools = await page.context().newCDPSession(page)
  const { width, height } = page.viewportSize()!
  const at = { x: width / 2, y: height / 2, data: { items: [], files: [path], dragOperationsMask: 1 } }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await tools.send('Input.dispatchDragEvent', { type, ...at })
  await tools.detach()
}

/** Signs in on the page that asks for a key. */
export async function signIn(page: Page, key: string): Promise<void> {
  await page.getByLabel('API key').fill(key)
  await page.keyboard.press('Enter')
  await page.getByRole('navigation', { name: 'Main' }).waitFor()
}
