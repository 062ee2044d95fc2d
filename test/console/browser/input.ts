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

export async function writeTemporaryFile(name: string, content: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'connectra-console-')), name)
  await writeFile(path, content)
  return path
}

/** Drags a file from outside of the browser onto the middle of the page and drops it there. */
export async function dropFile(page: Page, path: string): Promise<void> {
  const tools = await page.context().newCDPSession(page)
  const { width, height } = page.viewportSize()!
  const at = { x: width / 2, y: height / 2, data: { items: [], files: [path], dragOperationsMask: 1 } }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await tools.send('Input.dispatchDragEvent', { type, ...at })
  await tools.detach()
}
