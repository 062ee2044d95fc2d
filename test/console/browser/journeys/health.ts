import type { Journeys } from './journey.ts'

export const healthJourneys: Journeys = {
  'Health shows each part in words, and what the queue does': async stage => {
    await stage.visit('/health', async ({ page, checkView }) => {
      await page.getByRole('region', { name: 'Database', exact: true }).getByText('PostgreSQL answers.').waitFor()
      await page.getByRole('region', { name: 'Search index' }).getByText('Searches find every change').waitFor()
      await page.getByRole('region', { name: 'Job queue' }).getByText('Failed in the last hour').waitFor()
      await page.getByText(/^Version \d/).waitFor()
      await checkView('health')
    })
  },
}
