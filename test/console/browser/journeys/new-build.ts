import assert from 'node:assert/strict'
import { signIn } from '../input.ts'
import type { Journeys } from './journey.ts'

/** Bytes of the scripts that a first load of the longest room needs, compressed with gzip. */
const MAX_SCRIPTS = 200_000

export const newBuildJourneys: Journeys = {
  'A first load of the contacts takes at most 200 kB of scripts': async stage => {
    const scripts = new Set<string>()
    await stage.visitAsStranger('/contacts', async ({ page }) => {
      page.on('request', request => {
        if (request.resourceType() === 'script') scripts.add(request.url())
      })
      await page.reload()
      await signIn(page, stage.server.key)
      await page.getByRole('grid', { name: 'Contacts' }).getByRole('row').nth(1).waitFor()
    })
    assert.ok(scripts.size > 1)
    const sizes = Array.from(scripts, async url => {
      const response = await fetch(url, { headers: { 'accept-encoding': 'gzip' } })
      return Number(response.headers.get('content-length'))
    })
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size)
    assert.ok(bytes > 100_000 && bytes <= MAX_SCRIPTS, `${bytes} bytes`)
  },

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
      watch.expect(/status of 404/)
      await page.getByRole('link', { name: 'Jobs', exact: true }).click()
      await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor()
    })
  },
}
