import assert from 'node:assert/strict'
import type { Journeys } from './journey.ts'

export const overviewJourneys: Journeys = {
  'The overview counts what is stored, and each figure leads to its records': async stage => {
    const without = { exists: { must_not: ['mobile_phone', 'work_direct_phone', 'home_phone', 'other_phone'] } }
    const expected = (await stage.server.post('/contacts/count', { where: without })).body.count
    assert.ok(expected > 0)
    await stage.visit('/', async ({ page, checkView }) => {
      await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
      const contacts = page.getByRole('region', { name: 'Contacts', exact: true })
      await contacts.getByRole('link', { name: '200', exact: true }).waitFor()
      await contacts.getByRole('link', { name: '200 created in the last 30 days' }).waitFor()
      const companies = page.getByRole('region', { name: 'Completeness of companies' })
      await companies.getByRole('link', { name: 'Company Name 100%', exact: true }).waitFor()
      await page
        .getByRole('region', { name: 'Contacts by country' })
        .getByRole('link', { name: /^United States/ })
        .waitFor()
      await page
        .getByRole('region', { name: 'Recent jobs' })
        .getByRole('link', { name: /contacts-apollo\.csv.*Completed/ })
        .waitFor()
      await checkView('the overview')

      const check = page
        .getByRole('region', { name: 'Data quality' })
        .getByRole('link', { name: /^Without any phone number/ })
      assert.match((await check.textContent()) ?? '', new RegExp(`number${expected}`))
      await check.click()
      await page.getByRole('heading', { name: 'Contacts', level: 1 }).waitFor()
      await page
        .getByText(new RegExp(`^${expected} `))
        .first()
        .waitFor()
    })
  },
}
