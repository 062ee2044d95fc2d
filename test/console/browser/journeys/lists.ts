/** Lists that are long, that change, and that are used without a mouse. */
import assert from 'node:assert/strict'
import type { Locator, Page } from 'playwright-core'
import { waitUntil } from '../../../helpers/wait-until.ts'
import type { Stage } from '../stage.ts'
import type { Journeys } from './journey.ts'

const TOTAL = 3200
const LIST = '/contacts?search=longlist&order=last_name'

export const listJourneys: Journeys = {
  'A list of 3,200 rows: down through all pages, at once to the top, to the last row, and along with the drawer':
    async stage => {
      const people = await storeLongList(stage)
      await stage.visit(LIST, async ({ page, goTo }) => {
        const grid = page.getByRole('grid', { name: 'Contacts' })
        await page.getByText(/^Rows 1–\d+ of 3,200$/).waitFor()
        await row(grid, 1).waitFor()
        // So far that the first pages are no longer needed.
        await waitUntil('the end is reached', async () =>
          grid.evaluate(async element => {
            element.scrollTop += 6400
            await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
            const isLoaded = element.querySelector('[data-row]:last-child [aria-hidden="true"]') === null
            if (!isLoaded) element.scrollTop -= 6400
            return element.scrollTop + element.clientHeight >= element.scrollHeight
          }),
        )
        await row(grid, TOTAL).waitFor()
        await page.getByText(/^Rows 3,1\d\d–3,200 of 3,200$/).waitFor()
        await grid.evaluate(element => {
          element.scrollTop = 0
        })
        for (const number of [1, 2, 20]) await row(grid, number).waitFor()
        await grid.evaluate(element => {
          element.scrollTop = element.scrollHeight / 2
        })
        await row(grid, 1605).waitFor()

        await grid.locator('[data-cell][tabindex="0"]').focus()
        await page.keyboard.press('Control+End')
        await row(grid, TOTAL).waitFor()
        await page.keyboard.press('Enter')
        const heading = page.getByRole('complementary', { name: 'Contact' }).getByRole('heading', { level: 2 })
        await expectText(heading, 'Longlist 3200')
        await page.keyboard.press('k')
        await expectText(heading, 'Longlist 3199')
        // The drawer follows to a row that is not loaded yet.
        await row(grid, 3199).getByRole('rowheader').focus()
        await page.keyboard.press('Control+Home')
        await expectText(heading, 'Longlist 0001')

        // A link opens a record that is not the first row. The next one is the row below it.
        await goTo(`${LIST}&open=${people[9]}`)
        await expectText(heading, 'Longlist 0010')
        await page.getByRole('button', { name: 'Next record (j)' }).click()
        await expectText(heading, 'Longlist 0011')
      })
    },

  'An edit belongs to the record where it began, and a range to the list where it began': async stage => {
    const people = await storeLongList(stage)
    await stage.visit(LIST, async ({ page, goTo }) => {
      const grid = page.getByRole('grid', { name: 'Contacts' })
      await cell(row(grid, 1), 'Title').dblclick()
      await page.keyboard.type('Chief of the first row')
      // As "back" does while the editor is open.
      await goTo('/contacts?search=longlist&order=-last_name')
      await page.getByText('Title: empty → “Chief of the first row”').waitFor()
      await row(grid, TOTAL).waitFor()
      const titleOf = async (uuid: string) => (await stage.server.get(`/contacts/${uuid}`)).body.data.title
      assert.deepEqual([await titleOf(people[0]!), await titleOf(people.at(-1)!)], ['Chief of the first row', null])

      await check(row(grid, TOTAL - 1)).click()
      await page.getByText('1 selected').waitFor()
      await goTo(LIST)
      await row(grid, 5).waitFor()
      await check(row(grid, 5)).click({ modifiers: ['Shift'] })
      await page.getByText('2 selected').waitFor()
      await check(row(grid, 8)).click({ modifiers: ['Shift'] })
      await page.getByText('5 selected').waitFor()

      // What others have changed is there after a click.
      await stage.server.post('/contacts/batch-upsert', [{ uuid: people[2], title: 'Changed elsewhere' }])
      await page.getByRole('button', { name: 'Refresh' }).click()
      await row(grid, 3).getByText('Changed elsewhere').waitFor()
    })
  },

  'E-mail addresses are copied, with and without the clipboard of https, and counted as they are': async stage => {
    const base = { last_name: 'Copymail', title: 'Tester' }
    await stage.server.post('/contacts/batch-upsert', [
      { ...base, uuid: uuidOf(9001), first_name: 'One', email: 'copymail@example.com' },
      { ...base, uuid: uuidOf(9002), first_name: 'Two', email: 'copymail@example.com' },
      { ...base, uuid: uuidOf(9003), first_name: 'Three', linkedin_url: 'https://linkedin.com/in/copymail3' },
    ])
    await stage.visit('/contacts?search=copymail', async ({ page }) => {
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
      const search = page.getByRole('searchbox', { name: 'Search contacts' })
      for (const hasClipboard of [true, false]) {
        if (!hasClipboard)
          await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }))
        await page.getByRole('checkbox', { name: 'Select all matching records' }).check()
        await page.getByRole('button', { name: 'Copy e-mails' }).click()
        await page
          .getByText('1 e-mail address copied; 1 contact has none; 1 duplicate was left out.')
          .nth(hasClipboard ? 0 : 1)
          .waitFor()
        await search.fill('')
        await search.press('Control+v')
        assert.equal(await search.inputValue(), 'copymail@example.com')
        await search.fill('copymail')
        await page.getByText('3 selected').waitFor()
      }
    })
  },

  'What is typed into the VQL while it is being applied is kept': async stage => {
    await stage.visit('/contacts', async ({ page }) => {
      await page.getByRole('button', { name: 'VQL' }).click()
      const text = page.getByRole('textbox', { name: 'VQL of the list' })
      const applied = '{"search": "bjor"}'
      await text.fill(applied)
      const held: (() => void)[] = []
      let isHolding = true
      await page.route('**/contacts/count', route =>
        isHolding ? void held.push(() => void route.continue()) : route.continue(),
      )
      await page.getByRole('button', { name: 'Apply' }).click()
      await waitUntil('the server is asked', async () => held.length > 0)
      await text.fill(`${applied} `)
      isHolding = false
      for (const release of held) release()
      await page.waitForURL(/search=bjor/)
      await waitUntil('it can be applied, too', async () => page.getByRole('button', { name: 'Apply' }).isEnabled())
      assert.equal(await text.inputValue(), `${applied} `)
      await page.getByRole('button', { name: 'Close VQL' }).click()
      await expectFocus(page.getByRole('button', { name: 'VQL', exact: true }))
    })
  },

  'The record leaves the toolbar free; on a narrow screen nothing behind it gets the focus': async stage => {
    await stage.visit('/contacts?search=tundra', async ({ page, checkView }) => {
      await page.getByRole('grid').getByRole('rowheader').first().getByRole('button').click()
      const drawer = page.getByRole('complementary', { name: 'Contact' })
      await drawer.getByRole('heading', { level: 2 }).waitFor()
      for (const name of ['Saved searches', 'Columns']) {
        const button = page.getByRole('button', { name, exact: true })
        await button.click()
        await page.getByRole('dialog').waitFor()
        await page.keyboard.press('Escape')
        await expectFocus(button)
      }
      // The focus stays in the drawer when it shows another record.
      await drawer.getByRole('button', { name: 'Edit Title' }).focus()
      const heading = drawer.getByRole('heading', { level: 2 })
      const before = await heading.innerText()
      await page.keyboard.press('j')
      await waitUntil('another record is shown', async () => (await heading.innerText()) !== before)
      await waitUntil('the focus is within', () => drawer.evaluate(element => element.contains(document.activeElement)))

      await page.setViewportSize({ width: 600, height: 800 })
      await checkView('a record on a narrow screen')
      for (let presses = 0; presses < 40; presses++) {
        await page.keyboard.press('Tab')
        const isBehind = await page.evaluate(() => document.activeElement!.closest('[inert]') !== null)
        assert.equal(isBehind, false)
      }
      await drawer.getByRole('button', { name: 'Close (Esc)' }).click()
      await page.getByRole('grid').getByRole('rowheader').first().click()
    })
  },

  'Keys alone: the focus stays near what was pressed; a hidden column and a range leave nothing behind':
    async stage => {
      const filter = encodeURIComponent('[{"kind":"values","key":"country","values":["brazil"]}]')
      await stage.visit(`/contacts?columns=full_name,title,email&filter=${filter}`, async ({ page }) => {
        const section = (name: string) => page.getByRole('region', { name, exact: true })
        // What is chosen comes first, and what is ticked stays where it is.
        const values = section('Country').getByRole('checkbox')
        await expectName(values.nth(0), /^Brazil/)
        await values.nth(3).press('Space')
        await page.getByText(/^Country: Brazil, /).waitFor()
        await waitUntil(
          'both are ticked',
          async () => (await values.nth(0).isChecked()) && (await values.nth(3).isChecked()),
        )
        await page.getByRole('button', { name: 'Clear Country' }).press('Enter')
        await expectFocus(section('Country').getByRole('button', { name: 'Country' }))

        await section('Company Employees').getByRole('button', { name: 'Employees', exact: true }).press('Enter')
        const bars = section('Company Employees').getByRole('slider')
        await bars.press('Home')
        await bars.press('Shift+ArrowRight')
        await bars.press('Enter')
        await page.getByText(/^Company Employees: /).waitFor()
        const first = await boundsIn(page)
        await bars.press('ArrowRight')
        await bars.press('Enter')
        await waitUntil('another range is chosen', async () => (await boundsIn(page)).lte !== first.lte)
        assert.equal((await boundsIn(page)).gte, first.lte + 1, 'the range is the bar alone')

        await page.getByRole('button', { name: 'Hide the filters' }).press('Enter')
        await expectFocus(page.getByRole('button', { name: 'Filters', exact: true }))
        await page.getByRole('button', { name: 'Filters', exact: true }).press('Enter')
        await expectFocus(page.getByRole('button', { name: 'Hide the filters' }))

        const header = page.getByRole('grid').locator('[data-stop]')
        await header.first().focus()
        await page.keyboard.press('End')
        await page.keyboard.press('Enter')
        await page.getByRole('menuitem', { name: 'Hide column' }).press('Enter')
        await page.waitForURL(/columns=full_name%2Ctitle/)
        await expectFocus(header.last())
        assert.equal(await header.and(page.locator('[tabindex="0"]')).count(), 1)

        await page.getByRole('checkbox', { name: 'Select all matching records' }).press('Space')
        await page.getByRole('button', { name: 'Clear selection' }).press('Enter')
        await expectFocus(page.getByRole('group', { name: 'Table' }))

        await page.getByRole('button', { name: 'Saved searches' }).press('Enter')
        await page.getByRole('button', { name: 'Save this search' }).press('Enter')
        await page.getByRole('dialog').getByLabel('Name').waitFor()
        await page.keyboard.press('Escape')
        await expectFocus(page.getByRole('button', { name: 'Saved searches' }))
      })
    },
}

