import type { Journeys } from './journey.ts'

export const newBuildJourneys: Journeys = {
  'A page that cannot load a part, because the console was built again, loads itself again': async stage => {
    await stage.visit('/health', async ({ page, watch }) => {
      await page.getByRole('heading', { name: 'Health', level: 1 }).waitFor()
      let isReloaded = false
      page.on('request', request => {
        if (request.isNavigationRequest()) isReloaded = true
      })
      await page.route(/\/assets\/jobs-[^/]*$/, route =>
        isReloaded ? route.fallback() : route.fulfill({ status: 404 }),
      )
      watch.expect(/status of 404|Unable to preload CSS/)
      await page.getByRole('link', { name: 'Jobs', exact: true }).click()
      await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor()
    })
  },
}
