/** Conditions in groups within groups. What is counted and listed has to be what the API finds for the same question. */
import assert from 'node:assert/strict'
import type { Locator, Page } from 'playwright-core'
import { waitUntil } from '../../../helpers/wait-until.ts'
import type { Stage } from '../stage.ts'
import type { Journeys } from './journey.ts'

const COUNTRIES = { keyword_match: { must: { country: ['germany', 'france', 'brazil', 'united states'] } } }
const MANAGER = { text_matches: { must: [{ filter_key: 'title', text_value: 'manager', search_type: 'match' }] } }
const SALES = { keyword_match: { must: { departments: 'Sales' } } }
const LARGE = { range_query: { must: { company_employees_count: { gte: 300 } } } }
const MOBILE = { exists: { must: ['mobile_phone'] } }

export const groupJourneys: Journeys = {
  'Groups of all, any and none within each other find exactly what the API finds, and are read back from the address':
    async stage => {
      const { count: total } = (await stage.server.post('/contacts/count', {})).body
      const inCountries = await counted(stage, COUNTRIES)
      const either = { or: [MANAGER, { not: { or: [SALES, LARGE] } }] }
      const all = { and: [COUNTRIES, either] }
      const found = await counted(stage, all)
      const other = await counted(stage, { and: [COUNTRIES, { or: [MANAGER, { or: [SALES, LARGE] }] }] })
      const simple = await counted(stage, { and: [COUNTRIES, MANAGER] })
      // Each group makes a difference.
      assert.equal(new Set([total, inCountries, found, other, simple, 0]).size, 6)

      await stage.visit('/contacts', async ({ page, checkView }) => {
        await page.getByText(`${total} contacts`, { exact: true }).waitFor()
        await page.getByRole('button', { name: 'Advanced filter' }).click()
        const dialog = page.getByRole('dialog', { name: 'Advanced filter' })
        const counts = (count: number) => dialog.getByText(`${count} contacts`, { exact: true }).waitFor()
        const top = groupIn(dialog, 'All of these hold')
        await addValues(top, 'Country', ['Germany', 'France', 'Brazil', 'United States'])
        await counts(inCountries)

        await add(top, 'group')
        const any = groupIn(top, 'Any of these holds')
        await addCondition(any, 'Title')
        await any.getByRole('textbox', { name: 'Text in Title' }).fill('manager')
        await counts(simple)

        await add(any, 'group')
        await setOp(groupIn(any, 'All of these hold'), 'None of these holds')
        const none = groupIn(any, 'None of these holds')
        await counts(simple)
        await addValues(none, 'Departments', ['Sales'])
        await addCondition(none, 'Company Employees')
        await none.getByLabel('At least').fill('300')
        await none.getByLabel('At least').press('Enter')
        await counts(found)
        await checkView('groups within groups')

        await setOp(none, 'Any of these holds')
        await counts(other)
        await setOp(groupIn(any, 'Any of these holds'), 'None of these holds')
        await counts(found)
        await dialog.getByRole('button', { name: 'Apply' }).click()
        await dialog.waitFor({ state: 'detached' })

        await expectList(stage, page, all, `${found} of ${total} contacts`)
        await page.reload()
        await expectList(stage, page, all, `${found} of ${total} contacts`)

        // The chip of the group says what it asks, and opens it.
        const chips = page.getByRole('list', { name: 'Conditions' })
        await chips.getByRole('button', { name: /^Any of: .*manager.*\(None of: .*Sales.*300.*\)/ }).click()
        await counts(found)
        assert.equal(await dialog.getByRole('group', { name: /^Group: / }).count(), 3)
        await none.getByRole('button', { name: 'Remove this group' }).click()
        await counts(simple)
        await dialog.getByRole('button', { name: 'Cancel' }).click()
        await page.getByText(`${found} of ${total} contacts`).waitFor()
      })
    },

  'A group of "none" at the top, and a condition that is turned around, are asked as they read': async stage => {
    const { count: total } = (await stage.server.post('/contacts/count', {})).body
    const where = { not: { or: [SALES, { not: MOBILE }] } }
    const found = await counted(stage, where)
    assert.ok(found > 0 && found < total)
    await stage.visit('/contacts', async ({ page }) => {
      await page.getByRole('button', { name: 'Advanced filter' }).click()
      const dialog = page.getByRole('dialog', { name: 'Advanced filter' })
      await setOp(groupIn(dialog, 'All of these hold'), 'None of these holds')
      const none = groupIn(dialog, 'None of these holds')
      await addValues(none, 'Departments', ['Sales'])
      await addCondition(none, 'Mobile Phone')
      await none.getByLabel('How Mobile Phone is compared').selectOption('has a value')
      await none.getByLabel('Whether Mobile Phone is or is not').selectOption('is not')
      await dialog.getByText(`${found} contacts`, { exact: true }).waitFor()
      await dialog.getByRole('button', { name: 'Apply' }).click()
      await expectList(stage, page, where, `${found} of ${total} contacts`)
    })
  },
}

async function counted({ server }: Stage, where: object): Promise<number> {
  const { status, body } = await server.post('/contacts/count', { where })
  assert.equal(status, 200, JSON.stringify(body))
  return body.count
}

/** The first group of this kind within `outer`. */
function groupIn(outer: Locator, op: string): Locator {
  return outer.getByRole('group', { name: `Group: ${op}` }).first()
}

async function setOp(group: Locator, op: string): Promise<void> {
  await group.getByLabel('How the conditions of this group combine').first().selectOption(op)
}

/** The buttons of the group itself come after those of groups within it. */
async function add(group: Locator, what: 'condition' | 'group'): Promise<void> {
  await group
    .getByRole('button', { name: `Add ${what}` })
    .last()
    .click()
}

/** Adds a condition, as the last one of the group, and chooses its field. */
async function addCondition(group: Locator, field: string): Promise<void> {
  await add(group, 'condition')
  await group.getByRole('combobox', { name: 'Field', exact: true }).last().selectOption(field)
}

async function addValues(group: Locator, field: string, values: readonly string[]): Promise<void> {
  await addCondition(group, field)
  const input = group.getByLabel(`Add a value of ${field}`)
  for (const value of values) {
    await input.fill(value)
    await input.press('Enter')
    await group.getByRole('button', { name: `Remove ${value}`, exact: true }).waitFor()
  }
}

/** The list says how many there are, and shows them in the order of the API. */
async function expectList({ server }: Stage, page: Page, where: object, results: string): Promise<void> {
  await page.getByText(results).waitFor()
  const { data } = (await server.post('/contacts/', { where, limit: 10, case: 'original' })).body
  const names = data.map((row: Record<string, string>) => `${row.first_name} ${row.last_name}`)
  const shown = page.getByRole('grid').locator('[data-open]')
  await waitUntil('the rows are those of the API', async () => {
    const texts = await shown.allInnerTexts()
    return JSON.stringify(texts.slice(0, names.length)) === JSON.stringify(names)
  })
}
