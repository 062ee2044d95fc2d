import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { waitUntil } from '../../../helpers/wait-until.ts'
import { whileWritesWait } from '../hold-writes.ts'
import { dropFile, findHiddenFocus, nameOfFocus, writeTemporaryFile } from '../input.ts'
import type { Stage } from '../stage.ts'
import type { Journeys } from './journey.ts'

export const jobJourneys: Journeys = {
  'Jobs are listed as they run; a failed one says why and is run again; the file of an export is downloaded':
    async stage => {
      const vql = { where: { keyword_match: { must: { country: 'brazil' } } }, select_columns: ['email'] }
      await createJob(stage, 'export_csv_file', { service: 'contact', vql })
      const failing = await createJob(stage, 'insert_csv_file', { s3_key: 'uploads/missing.csv' })
      await stage.visit('/jobs', async ({ page, checkView }) => {
        await page.getByRole('button', { name: /contacts-apollo\.csv/ }).waitFor()
        // Perhaps it waits or runs at first. The list follows it.
        await page.getByRole('row').filter({ hasText: 'missing.csv' }).getByText('Failed').waitFor()
        await checkView('the list of jobs')

        const panel = page.getByRole('complementary', { name: 'Job' })
        await page.getByRole('button', { name: /missing\.csv/ }).click()
        await panel
          .getByText(/there is no file "uploads\/missing\.csv"/i)
          .first()
          .waitFor()
        await panel.getByRole('button', { name: 'Run again' }).click()
        await waitUntil('it has failed again', async () => {
          const { attempts, status } = (await stage.server.get(`/common/jobs/${failing}`)).body.data
          return attempts === 2 && status === 'failed'
        })
        await checkView('a job')
        await page.keyboard.press('Escape')
        await panel.waitFor({ state: 'detached' })

        await page.getByLabel('Type').selectOption({ label: 'Exports' })
        await page.getByRole('row').filter({ hasText: 'Completed' }).getByRole('button').first().click()
        const started = page.waitForEvent('download')
        await panel.getByRole('button', { name: /^Exported file/ }).click()
        const lines = (await readFile(await (await started).path(), 'utf8')).trim().split('\n')
        assert.equal(lines[0], 'email')
        assert.equal(lines.length - 1, (await stage.server.post('/contacts/count', vql)).body.count)
      })
    },

  'A running import is cancelled; on a small screen the job takes the place of the list, and closing it leads back':
    async stage => {
      const path = await writeTemporaryFile('endless.csv', 'Email,Company\nendless@files.example,Endless')
      await stage.visit('/import', async ({ page, goTo, checkView }) => {
        await dropFile(page, path)
        const cancel = page.getByRole('button', { name: 'Cancel import' })
        await whileWritesWait(stage, async () => {
          await page.getByRole('button', { name: 'Start import' }).click()
          await cancel.click()
          const dialog = page.getByRole('dialog', { name: 'Cancel this import?' })
          await dialog.getByRole('button', { name: 'Let it run' }).click()
          assert.match(await nameOfFocus(page), /^button Cancel import/)
          await cancel.click()
          await dialog.getByRole('button', { name: 'Cancel import' }).click()
          await dialog.waitFor({ state: 'detached' })
        })
        await page.getByText('The import was cancelled.').waitFor()
        await page.getByRole('button', { name: 'Edit mapping' }).waitFor()

        await page.setViewportSize({ width: 1000, height: 700 })
        await goTo('/jobs')
        await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor()
        const row = page.getByRole('button', { name: /endless\.csv/ })
        await row.click()
        await page.getByRole('complementary', { name: 'Job' }).waitFor()
        await checkView('a job on a small screen')
        assert.deepEqual(await findHiddenFocus(page, 12), [])
        await page.keyboard.press('Escape')
        await row.waitFor()
        assert.match(await nameOfFocus(page), /^button endless\.csv/)
      })
    },
}

async function createJob({ server }: Stage, job_type: string, job_data: object): Promise<string> {
  const { status, body } = await server.post('/common/jobs/create', { job_type, job_data })
  assert.equal(status, 200, JSON.stringify(body))
  return body.data.uuid
}
