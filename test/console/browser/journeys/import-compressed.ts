/** Files as people get them by mail: compressed. */
import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { zipOf } from '../../../helpers/zip.ts'
import { dropFile, writeTemporaryFile } from '../input.ts'
import type { Stage } from '../stage.ts'
import type { Journeys } from './journey.ts'

const ROWS = 40

/** The last row has nothing that says who it is. */
function csvOf(name: string): string {
  const row = (index: number) => `Zoë ${index},Packed,${name}${index}@packed.example,Packed ${name},Clerk`
  const rows = Array.from({ length: ROWS }, (_, index) => row(index))
  return ['First Name,Last Name,Email,Company,Role', ...rows, ',,,,Nobody'].join('\n')
}

const FILES: Readonly<Record<string, (csv: string) => Promise<Uint8Array>>> = {
  'gzipped.csv.gz': async csv => gzipSync(csv),
  // As macOS packs it.
  'zipped.zip': csv => zipOf({ 'people/people.csv': csv, '__MACOSX/people/._people.csv': '\0' }),
}

const isPacked = (name: string) => ({ where: { keyword_match: { must: { company_name: `Packed ${name}` } } } })

export const compressedFileJourneys: Journeys = Object.fromEntries([
  ...Object.entries(FILES).map(([file, compress]) => [
    `${file} is imported like a file that is not compressed: mapping, first rows, report, rejected row`,
    async (stage: Stage) => {
      const name = file.split('.')[0]!
      const path = await writeTemporaryFile(file, await compress(csvOf(name)))
      await stage.visit('/import', async ({ page, checkView }) => {
        await dropFile(page, path)
        await page.getByRole('heading', { name: file, level: 2 }).waitFor()
        await page.getByRole('region', { name: 'First rows as records' }).getByText(`${name}0@packed.example`).waitFor()
        await page.getByRole('button', { name: /^Read Role as:/ }).click()
        await page.getByRole('combobox', { name: 'Search what Role means' }).fill('title')
        await page.keyboard.press('Enter')
        await page.getByRole('button', { name: 'Read Role as: Job title' }).waitFor()
        await page.getByText('All 5 columns are imported.').waitFor()
        await checkView(`the columns of ${file}`)
        await page.getByRole('button', { name: 'Start import' }).click()

        await page.getByRole('heading', { name: 'Report' }).waitFor()
        const rejected = page.getByRole('region', { name: 'Rejected rows' })
        await rejected.getByRole('heading', { name: '1 row rejected' }).waitFor()
        const download = page.waitForEvent('download')
        await rejected.getByRole('button', { name: 'Rejected rows (CSV)' }).click()
        assert.equal((await download).suggestedFilename(), `${name}-rejected.csv`)
        const { body } = await stage.server.post('/contacts/', {
          ...isPacked(name),
          limit: 100,
          case: 'original',
          select_columns: ['first_name', 'title', 'email'],
          order_by: [{ order_by: 'email', order_direction: 'asc' }],
        })
        assert.equal(body.data.length, ROWS)
        const { cursor: _, ...first } = body.data[0]
        assert.deepEqual(first, { first_name: 'Zoë 0', title: 'Clerk', email: `${name}0@packed.example` })

        await rejected.getByRole('button', { name: 'Correct them here' }).click()
        await rejected.getByLabel('First Name, line 42').fill('Nemo')
        await rejected.getByLabel('Company, line 42').fill(`Packed ${name}`)
        await rejected.getByRole('button', { name: 'Import 1 row' }).click()
        await page.getByRole('heading', { name: `${name}-corrected.csv`, level: 2 }).waitFor()
        await page.getByRole('heading', { name: 'Report' }).waitFor()
        assert.equal((await stage.server.post('/contacts/count', isPacked(name))).body.count, ROWS + 1)
      })
    },
  ]),
  [
    'An archive with several tables is refused with what to do, and nothing is stored',
    async (stage: Stage) => {
      const archive = await zipOf({ 'a.csv': csvOf('several'), 'b.csv': csvOf('several') })
      const path = await writeTemporaryFile('several.zip', archive)
      await stage.visit('/import', async ({ page, watch, checkView }) => {
        watch.expect(/status of 400.*preview/)
        await dropFile(page, path)
        await page.getByRole('heading', { name: 'several.zip', level: 2 }).waitFor()
        await page
          .getByText(/zip.*one/i)
          .first()
          .waitFor()
        assert.equal(await page.getByRole('button', { name: 'Start import' }).isEnabled(), false)
        await checkView('an archive with several tables')
        assert.equal((await stage.server.post('/contacts/count', isPacked('several'))).body.count, 0)
      })
    },
  ],
])
