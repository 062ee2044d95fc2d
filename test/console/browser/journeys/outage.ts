/** The server is stopped while the page is open, and comes back. Nothing may need a reload, and nothing that was typed is lost. */
import assert from 'node:assert/strict'
import { type Gate, openGate } from '../gate.ts'
import { whileWritesWait } from '../hold-writes.ts'
import { dropFile, signIn, writeTemporaryFile } from '../input.ts'
import { type Stage, setStage, type Visit } from '../stage.ts'
import type { Journeys } from './journey.ts'

const GERMANY = { keyword_match: { must: { country: 'germany' } } }
const FRANCE = { keyword_match: { must: { country: ['germany', 'france'] } } }
const UNREACHABLE = 'The server cannot be reached. Check that it is running, then try again.'

export const outageJourneys: Journeys = {
  'The server is stopped while a list is filtered and edited: the page says so, and goes on when it is back':
    async stage => {
      const counted = async (where: object) => (await stage.server.post('/contacts/count', { where })).body.count
      const [before, after, total] = [await counted(GERMANY), await counted(FRANCE), await counted({})]
      const [first] = (await stage.server.post('/contacts/', { where: GERMANY, limit: 1, case: 'original' })).body.data
      const title = async () => (await stage.server.get(`/contacts/${first.uuid}?case=original`)).body.data.title
      const former = await title()
      await visitThroughGate(stage, '/contacts', async ({ page, checkView }, gate) => {
        const country = page.getByRole('region', { name: 'Country', exact: true })
        const values = page.getByRole('list', { name: 'Values of Seniority Level' })
        const cell = page.getByRole('grid').locator('[data-row="0"] [data-cell="2"]')
        await country.getByRole('checkbox', { name: /^Germany/ }).check()
        await page.getByText(`${before} of ${total} contacts`).waitFor()
        await values.getByRole('checkbox').first().waitFor()

        await gate.shut()
        await country.getByRole('checkbox', { name: /^France/ }).check()
        const list = page.getByRole('alert').filter({ hasText: UNREACHABLE })
        await list.getByRole('button', { name: 'Try again' }).waitFor()
        await page.getByText('Count unavailable').waitFor()
        // What was there before is still there to read.
        await page.getByRole('grid').getByText(first.email).waitFor()
        await checkView('a list without a server')
        // Its code has not been loaded yet.
        const exporting = page.getByRole('button', { name: 'Export' })
        const messages = page.getByRole('region', { name: 'Messages' })
        await exporting.click()
        await messages.getByText('The server cannot be reached, so this could not be opened.').waitFor()
        await messages.getByRole('button', { name: 'Close message' }).click()

        await gate.open()
        await list.getByRole('button', { name: 'Try again' }).click()
        await list.waitFor({ state: 'detached' })
        await page.getByText(`${after} of ${total} contacts`).waitFor()
        await values.getByRole('checkbox').first().waitFor()
        assert.equal(await page.getByText(UNREACHABLE).count(), 0)
        assert.match(decodeURIComponent(page.url()), /"germany","france"/)
        await exporting.click()
        await page.getByRole('dialog', { name: 'Export contacts' }).getByText(`${after} rows, about`).waitFor()
        await page.keyboard.press('Escape')

        await country.getByRole('checkbox', { name: /^France/ }).uncheck()
        await page.getByText(`${before} of ${total} contacts`).waitFor()
        await cell.getByText(former).waitFor()
        await gate.shut()
        await cell.dblclick()
        await page.keyboard.press('Control+a')
        await page.keyboard.type('Head of Outages')
        await page.keyboard.press('Enter')
        await messages.getByText(/^Title of .* was not saved: The server cannot be reached/).waitFor()
        // The table shows what is stored.
        await cell.getByText(former).waitFor()
        await gate.open()
        await messages.getByRole('button', { name: 'Try again' }).click()
        await messages.getByText(/^Title: “.+” → “Head of Outages”$/).waitFor()
        await cell.getByText('Head of Outages').waitFor()
        assert.equal(await title(), 'Head of Outages')
        await messages.getByRole('button', { name: 'Undo' }).click()
        await messages.getByText(/^Title is “.+” again\.$/).waitFor()
        assert.equal(await title(), former)
      })
    },

  'The server is stopped during an upload and during an import: both go on by themselves when it is back':
    async stage => {
      const path = await writeTemporaryFile('outage.csv', 'First Name,Email,Company\nOut,out@age.example,Outage')
      await visitThroughGate(stage, '/import', async ({ page, checkView }, gate) => {
        await page.getByRole('heading', { name: 'Drop CSV files here' }).waitFor()
        await gate.shut()
        await dropFile(page, path)
        await page.getByText(/^The server cannot be reached\. The upload starts again/).waitFor()
        await checkView('an upload without a server')
        await gate.open()
        await page.getByRole('region', { name: 'First rows as records' }).getByText('out@age.example').waitFor()

        await whileWritesWait(stage, async () => {
          await page.getByRole('button', { name: 'Start import' }).click()
          await page.getByRole('button', { name: 'Cancel import' }).waitFor()
          await gate.shut()
          await page.getByText(/cannot be reached/).waitFor()
          await checkView('an import without a server')
        })
        await gate.open()
        await page.getByRole('heading', { name: 'Report' }).waitFor()
        assert.equal(await page.getByText(/cannot be reached/).count(), 0)
        const found = { where: { keyword_match: { must: { email: 'out@age.example' } } } }
        assert.equal((await stage.server.post('/contacts/count', found)).body.count, 1)
      })
    },

  'A room whose code is not loaded says that the server is stopped, and the other rooms stay': async stage => {
    await visitThroughGate(stage, '/jobs', async ({ page, checkView }, gate) => {
      const jobs = page.getByRole('heading', { name: 'Jobs', level: 1 })
      await page.getByRole('row').nth(1).waitFor()
      await gate.shut()
      await page.getByRole('link', { name: 'Contacts', exact: true }).click()
      const missing = page.getByRole('alert').filter({ hasText: 'No connection to the server' })
      const again = missing.getByRole('button', { name: 'Try again' })
      await again.waitFor()
      await checkView('a room without a server')
      await again.click()
      await page.getByRole('link', { name: 'Jobs', exact: true }).click()
      await jobs.waitFor()
      await page.getByRole('link', { name: 'Contacts', exact: true }).click()
      await again.waitFor()
      await gate.open()
      await again.click()
      await page.getByRole('grid', { name: 'Contacts' }).getByRole('row').nth(1).waitFor()
      await page.getByRole('region', { name: 'Country', exact: true }).getByRole('checkbox').first().waitFor()
      assert.match(page.url(), /#\/contacts$/)
      assert.equal(await missing.count(), 0)
    })
  },
}

/** Opens the console through a gate, signed in. */
async function visitThroughGate(
  { server, browser }: Stage,
  address: string,
  act: (visit: Visit, gate: Gate) => Promise<void>,
): Promise<void> {
  const gate = await openGate(server.url)
  try {
    const stage = await setStage({ ...server, url: gate.url }, browser)
    await stage.visitAsStranger(address, async visit => {
      await signIn(visit.page, server.key)
      visit.watch.expect(/net::ERR_(CONNECTION|EMPTY)/)
      await act(visit, gate)
    })
  } finally {
    await gate.shut()
  }
}
