/** Screenshots of every view, at three widths and in both themes, for people to look at. Nothing is compared. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { whileWritesWait } from './hold-writes.ts'
import { dropFile, writeTemporaryFile } from './input.ts'
import { DESKTOP, type Stage } from './stage.ts'

const SIZES = [
  { width: 360, height: 740 },
  { width: 1280, height: 800 },
  { width: 2560, height: 1440 },
] as const
const THEMES = ['light', 'dark'] as const

const FILE = `First Name,Last Name,Email,Company,Role,Job Title,Shoe Size
Ada,Byron,ada@analytical.example,Analytical Engines,Chief,Chief Programmer,38
Charles,Babbage,charles@analytical.example,Analytical Engines,Idle,Inventor,44
,,,,Nobody,Nobody in particular,12`

/** Into `folder`: `1280-dark-overview.png` and so on. */
export async function takeScreenshots(stage: Stage, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const open = await storeExtremes(stage)
  const file = await writeTemporaryFile('people.csv', FILE)
  for (const viewport of SIZES)
    for (const theme of THEMES) {
      const isPhone = viewport.width < 720
      const device = { viewport, colorScheme: theme, hasTouch: isPhone, isMobile: isPhone }
      const context = await stage.browser.newContext({ ...DESKTOP, ...device })
      const page = await context.newPage()
      const shoot = async (view: string) => {
        await settle(page)
        await page.screenshot({ path: join(folder, `${viewport.width}-${theme}-${view}.png`) })
      }
      await page.goto(`${stage.server.url}/#/`)
      await page.getByLabel('API key').waitFor()
      await shoot('sign-in')
      await page.getByLabel('API key').fill(stage.server.key)
      await page.keyboard.press('Enter')
      await page.getByRole('navigation', { name: 'Main' }).waitFor()
      await shootAddresses(stage, page, open, shoot)
      await shootLists(stage, page, shoot)
      await shootImport(stage, page, file, shoot)
      await context.close()
    }
}

type Shoot = (view: string) => Promise<void>

async function shootAddresses({ server }: Stage, page: Page, open: string, shoot: Shoot): Promise<void> {
  const person = (await server.post('/contacts/', { where: { search: 'tundra anneliese' } })).body.data[0].uuid
  const job = (await server.post('/common/jobs', { limit: 1 })).body.data[0].uuid
  const filter = encodeURIComponent('[{"kind":"values","key":"country","values":["germany"]}]')
  const views = {
    overview: '/overview',
    contacts: '/contacts',
    filtered: `/contacts?filter=${filter}`,
    extremes: '/contacts?search=extreme',
    record: `/contacts?search=extreme&open=${open}`,
    person: `/contacts?search=tundra&open=${person}`,
    nothing: '/contacts?search=nobodyiscalledlikethis',
    companies: '/companies',
    jobs: '/jobs',
    job: `/jobs?open=${job}`,
    keys: '/keys',
    health: '/health',
  }
  for (const [view, address] of Object.entries(views)) {
    await page.goto(`${server.url}/#${address}`)
    await shoot(view)
  }
  await page.keyboard.press('Control+k')
  await page.keyboard.type('sch')
  await shoot('palette')
  await page.keyboard.press('Escape')
  await page.keyboard.press('?')
  await shoot('help')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Theme and session' }).click()
  await shoot('menu')
  await page.keyboard.press('Escape')
}

/** What opens in a list: filters, the tree of them, VQL, views, the export, a selection. */
async function shootLists({ server }: Stage, page: Page, shoot: Shoot): Promise<void> {
  const filter = [
    { kind: 'values', key: 'country', values: ['france', 'brazil'] },
    { kind: 'range', key: 'company_employees_count', gte: 100, lte: 5000 },
    { kind: 'text', key: 'title', type: 'match', value: 'engineer' },
  ]
  const isNarrow = page.viewportSize()!.width <= 960
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  await page.goto(`${server.url}/#/contacts?filter=${encodeURIComponent(JSON.stringify(filter))}&open=`)
  if (isNarrow) await button('Filters').click()
  await shoot('filters')
  await button('Advanced filter').click()
  await shoot('advanced')
  await page.keyboard.press('Escape')
  if (isNarrow) await page.keyboard.press('Escape')
  await button('VQL').click()
  await shoot('vql')
  await button('VQL').click()
  await page.getByRole('checkbox', { name: 'Select all matching records' }).check()
  await shoot('selected')
  await page.getByRole('button', { name: 'Export', exact: true }).first().click()
  await shoot('export')
  await page.keyboard.press('Escape')
  await button('Saved searches').click()
  await shoot('views')
  await page.keyboard.press('Escape')
  await button('Columns').click()
  await shoot('columns')
  await page.keyboard.press('Escape')
  await page.goto(`${server.url}/#/companies?open=${COMPANY}`)
  await shoot('company')
}

async function shootImport(stage: Stage, page: Page, file: string, shoot: Shoot): Promise<void> {
  await page.goto(`${stage.server.url}/#/import`)
  await shoot('import')
  const uploads = '**/files/uploads/**'
  await page.route(uploads, () => {})
  await dropFile(page, file)
  await page.getByText('Uploading').waitFor()
  await shoot('import-upload')
  await page.unroute(uploads)
  await page.getByRole('button', { name: 'Start import' }).waitFor()
  await shoot('import-columns')
  await page.getByRole('region', { name: 'First rows as records' }).scrollIntoViewIfNeeded()
  await shoot('import-records')
  await whileWritesWait(stage, async () => {
    await page.getByRole('button', { name: 'Start import' }).click()
    await page.getByRole('button', { name: 'Cancel import' }).waitFor()
    await shoot('import-running')
  })
  await page.getByRole('heading', { name: 'Report' }).waitFor()
  await page.getByRole('button', { name: 'Correct them here' }).click()
  await shoot('import-report')
}

/** Until the data is there. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(() => new Promise(done => setTimeout(done, 300)))
  await page.waitForFunction(() => document.querySelector('[class*="skeleton"]') === null)
}

/** Long names, other scripts, many keywords, nothing at all. Returns a contact's uuid. */
async function storeExtremes({ server }: Stage): Promise<string> {
  const contacts = [
    {
      first_name: 'Extreme',
      last_name: 'Wolfeschlegelsteinhausenbergerdorff '.repeat(4),
      title: 'Senior Vice President of Everything and '.repeat(5),
    },
    {
      first_name: 'محمد',
      last_name: 'بن سلمان extreme',
      title: 'مهندس برمجيات',
      city: 'الرياض',
      country: 'Saudi Arabia',
    },
    { first_name: 'דוד', last_name: 'בן־גוריון extreme', title: 'ראש הממשלה', city: 'תל אביב', country: 'Israel' },
    { first_name: '花子', last_name: '山田 extreme', title: '最高技術責任者', city: '東京', country: 'Japan' },
    { first_name: 'Extreme', last_name: 'Nothing' },
  ]
  const row = (contact: object, index: number) => ({
    ...contact,
    email: `extreme${index}@example.com`,
    company_id: COMPANY,
  })
  const company = {
    uuid: COMPANY,
    name: 'Extreme & Söhne',
    keywords: Array.from({ length: 1000 }, (_, index) => `keyword ${index}`),
  }
  await server.post('/companies/batch-upsert', [company])
  const { body } = await server.post('/contacts/batch-upsert', contacts.map(row))
  return body.contact_uuids[0]
}

const COMPANY = '22222222-2222-4222-8222-222222222222'
