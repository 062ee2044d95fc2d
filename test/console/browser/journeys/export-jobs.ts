/** Files that a job writes. They have to be what the list shows: the same records, in its order, with its columns. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { parse } from 'csv-parse/sync'
import type { Locator, Page } from 'playwright-core'
import { MAX_DOWNLOAD } from '../console-server.ts'
import type { Stage } from '../stage.ts'
import type { Journeys } from './journey.ts'

const ORDER = [{ order_by: 'email', order_direction: 'desc' }]
/** The page learns the limit of this server when it asks for the file. */
const TOO_LARGE = /status of 400.*\/contacts\/export/
/** Another order than that of the fields. */
const LIST = '/contacts?columns=email,full_name,departments,company_employees_count&order=-email'

export const exportJobJourneys: Journeys = {
  'A large list is exported by a job as JSON lines in lower case, without a column of the table and with another one':
    async stage => {
      const { count } = (await stage.server.post('/contacts/count', {})).body
      assert.ok(count > MAX_DOWNLOAD)
      const columns = ['email', 'last_name', 'departments', 'company_employees_count', 'country']
      await stage.visit(LIST, async ({ page, goTo, watch, checkView }) => {
        watch.expect(TOO_LARGE)
        const dialog = await openExport(page)
        await column(dialog, 'First Name').uncheck()
        await column(dialog, 'Country').check()
        await dialog.getByLabel('Format').selectOption({ label: 'NDJSON (one JSON object per line)' })
        await dialog.getByLabel('Names and places').selectOption({ label: 'In lower case' })
        await dialog.getByText(`${rowsOf(count)}, about`).waitFor()
        const [name, text] = await exportByJob(page, dialog, count)
        await checkView('the job of an export')
        assert.match(name, /\.ndjson$/)
        const lines = text.trimEnd().split('\n')
        assert.deepEqual(Object.keys(JSON.parse(lines[0]!)), columns)
        const rows = await readAll(stage, { order_by: ORDER, case: 'lower' }, count)
        const expected = rows.map(row => ({
          email: row.email,
          last_name: row.last_name,
          departments: row.departments,
          company_employees_count: row.company?.employees_count ?? null,
          country: row.country,
        }))
        assert.deepEqual(
          lines.map(line => JSON.parse(line)),
          expected,
        )

        // The next time, in another list, the dialog is as it was left.
        await goTo('/contacts')
        await page.reload()
        await openExport(page)
        assert.equal(await dialog.getByLabel('Format').inputValue(), 'ndjson')
        assert.equal(await dialog.getByLabel('Names and places').inputValue(), 'lower')
        await dialog.getByText(`Columns · ${columns.length}`, { exact: true }).waitFor()
        await dialog.getByRole('button', { name: 'As in the table' }).click()
        assert.equal(await column(dialog, 'First Name').isChecked(), true)
      })
    },

  'The first rows of a list are exported by a job as CSV for Excel, with names as they are written': async stage => {
    const most = MAX_DOWNLOAD + 10
    await stage.visit(LIST, async ({ page, watch }) => {
      watch.expect(TOO_LARGE)
      const dialog = await openExport(page)
      await dialog.getByRole('button', { name: 'As in the table' }).click()
      await dialog.getByLabel('Format').selectOption({ label: 'CSV' })
      await dialog.getByLabel('Names and places').selectOption({ label: 'As written' })
      await dialog.getByLabel('Rows at most').fill(String(most))
      await dialog.getByLabel(/^Open in Excel/).check()
      await dialog.getByText(`${rowsOf(most)}, about`).waitFor()
      const [name, text] = await exportByJob(page, dialog, most)
      assert.match(name, /\.csv$/)
      assert.equal(text[0], '\uFEFF')
      const [header, ...rows]: string[][] = parse(text.slice(1))
      assert.deepEqual(header, ['email', 'first_name', 'last_name', 'departments', 'company_employees_count'])
      const expected = await readAll(stage, { order_by: ORDER, case: 'original' }, most)
      assert.deepEqual(
        rows,
        expected.map(row => [
          row.email ?? '',
          row.first_name ?? '',
          row.last_name ?? '',
          (row.departments ?? []).join(', '),
          String(row.company?.employees_count ?? ''),
        ]),
      )
      assert.ok(rows.some(([, first]) => first === 'Chloé'))
    })
  },
}

async function openExport(page: Page): Promise<Locator> {
  await page.getByRole('grid').getByRole('row').nth(1).waitFor()
  await page.getByRole('button', { name: 'Export' }).click()
  return page.getByRole('dialog', { name: 'Export contacts' })
}

/** In the dialog of an export. */
function column(dialog: Locator, label: string): Locator {
  return dialog.getByRole('group', { name: /^Columns/ }).getByRole('checkbox', { name: label, exact: true })
}

/** Starts the job, follows the message to it, and downloads its file. Returns the name of the file and what is in it. */
async function exportByJob(page: Page, dialog: Locator, rows: number): Promise<readonly [name: string, text: string]> {
  await dialog.getByRole('button', { name: 'Download' }).click()
  await dialog.waitFor({ state: 'detached' })
  const messages = page.getByRole('region', { name: 'Messages' })
  await messages.getByText(`A job writes the file with ${rowsOf(rows)}.`).waitFor()
  await messages.getByRole('button', { name: 'Show job' }).click()
  const panel = page.getByRole('complementary', { name: 'Job' })
  await panel.getByText(`${rowsOf(rows)} were written`).waitFor()
  const started = page.waitForEvent('download')
  await panel.getByRole('button', { name: /^Exported file/ }).click()
  const download = await started
  return [download.suggestedFilename(), await readFile(await download.path(), 'utf8')]
}

const rowsOf = (count: number) => `${count.toLocaleString('en')} rows`

interface Row {
  readonly email: string | null
  readonly first_name: string | null
  readonly last_name: string | null
  readonly departments: readonly string[] | null
  readonly country: string | null
  readonly company: { readonly employees_count: number | null } | null
}

/** The first `most` contacts, page by page. */
async function readAll({ server }: Stage, query: object, most: number): Promise<readonly Row[]> {
  const rows: Row[] = []
  const populated = { company_config: { populate: true, select_columns: ['employees_count'] } }
  for (let page = 1; rows.length < most; page++) {
    const { body } = await server.post('/contacts/', { ...query, ...populated, page, limit: 100 })
    if (body.data.length === 0) break
    rows.push(...body.data)
  }
  return rows.slice(0, most)
}
