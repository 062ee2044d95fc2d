/** What scrolls has to contain all that is in it. A hidden label far down in it would make the whole page scroll otherwise. */
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'

/** `view` names it in the message. */
export async function checkScrollBoxes(page: Page, view: string): Promise<void> {
  const found = await page.evaluate(() => {
    const problems: string[] = []
    for (const box of document.querySelectorAll('body *')) {
      const { overflowX, overflowY } = getComputedStyle(box)
      if (![overflowX, overflowY].some(overflow => overflow === 'auto' || overflow === 'scroll')) continue
      for (const element of box.querySelectorAll('*')) {
        if (!(element instanceof HTMLElement) || getComputedStyle(element).position !== 'absolute') continue
        const { offsetParent } = element
        if (offsetParent !== null && !box.contains(offsetParent))
          problems.push(`${element.outerHTML.slice(0, 120)} in ${box.tagName} ${box.className}`)
      }
    }
    const { scrollHeight, clientHeight } = document.scrollingElement!
    if (scrollHeight > clientHeight) problems.push(`the page has ${scrollHeight} px in a window of ${clientHeight} px`)
    return problems
  })
  assert.deepEqual(found, [], `${view}: something is placed outside of what scrolls it`)
}
