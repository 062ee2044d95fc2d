import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { waitUntil } from '../../../helpers/wait-until.ts'
import { dropFile, findHiddenFocus, nameOfFocus, writeTemporaryFile } from '../input.ts'
import type { Journeys } from './journey.ts'

const HEADER = 'First Name,Last Name,Email,Company,Job Title'

function rows(name: string, count = 2): string {
  const row = (index: number) => `${name} ${index},Filed,${name}${index}@files.example,Files of ${name},Clerk`
  return [HEADER, ...Array.from({ length: count }, (_, index) => row(index))].join('\n')
}

export const importFileJourneys: Journeys = {
  'Several files at once are each checked; one that is removed leaves the focus with the next': async stage => {
    const paths = await Promise.all(['one', 'two', 'three'].map(name => writeTemporaryFile(`${name}.csv`, rows(name))))
    await stage.visit('/import', async ({ page }) => {
      await chooseFiles(page, paths)
      const list = page.getByRole('navigation', { name: 'Files' })
      for (const name of ['one', 'two', 'three'])
        await list.getByRole('button', { name: new RegExp(`^${name}.csv Not started`) }).waitFor()
      await list.getByRole('button', { name: /^two.csv/ }).click()
      await page.getByRole('region', { name: 'First rows as records' }).getByText('two 0').waitFor()
      await list.getByRole('button', { name: 'Remove two.csv from this list' }).press('Enter')
      await list.getByText('two.csv').waitFor({ state: 'detached' })
      assert.match(await nameOfFocus(page), /^button three.csv/)
      await list.getByRole('button', { name: 'Remove three.csv from this list' }).press('Enter')
      await list.getByRole('button', { name: 'Remove one.csv from this list' }).press('Enter')
      await page.getByRole('heading', { name: 'Drop CSV files here' }).waitFor()
      await waitUntil('a button has the focus', async () => /^button Choose files/.test(await nameOfFocus(page)))
    })
  },

  'An upload that a reload cuts off starts again by itself, also of pasted rows': async stage => {
    const path = await writeTemporaryFile('cut-off.csv', rows('cut'))
    await stage.visit('/import', async ({ page, watch }) => {
      const hold = '**/files/uploads/**'
      await page.route(hold, () => {})
      await dropFile(page, path)
      await page.getByRole('heading', { name: 'cut-off.csv', level: 2 }).waitFor()
      await paste(page, 'First Name\tEmail\nPasted\tpasted@files.example')
      await page.getByRole('heading', { name: 'pasted-rows.tsv', level: 2 }).waitFor()
      const list = page.getByRole('navigation', { name: 'Files' })
      const uploading = async () => (await list.getByText('Uploading').count()) === 2
      await waitUntil('both are being uploaded', uploading)
      watch.expect(/asked whether to leave/)
      await page.reload()
      await waitUntil('both are being uploaded again', uploading)
      await page.unroute(hold)
      for (const name of ['cut-off.csv', 'pasted-rows.tsv'])
        await list.getByRole('button', { name: new RegExp(`^${name} Not started`) }).waitFor()
      await list.getByRole('button', { name: /^pasted-rows/ }).click()
      await page.getByRole('region', { name: 'First rows as records' }).getByText('pasted@files.example').waitFor()
    })
  },

  'A file that is dropped in another room is imported, and the lists then show its records': async stage => {
    const path = await writeTemporaryFile('anywhere.csv', rows('anywhere', 3))
    await stage.visit('/contacts', async ({ page }) => {
      const { count } = (await stage.server.post('/contacts/count', {})).body
      const shown = (records: number) => page.getByText(`${records} contacts`, { exact: true }).first()
      await shown(count).waitFor()
      await dropFile(page, path)
      await page.getByRole('heading', { name: 'anywhere.csv', level: 2 }).waitFor()
      await page.getByRole('button', { name: 'Start import' }).click()
      // Without waiting for the report.
      await page.getByRole('link', { name: 'Contacts', exact: true }).click()
      await shown(count + 3).waitFor()
      assert.equal(await page.getByRole('heading', { name: 'Contacts', level: 1 }).count(), 1)
    })
  },

  'Corrections survive another room and a reload, and typing goes on where a line break was removed': async stage => {
    const broken = `${HEADER}\n,,,,"Nobody\nin particular"`
    const path = await writeTemporaryFile('broken.csv', broken)
    await stage.visit('/import', async ({ page, watch, goTo }) => {
      await dropFile(page, path)
      await page.getByRole('button', { name: 'Start import' }).click()
      const rejected = page.getByRole('region', { name: 'Rejected rows' })
      await rejected.getByRole('button', { name: 'Correct them here' }).click()
      const cell = rejected.getByLabel(/^Job Title, line 2/)
      await cell.focus()
      for (const key of ['Control+End', 'Home', 'Backspace', '-']) await page.keyboard.press(key)
      assert.equal(await cell.inputValue(), 'Nobody-in particular')
      await goTo('/jobs')
      await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor()
      await goTo('/import')
      await cell.waitFor()
      assert.equal(await cell.inputValue(), 'Nobody-in particular')
      watch.expect(/asked whether to leave/)
      await page.reload()
      await cell.waitFor()
      assert.equal(await cell.inputValue(), 'Nobody-in particular')
      await rejected.getByLabel('Email, line 2').fill('nobody@files.example')
      await rejected.getByRole('button', { name: 'Import 1 row' }).click()
      await page.getByRole('heading', { name: 'broken-corrected.csv' }).waitFor()
      await page.getByRole('heading', { name: 'Report' }).waitFor()
      await page.getByRole('button', { name: /^broken.csv/ }).click()
      await rejected.getByRole('button', { name: 'Correct them here' }).click()
      await rejected.getByText('1 row was corrected and imported since.').waitFor()
      await rejected.getByRole('link', { name: 'Corrected and imported' }).waitFor()
      assert.equal(await rejected.getByLabel('Email, line 2').inputValue(), 'nobody@files.example')
      assert.equal(await rejected.getByLabel('Email, line 2').isEditable(), false)
    })
  },

  'A file without known headers says what to do; nothing that has the focus is hidden by the bar': async stage => {
    const path = await writeTemporaryFile('unknown.csv', 'foo,bar,baz\n1,who@files.example,x\n2,else@files.example,y')
    await stage.visit('/import', async ({ page, watch, checkView }) => {
      await page.setViewportSize({ width: 1280, height: 420 })
      watch.expect(/status of 400.*preview/)
      await dropFile(page, path)
      await page.getByText('Choose below what the columns mean.').waitFor()
      await checkView('a file without known headers')
      await page.getByRole('button', { name: /^Read bar as:/ }).click()
      await page.getByRole('combobox', { name: 'Search what bar means' }).fill('email')
      await page.keyboard.press('Enter')
      await page.getByRole('region', { name: 'First rows as records' }).getByText('who@files.example').waitFor()
      assert.deepEqual(await findHiddenFocus(page, 12), [])
    })
  },
}

async function chooseFiles(page: Page, paths: readonly string[]): Promise<void> {
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Choose files' }).click()
  await (await choosing).setFiles([...paths])
}

/** As with Ctrl-V outside of a field. */
async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate(pasted => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', pasted)
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  }, text)
}
