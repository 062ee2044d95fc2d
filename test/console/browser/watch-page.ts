/** Notices whatever a page must not do: violate its Content-Security-Policy, throw, log errors, fail to load something. */
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'

export interface Watch {
  /** From now on problems of this kind are expected, and at least one has to occur. */
  expect(kind: RegExp): void
  /** Fails if there was another problem, or an expected one did not occur. */
  check(): void
}

export function watchPage(page: Page): Watch {
  const problems: string[] = []
  const expected: { readonly kind: RegExp; seen: boolean }[] = []

  function note(problem: string) {
    const match = expected.find(({ kind }) => kind.test(problem))
    if (match) match.seen = true
    else problems.push(problem)
  }

  page.on('console', message => {
    // The browser reports violations of the policy and failed requests here, too.
    if (['error', 'warning', 'assert'].includes(message.type())) note(`${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', error => note(`uncaught ${error.stack ?? error.message}`))
  page.on('response', response => {
    if (response.status() >= 400)
      note(`status of ${response.status()} ${response.request().method()} ${response.url()}`)
  })
  page.on('requestfailed', request => {
    const reason = request.failure()?.errorText ?? 'unknown'
    // Requests that are outdated are cancelled.
    if (reason !== 'net::ERR_ABORTED') note(`${request.method()} ${request.url()} failed: ${reason}`)
  })
  page.on('dialog', dialog => {
    if (dialog.type() === 'beforeunload') {
      note('the page asked whether to leave it')
      void dialog.accept()
      return
    }
    // No part of the console uses them; a script in data would.
    note(`a script opened a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })

  return {
    expect(kind) {
      expected.push({ kind, seen: false })
    },
    check() {
      assert.deepEqual(problems, [], 'the page had problems')
      for (const { kind, seen } of expected) assert.ok(seen, `expected a problem like ${kind}`)
    },
  }
}
