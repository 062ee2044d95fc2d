/** Checks a view with axe-core against WCAG 2.2 AA. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

interface Violation {
  readonly id: string
  readonly help: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
}

/** `view` names it in the message. */
export async function checkAccessibility(page: Page, view: string): Promise<void> {
  // The policy of the page forbids `eval`. The protocol of the developer tools is not bound by it.
  const tools = await page.context().newCDPSession(page)
  const evaluate = async (expression: string): Promise<unknown> => {
    const { result, exceptionDetails } = await tools.send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    })
    assert.equal(exceptionDetails, undefined, JSON.stringify(exceptionDetails))
    return result.value
  }
  if ((await evaluate('typeof axe')) === 'undefined') await evaluate(`${AXE}; undefined`)
  const options = { runOnly: { type: 'tag', values: TAGS }, resultTypes: ['violations'] }
  const violations = (await evaluate(
    `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations)`,
  )) as Violation[]
  await tools.detach()
  const found = violations.map(({ id, help, nodes }) => ({
    id,
    help,
    nodes: nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 200)}: ${failureSummary}`),
  }))
  assert.deepEqual(found, [], `${view} is not accessible`)
}
