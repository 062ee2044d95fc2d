/** Values that are changed, and changed back. */
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { waitUntil } from '../../../../helpers/wait-until.ts'
import type { Stage } from '../../stage.ts'
import type { Journeys } from '../journey.ts'

const UUID = '44444444-4444-4444-8444-444444444444'
const RECORD = `/contacts?search=editable&open=${UUID}`

export const editJourneys: Journeys = {
  'Two changes of a field are one message; undo does nothing if the field was changed again since': async stage => {
    await store(stage, 'Engineer')
    await stage.visit(RECORD, async ({ page, checkView }) => {
      const { drawer, messages, edit } = partsOf(page)
      await edit('First Engineer')
      await messages.getByText('Title: “Engineer” → “First Engineer”').waitFor()
      await edit('Second Engineer')
      await messages.getByText('Title: “First Engineer” → “Second Engineer”').waitFor()
      assert.equal(await messages.getByText(/^Title/).count(), 1)
      await checkView('a record with an undo')
      await messages.getByRole('button', { name: 'Undo' }).click()
      await messages.getByText('Title is “First Engineer” again.').waitFor()
      assert.equal(await titleOf(stage), 'First Engineer')
      assert.equal(await page.getByRole('button', { name: /^Undo/ }).count(), 0)

      await edit('Third Engineer')
      await messages.getByText('Title: “First Engineer” → “Third Engineer”').waitFor()
      await store(stage, 'Changed elsewhere')
      await messages.getByRole('button', { name: 'Undo' }).click()
      await messages.getByText('Title was changed again since. Nothing was undone.').waitFor()
      assert.equal(await titleOf(stage), 'Changed elsewhere')
      await drawer.getByText('Changed elsewhere').first().waitFor()
    })
  },

  'Undo stays beside the field while the record is open, and Ctrl+Z presses the newest one': async stage => {
    await store(stage, 'Engineer')
    await stage.visit(RECORD, async ({ page }) => {
      const { drawer, messages, edit } = partsOf(page)
      const beside = (field: string) => drawer.getByRole('button', { name: `Undo: ${field}` })
      await edit('')
      await messages.getByText('Title: “Engineer” → empty').waitFor()
      await edit('Oslo', 'City')
      await messages.getByText('City: “Rome” → “Oslo”').waitFor()
      for (let closed = 0; closed < 2; closed++)
        await messages.getByRole('button', { name: 'Close message' }).first().click()
      await page.keyboard.press('Control+z')
      await messages.getByText('City is “Rome” again.').waitFor()
      await beside('City').waitFor({ state: 'detached' })
      await beside('Title').click()
      await messages.getByText('Title is “Engineer” again.').waitFor()
      assert.equal(await titleOf(stage), 'Engineer')
      await beside('Title').waitFor({ state: 'detached' })

      await edit('Chief')
      await beside('Title').waitFor()
      await page.keyboard.press('Escape')
      await drawer.waitFor({ state: 'detached' })
      await page.getByRole('grid').getByRole('rowheader').first().getByRole('button').click()
      await drawer.getByRole('button', { name: 'Edit Title' }).waitFor()
      assert.equal(await beside('Title').count(), 0)
    })
  },

  'Ctrl+Z outside of a field takes back no filter': async stage => {
    await store(stage, 'Engineer')
    await stage.visit('/contacts', async ({ page }) => {
      const search = page.getByRole('searchbox', { name: 'Search contacts' })
      await search.pressSequentially('editable')
      await page.waitForURL(/search=editable/)
      await page.getByRole('grid').getByRole('rowheader').first().click()
      await page.keyboard.press('Control+z')
      assert.equal(await search.inputValue(), 'editable')
    })
  },

  'An editor says which keys save and cancel; fingers have buttons; a click elsewhere saves': async stage => {
    await store(stage, 'Engineer')
    await stage.visit(RECORD, async ({ page, checkView }) => {
      const { drawer, messages } = partsOf(page)
      const start = drawer.getByRole('button', { name: 'Edit Title' })
      const field = drawer.getByRole('textbox', { name: 'Title' })
      const hint = drawer.getByText('Enter saves · Esc cancels')
      await start.click()
      await hint.waitFor()
      await checkView('an editor')
      await field.fill('Not this')
      await field.press('Escape')
      await drawer.getByText('Engineer').first().waitFor()

      const cell = page.getByRole('grid').locator('[data-row="0"] [data-cell="2"]')
      await cell.dblclick()
      await cell.getByText('Enter saves · Esc cancels').click()
      await cell.getByRole('textbox').fill('By a click')
      await drawer.getByRole('heading', { level: 2 }).click()
      await messages.getByText('Title: “Engineer” → “By a click”').waitFor()

      const tools = await page.context().newCDPSession(page)
      await tools.send('Emulation.setTouchEmulationEnabled', { enabled: true })
      await start.click()
      await field.fill('Not this either')
      assert.equal(await hint.isVisible(), false)
      await checkView('an editor for fingers')
      await drawer.getByRole('button', { name: 'Cancel' }).click()
      await field.waitFor({ state: 'detached' })
      await start.click()
      await field.fill('By a finger')
      await drawer.getByRole('button', { name: 'Save' }).click()
      await messages.getByText('Title: “By a click” → “By a finger”').waitFor()
      assert.equal(await titleOf(stage), 'By a finger')
    })
  },
}

function partsOf(page: Page) {
  const drawer = page.getByRole('complementary', { name: 'Contact' })
  const edit = async (value: string, field = 'Title') => {
    await drawer.getByRole('button', { name: `Edit ${field}`, exact: true }).click()
    const input = drawer.getByRole('textbox', { name: field })
    await input.fill(value)
    await input.press('Enter')
  }
  return { drawer, messages: page.getByRole('region', { name: 'Messages' }), edit }
}

async function store({ server }: Stage, title: string): Promise<void> {
  const person = {
    uuid: UUID,
    first_name: 'Editable',
    last_name: 'Person',
    email: 'editable@example.com',
    city: 'Rome',
  }
  const { status } = await server.post('/contacts/batch-upsert', [{ ...person, title }])
  assert.equal(status, 200)
  await waitUntil('the title is stored', async () => (await titleOf({ server })) === title)
}

async function titleOf({ server }: Pick<Stage, 'server'>): Promise<string | null> {
  return (await server.get(`/contacts/${UUID}?case=original`)).body.data.title
}
