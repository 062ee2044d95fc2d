import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { waitUntil } from '../../../helpers/wait-until.ts'
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
}

async function createJob({ server }: Stage, job_type: string, job_data: object): Promise<string> {
  const { status, body } = await server.post('/common/jobs/create', { job_type, job_data })
  assert.equal(status, 200, JSON.stringify(body))
  return body.data.uuid
}
