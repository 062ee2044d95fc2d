/** Notices whatever a page must not do: violate its Content-Security-Policy, throw, log errors, fail to load something. */
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'

export interface Watch {
  /** Problems of this kind are expected while `act` runs, and at least one has to occur. */
  during<T>(expected: RegExp, act: () => Promise<T>): Promise<T>
  /** Fails if there was a problem since the last time. */
  check(): void
}

export function watchPage(page: Page): Watch {
  let problems: string[] = []
  let expected: RegExp | null = null
  let seen = 0

  function note(problem: string) {
    if (expected?.test(problem)) seen++
    else problems.push(problem)
  }

  page.on('console', message => {
    // The browser reports violations of the policy and failed requests here, too.
    if (['error', 'warning', 'assert'].includes(message.type())) note(`${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', error => note(`uncaught ${error.stack ?? error.message}`))
  page.on('response', response => {
    if (response.status() >= 400) note(`${response.status()} ${response.request().method()} ${response.url()}`)
  })
  page.on('requestfailed', request => {
    const reason = request.failure()?.errorText ?? 'unknown'
    // Requests that are outdated are cancelled.
    if (reason !== 'net::ERR_ABORTED') note(`${request.method()} ${request.url()} failed: ${reason}`)
  })
  // No part of the console uses them; a script in data would.
  page.on('dialog', dialog => {
    note(`a script opened a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })

  return {
    async during(pattern, act) {
      expected = pattern
      seen = 0
      try {
        const result = await act()
        assert.ok(seen > 0, `expected ${pattern}`)
        return result
      } finally {
        expected = null
      }
    },
    check() {
      const found = problems
      problems = []
      assert.deepEqual(found, [], 'the page had problems')
    },
  }
}
