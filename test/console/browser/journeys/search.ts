import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { parse } from 'csv-parse/sync'
import type { Locator, Page } from 'playwright-core'
import { waitUntil } from '../../../helpers/wait-until.ts'
import { tabTo } from '../input.ts'
import type { Stage } from '../stage.ts'
import type { Journeys } from './journey.ts'

const ENGINEERS = {
  keyword_match: { must: { country: 'germany', departments: 'Engineering & Technical' } },
  range_query: { must: { company_employees_count: { gte: 200 } } },
}

export const searchJourneys: Journeys = {
  'Engineers in Germany at companies above 200 people are found by the filters and exported': async stage => {
    const expected = (await stage.server.post('/contacts/', { where: ENGINEERS, limit: 100 })).body.data
    const emails = expected.map(({ email }: { email: string }) => email).sort()
    assert.ok(emails.length >= 2, `${emails.length} engineers`)
    await stage.visit('/contacts', async ({ page, checkView }) => {
      const section = (name: string) => page.getByRole('region', { name, exact: true })
      await section('Country')
        .getByRole('checkbox', { name: /^Germany/ })
        .check()
      await section('Departments').getByRole('button', { name: 'Departments' }).click()
      await section('Departments')
        .getByRole('checkbox', { name: /^Engineering & Technical/ })
        .check()
      await section('Company Employees').getByRole('button', { name: 'Employees', exact: true }).click()
      await section('Company Employees').getByLabel('At least').fill('200')
      await page.getByText(`${emails.length} of 200 contacts`).waitFor()
      const grid = page.getByRole('grid', { name: 'Contacts' })
      await waitUntil('the table has the engineers only', async () => (await rowsOf(page)) === emails.length)
      await grid.getByText(emails[0]).waitFor()
      await checkView('the filtered list')

      await page.getByRole('button', { name: 'Export' }).click()
      const dialog = page.getByRole('dialog', { name: 'Export contacts' })
      await dialog.getByText(new RegExp(`^${emails.length} rows, about`)).waitFor()
      await checkView('the export')
      const started = page.waitForEvent('download')
      await dialog.getByRole('button', { name: 'Download' }).click()
      const download = await started
      assert.match(download.suggestedFilename(), /^contacts-\d{4}-\d\d-\d\d\.csv$/)
      const rows: Record<string, string>[] = parse(await readFile(await download.path()), { columns: true })
      assert.deepEqual(rows.map(({ email }) => email).sort(), emails)
      for (const row of rows) {
        assert.equal(row.country, 'Germany')
        assert.match(row.departments!, /Engineering & Technical/)
        assert.ok(Number(row.company_employees_count) >= 200, row.company_employees_count)
      }
      await dialog.waitFor({ state: 'detached' })
    })
  },

  'Contacts are sorted, scrolled to the end, opened, edited, and the edit is undone': async stage => {
    const order_by = [{ order_by: 'title', order_direction: 'desc' }]
    const sorted = await readAll(stage, order_by)
    await stage.visit('/contacts', async ({ page, checkView }) => {
      const grid = page.getByRole('grid', { name: 'Contacts' })
      const header = grid.getByRole('columnheader', { name: 'Title', exact: true })
      await header.getByRole('button', { name: 'Title', exact: true }).click()
      await header.getByRole('button', { name: 'Title', exact: true }).click()
      await waitUntil('it is sorted', async () => (await header.getAttribute('aria-sort')) === 'descending')
      await grid.getByRole('row').nth(1).getByText(sorted[0]!.email).waitFor()
      const place = page.getByRole('group', { name: 'Table' })
      await place.getByText('Sorted by Title, Z to A').waitFor()
      await place.getByRole('button', { name: 'Clear sorting' }).click()
      await waitUntil('it is not sorted', async () => (await header.getAttribute('aria-sort')) === null)
      await header.getByRole('button', { name: 'Title', exact: true }).click()
      await header.getByRole('button', { name: 'Title', exact: true }).click()
      await grid.getByRole('row').nth(1).getByText(sorted[0]!.email).waitFor()

      // One screen after the other: every row comes once, in its order.
      const seen = new Map<number, string>()
      await grid.hover()
      await waitUntil('the end is reached', async () => {
        // At once: the table replaces its rows while it scrolls.
        const rows = await grid
          .locator('[data-row]:not(:has([aria-hidden="true"]))')
          .evaluateAll(all => all.map(row => [Number(row.getAttribute('data-row')), row.textContent ?? ''] as const))
        for (const [index, text] of rows) if (!seen.has(index)) seen.set(index, text)
        await page.mouse.wheel(0, 400)
        await page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))))
        return seen.size === sorted.length
      })
      for (const [index, text] of seen) assert.ok(text.includes(sorted[index]!.email ?? ''), `row ${index}: ${text}`)

      const last = sorted.at(-1)!
      const row = grid.getByRole('row').filter({ hasText: last.email })
      await row.getByRole('rowheader').getByRole('button').click()
      const drawer = page.getByRole('complementary', { name: 'Contact' })
      await drawer.getByRole('heading', { level: 2 }).waitFor()
      await drawer.getByRole('region', { name: 'The company' }).getByRole('link').first().waitFor()
      await checkView('the drawer')
      await page.keyboard.press('Escape')
      await drawer.waitFor({ state: 'detached' })

      const cell = row.getByRole('gridcell').filter({ hasText: last.title })
      await cell.dblclick()
      await page.keyboard.type('Chief Undo Officer')
      await page.keyboard.press('Enter')
      await page.getByText(/^Title: “.+” → “Chief Undo Officer”$/).waitFor()
      const stored = async () => (await stage.server.get(`/contacts/${last.uuid}`)).body.data.title
      assert.equal(await stored(), 'Chief Undo Officer')
      await page.getByRole('button', { name: 'Undo' }).click()
      await page.getByText(/^Title is “.+” again\.$/).waitFor()
      assert.equal(await stored(), last.title)
      await cell.getByText(last.title).waitFor()
    })
  },

  'Without a mouse: search, go through the rows, open one, set a filter, and clear it': async stage => {
    await stage.visit('/contacts', async ({ page }) => {
      await page.getByRole('grid', { name: 'Contacts' }).getByRole('row').nth(1).waitFor()
      await page.keyboard.press('/')
      await page.keyboard.type('bjor backer zeph')
      await page.keyboard.press('Enter')
      await page.getByText(/^1 of 200 contacts$/).waitFor()
      const cell = page.getByRole('rowheader').getByText('Björn Bäcker')
      await tabTo(page, page.getByRole('rowheader').first())
      await cell.waitFor()
      await page.keyboard.press('Enter')
      const drawer = page.getByRole('complementary', { name: 'Contact' })
      await drawer.getByRole('heading', { name: 'Björn Bäcker' }).waitFor()
      await page.keyboard.press('Escape')
      await drawer.waitFor({ state: 'detached' })

      await page.keyboard.press('/')
      await page.keyboard.press('Backspace')
      await page.keyboard.press('Enter')
      await page.getByText(/^200 contacts$/).waitFor()
      const germany = page
        .getByRole('region', { name: 'Country', exact: true })
        .getByRole('checkbox', { name: /^Germany/ })
      await tabTo(page, germany)
      await page.keyboard.press('Space')
      await page.getByText(/^\d+ of 200 contacts$/).waitFor()
      assert.match(decodeURIComponent(page.url()), /"germany"/)
      await tabTo(page, page.getByRole('button', { name: 'Remove: Country: Germany' }))
      await page.keyboard.press('Enter')
      await page.getByText(/^200 contacts$/).waitFor()
    })
  },

  'With every filter open the panel scrolls, and nothing around it': async stage => {
    await stage.visit('/contacts', async ({ page, checkView }) => {
      const panel = page.getByRole('complementary', { name: 'Filters' })
      const closed = panel.locator('[aria-expanded="false"]')
      await closed.first().waitFor()
      while ((await closed.count()) > 0) await closed.first().click()
      await panel.getByLabel('Allow typing errors').first().waitFor()
      await panel.evaluate(element => {
        element.scrollTop = element.scrollHeight
      })
      await panel.hover()
      await page.mouse.wheel(0, 600)
      await page.keyboard.press('End')
      const beyond = await page.evaluate(() =>
        [document.scrollingElement!, document.getElementById('main')!].map(
          ({ scrollHeight, clientHeight }) => scrollHeight - clientHeight,
        ),
      )
      assert.deepEqual(beyond, [0, 0])
      await checkView('every filter')
    })
  },

  'However many conditions there are, "Clear all" is in their first row': async stage => {
    const keys = ['country', 'city', 'seniority', 'departments', 'email_status', 'company_employees_count']
    const filter = encodeURIComponent(JSON.stringify(keys.map(key => ({ kind: 'exists', key }))))
    await stage.visit(`/contacts?filter=${filter}`, async ({ page }) => {
      const chips = page.getByRole('list', { name: 'Conditions' }).getByRole('listitem')
      const middleOf = async (element: Locator) => {
        const { y, height } = (await element.boundingBox())!
        return y + height / 2
      }
      // Until the names of the fields are known, the chips have others.
      await page.getByText('Company Employees has a value').waitFor()
      const last = await middleOf(chips.nth(keys.length - 1))
      const first = await middleOf(chips.first())
      const clear = await middleOf(page.getByRole('button', { name: 'Clear all' }))
      assert.ok(last - first > 20, `${first}, ${last}: they need more than one row`)
      assert.ok(Math.abs(clear - first) < 4, `${first}, ${clear}`)
    })
  },

  'A view is saved under a name, and opened again in another tab': async stage => {
    await stage.visit('/companies', async ({ page, checkView }) => {
      await page
        .getByRole('region', { name: 'Country', exact: true })
        .getByRole('checkbox', { name: /^France/ })
        .check()
      await page.getByText(/^\d+ of \d+ companies$/).waitFor()
      await checkView('the companies')
      await page.getByRole('button', { name: 'Saved searches' }).click()
      await page.getByRole('button', { name: 'Save this search' }).click()
      await page.getByRole('dialog').getByLabel('Name').fill('French companies')
      await page.keyboard.press('Enter')
      await page.getByText('“French companies” was saved').waitFor()
    })
    await stage.visit('/companies', async ({ page, checkView }) => {
      await page.getByRole('button', { name: 'Saved searches' }).click()
      await checkView('saved searches')
      await page.getByRole('button', { name: 'French companies', exact: true }).click()
      await page.getByText(/^\d+ of \d+ companies$/).waitFor()
      await page
        .getByRole('region', { name: 'Country', exact: true })
        .getByRole('checkbox', { name: /^Germany/ })
        .check()
      await page.getByRole('button', { name: 'French companies · edited' }).click()
      await page.getByRole('button', { name: 'Save as new' }).waitFor()
      await page.getByRole('button', { name: 'Update “French companies”' }).click()
      await page.getByText('“French companies” was updated').waitFor()
      await page.getByRole('button', { name: 'French companies', exact: true }).waitFor()
      await page.getByRole('button', { name: 'Clear Country' }).click()
      await page.getByRole('button', { name: 'Saved searches' }).waitFor()
    })
  },
}

/** Rows of the table without its header. */
async function rowsOf(page: Page): Promise<number> {
  return await page.getByRole('grid').locator('[data-row]').count()
}

interface Person {
  readonly uuid: string
  readonly email: string
  readonly title: string
}

async function readAll({ server }: Stage, order_by: readonly object[]): Promise<readonly Person[]> {
  const people: Person[] = []
  for (const page of [1, 2, 3]) {
    const { body } = await server.post('/contacts/', { order_by, page, limit: 100 })
    people.push(...body.data)
  }
  return people
}
