import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { NAUGHTY_STRINGS } from '../../../helpers/naughty.ts'
import { dropFile, writeTemporaryFile } from '../input.ts'
import type { Stage, Visit } from '../stage.ts'
import type { Journeys } from './journey.ts'

/** Would call `alert` as markup, in an attribute, in a script, in an address, and by an image that does not load. */
const SCRIPTS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(2)>',
  "';alert(3);//",
  'javascript:alert(4)',
  '<svg onload=alert(5)>',
  '{{constructor.constructor("alert(6)")()}}',
  '</textarea><iframe srcdoc="<script>parent.alert(7)</script>">',
]
const STAGE = 'naughty'
const CONTACT_TEXTS = [
  'first_name',
  'last_name',
  'title',
  'city',
  'state',
  'country',
  'seniority',
  'facebook_url',
  'website',
  'linkedin_url',
]
const COMPANY_TEXTS = [
  'name',
  'address',
  'city',
  'state',
  'country',
  'website',
  'facebook_url',
  'latest_funding',
  'linkedin_url',
]
const LISTS = ['industries', 'keywords', 'technologies']

export const hostileJourneys: Journeys = {
  'No text of a record runs as a script or breaks a view, in any view': async stage => {
    const uuid = await storeNaughtyRecords(stage)
    const filter = encodeURIComponent(JSON.stringify([{ kind: 'values', key: 'stage', values: [STAGE] }]))
    await stage.visit(`/contacts?filter=${filter}`, async visit => {
      const { page, goTo, checkView } = visit
      await page.getByRole('grid').getByText(SCRIPTS[0]!).first().waitFor()
      for (const name of ['Country', 'Seniority Level']) {
        const section = page.getByRole('region', { name, exact: true })
        await section.getByRole('checkbox').first().waitFor()
      }
      await checkView('a list of hostile texts')
      await goTo(`/contacts?filter=${filter}&open=${uuid}`)
      const drawer = page.getByRole('complementary', { name: 'Contact' })
      await drawer.getByRole('heading', { level: 2 }).waitFor()
      for (const link of await drawer.getByRole('link').all())
        assert.match((await link.getAttribute('href')) ?? '', /^(https?:\/\/|#)/)
      await goTo('/companies?search=alert')
      await page.getByRole('grid').getByText(SCRIPTS[0]!).first().waitFor()
      await goTo('/overview')
      await page.getByRole('region', { name: 'Contacts by country' }).getByRole('link').first().waitFor()
      await searchInPalette(visit)
      await createHostileKey(visit)
    })
  },

  'No text of a file runs as a script or breaks a view': async stage => {
    const quoted = SCRIPTS.map(text => `"${text.replaceAll('"', '""')}"`)
    const long = `"${'long <b>cell</b> '.repeat(2000)}"`
    const lines = [
      `First Name,Email,Company,${quoted.join(',')}`,
      `${quoted[0]},a@b.example,${quoted[1]},${quoted.join(',')}`,
      `${long},c@d.example,${quoted[2]},${quoted.join(',')}`,
    ]
    const path = await writeTemporaryFile('<img src=x onerror=alert(8)>.csv'.replaceAll('/', ''), lines.join('\n'))
    await stage.visit('/import', async ({ page, goTo }) => {
      await page.getByRole('heading', { name: 'Drop CSV files here' }).waitFor()
      await dropFile(page, path)
      const start = page.getByRole('button', { name: 'Start import' })
      await start.click()
      await page.getByRole('heading', { name: '1 row rejected' }).waitFor()
      await page.getByRole('button', { name: 'Correct them here' }).click()
      await page.getByLabel('Email, line 3').waitFor()
      await goTo('/jobs')
      await page
        .getByText(/onerror_alert_8_/)
        .first()
        .waitFor()
    })
  },
}

/** Each string of the list in some field of a contact or its company, and the scripts in every field. Returns a contact's uuid. */
async function storeNaughtyRecords({ server }: Stage): Promise<string> {
  const strings = [...SCRIPTS, ...NAUGHTY_STRINGS]
  const perRecord = CONTACT_TEXTS.length
  const contacts = Array.from({ length: Math.ceil(strings.length / perRecord) }, (_, index) => {
    const texts = CONTACT_TEXTS.map((field, at) => [field, strings[(index * perRecord + at) % strings.length]])
    // The overview shows the most frequent values.
    return {
      ...Object.fromEntries(texts),
      country: SCRIPTS[index % 2],
      departments: SCRIPTS,
      stage: STAGE,
      email: `n${index}@naughty.example`,
    }
  })
  const companies = SCRIPTS.map((script, index) => ({
    ...Object.fromEntries(COMPANY_TEXTS.map(field => [field, script])),
    ...Object.fromEntries(LISTS.map(field => [field, SCRIPTS])),
    normalized_domain: `naughty${index}.example`,
  }))
  const stored = await server.post('/contacts/batch-upsert?on_error=skip', contacts)
  assert.equal(stored.status, 200, JSON.stringify(stored.body).slice(0, 500))
  const reply = await server.post('/companies/batch-upsert?on_error=skip', companies)
  assert.equal(reply.status, 200, JSON.stringify(reply.body).slice(0, 500))
  return stored.body.contact_uuids.find((found: string | null) => found !== null)
}

async function searchInPalette({ page }: Visit): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.keyboard.type('script')
  await page.getByRole('group', { name: 'Companies' }).getByText(SCRIPTS[0]!).first().waitFor()
  await closeDialog(page)
}

async function createHostileKey({ page, goTo }: Visit): Promise<void> {
  await goTo('/keys')
  await page.getByRole('button', { name: 'Create key' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill(SCRIPTS[1]!)
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click()
  await page.getByRole('group', { name: 'API keys' }).getByText(SCRIPTS[1]!).waitFor()
}

async function closeDialog(page: Page): Promise<void> {
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}