const uuidOf = (number: number) => `33333333-3333-4333-8333-${String(number).padStart(12, '0')}`

let stored: Promise<readonly string[]> | null = null

/** Contacts that are called "Longlist 0001" and so on. Returns their uuids in the order of their names. */
function storeLongList(stage: Stage): Promise<readonly string[]> {
  stored ??= storePeople(stage)
  return stored
}

async function storePeople({ server }: Stage): Promise<readonly string[]> {
  const people = Array.from({ length: TOTAL }, (_, index) => ({
    uuid: uuidOf(index),
    first_name: 'Longlist',
    last_name: String(index + 1).padStart(4, '0'),
  }))
  for (let from = 0; from < TOTAL; from += 1000)
    assert.equal((await server.post('/contacts/batch-upsert', people.slice(from, from + 1000))).status, 200)
  return people.map(({ uuid }) => uuid)
}

/** The row of a person of the long list. */
function row(grid: Locator, number: number): Locator {
  const name = `Longlist ${String(number).padStart(4, '0')}`
  return grid.getByRole('row').filter({ has: grid.page().getByRole('button', { name, exact: true }) })
}

const check = (of: Locator): Locator => of.getByRole('checkbox')

/** The cell of a row in a column of the default columns. */
function cell(of: Locator, column: 'Title'): Locator {
  return of.locator(`[data-cell="${{ Title: 2 }[column]}"]`)
}

async function expectText(locator: Locator, text: string): Promise<void> {
  await locator.filter({ hasText: new RegExp(`^${text}$`) }).waitFor()
}

async function expectName(checkbox: Locator, name: RegExp): Promise<void> {
  await waitUntil(`the checkbox is called ${name}`, async () =>
    name.test((await checkbox.evaluate(element => element.closest('label')!.textContent)) ?? ''),
  )
}

async function expectFocus(locator: Locator): Promise<void> {
  await waitUntil(`${locator} has the focus`, async () =>
    locator.evaluate(element => element === document.activeElement),
  )
}

/** The bounds of the only range in the address. */
async function boundsIn(page: Page): Promise<{ readonly gte: number; readonly lte: number }> {
  const address = decodeURIComponent(page.url())
  const [, gte, lte] = /"gte":(\d+),"lte":(\d+)/.exec(address)!
  return { gte: Number(gte), lte: Number(lte) }
}
