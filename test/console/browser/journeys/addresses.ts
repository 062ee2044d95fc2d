/** The address is the view: "back", "forward" and links restore all of it. */
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { signIn } from '../input.ts'
import type { Journeys } from './journey.ts'

const WHERE = { keyword_match: { must: { country: 'germany' } } }

export const addressJourneys: Journeys = {
  '"Back" and "forward" go through what was done to a list; its address restores all of it, also for a stranger':
    async stage => {
      const { count: total } = (await stage.server.post('/contacts/count', {})).body
      const { data } = (
        await stage.server.post('/contacts/', {
          where: WHERE,
          order_by: [{ order_by: 'title', order_direction: 'desc' }],
          case: 'original',
          limit: 100,
        })
      ).body
      const { length: count } = data
      assert.ok(count > 3 && count < 100)
      const third = `${data[2].first_name} ${data[2].last_name}`
      let address = ''

      const DEFAULT = ['Name', 'Title', 'Company Name', 'Country']
      const steps: readonly State[] = [
        { results: `${total} contacts`, columns: DEFAULT, sorted: null, open: null },
        { results: `${count} of ${total} contacts`, columns: DEFAULT, sorted: null, open: null },
        { results: `${count} of ${total} contacts`, columns: DEFAULT, sorted: 'Title, A to Z', open: null },
        { results: `${count} of ${total} contacts`, columns: DEFAULT, sorted: 'Title, Z to A', open: null },
        {
          results: `${count} of ${total} contacts`,
          columns: ['Name', 'Title', 'Company Name', 'City'],
          sorted: 'Title, Z to A',
          open: null,
        },
        {
          results: `${count} of ${total} contacts`,
          columns: ['Name', 'Title', 'Company Name', 'City'],
          sorted: 'Title, Z to A',
          open: third,
        },
      ]
      const last = steps.at(-1)!

      await stage.visit('/contacts?columns=full_name,title,company_name,country', async ({ page }) => {
        const grid = page.getByRole('grid', { name: 'Contacts' })
        const header = grid.getByRole('columnheader', { name: 'Title', exact: true })
        const actions = [
          () =>
            page
              .getByRole('region', { name: 'Country', exact: true })
              .getByRole('checkbox', { name: /^Germany/ })
              .check(),
          () => header.getByRole('button', { name: 'Title', exact: true }).click(),
          () => header.getByRole('button', { name: 'Title', exact: true }).click(),
          () => replaceColumn(page, 'Country', 'City'),
          () => grid.getByRole('row').nth(3).getByRole('button', { name: third }).click(),
        ]
        await expectState(page, steps[0]!)
        for (const [place, act] of actions.entries()) {
          await act()
          await expectState(page, steps[place + 1]!)
        }
        address = new URL(page.url()).hash.slice(1)
        // One step for each of them; the exchange of a column takes two.
        const before = [4, 3, 3, 2, 1, 0]
        for (const [place, step] of before.entries()) {
          await page.goBack()
          if (place !== 1) await expectState(page, steps[step]!)
        }
        for (let place = 0; place < before.length; place++) await page.goForward()
        await expectState(page, last)
        await page.reload()
        await expectState(page, last)
      })

      await stage.visit(address, async ({ page, checkView }) => {
        await expectState(page, last)
        await checkView('a list from a link')
        const rows = page.getByRole('grid').locator('[data-row]')
        await rows.nth(2).getByText(third).waitFor()
        assert.equal(await rows.count(), count)
        // In a link, a closed record leaves the list behind.
        await page.keyboard.press('Escape')
        await expectState(page, { ...last, open: null })
      })

      await stage.visitAsStranger(address, async ({ page }) => {
        await signIn(page, stage.server.key)
        await expectState(page, last)
      })
    },
}

interface State {
  readonly results: string
  readonly columns: readonly string[]
  readonly sorted: string | null
  /** The name of the record beside the list. */
  readonly open: string | null
}

async function expectState(page: Page, { results, columns, sorted, open }: State): Promise<void> {
  await page.getByRole('group', { name: 'Results' }).getByText(results, { exact: true }).waitFor()
  const place = page.getByRole('group', { name: 'Table' }).getByText(/^Sorted by /)
  if (sorted === null) await place.waitFor({ state: 'detached' })
  else await place.filter({ hasText: `Sorted by ${sorted}` }).waitFor()
  const headers = page.getByRole('grid').getByRole('columnheader')
  for (const [index, name] of columns.entries())
    await headers
      .nth(index + 1)
      .and(page.getByRole('columnheader', { name, exact: true }))
      .waitFor()
  assert.equal(await headers.count(), columns.length + 1)
  const drawer = page.getByRole('complementary', { name: 'Contact' })
  if (open === null) await drawer.waitFor({ state: 'detached' })
  else await drawer.getByRole('heading', { name: open, level: 2 }).waitFor()
}

async function replaceColumn(page: Page, hidden: string, shown: string): Promise<void> {
  await page.getByRole('button', { name: 'Columns', exact: true }).click()
  const choice = page.getByRole('dialog', { name: 'Columns' })
  await choice.getByRole('checkbox', { name: hidden, exact: true }).uncheck()
  await choice.getByRole('checkbox', { name: shown, exact: true }).check()
  await page.keyboard.press('Escape')
  await choice.waitFor({ state: 'detached' })
}
