import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { createKey } from '../../../../src/access/keys.ts'
import { createSignInCode } from '../../../../src/access/sessions.ts'
import { waitUntil } from '../../../helpers/wait-until.ts'
import type { Journeys } from './journey.ts'

export const signInJourneys: Journeys = {
  'Someone signs in with a pasted key, sees the page they asked for, stays signed in, and signs out': async stage => {
    await stage.visitAsStranger('/health', async ({ page, watch, goTo, checkView }) => {
      const field = page.getByLabel('API key')
      await field.waitFor()
      await checkView('sign-in')
      watch.expect(/status of 401.*console\/session/)
      const place = () => field.boundingBox()
      const before = await place()
      await field.fill('ck_wrong')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByText('The server does not accept this key.').waitFor()
      assert.deepEqual(await place(), before)
      assert.equal(new URL(page.url()).hash, '#/health')

      await field.fill(`Bearer ${stage.server.key}\n`)
      await page.getByLabel('Remember me on this device').check()
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'Health', level: 1 }).waitFor()
      await page.reload()
      await page.getByRole('heading', { name: 'Health', level: 1 }).waitFor()
      const key = await page.evaluate(() => localStorage.getItem('connectra.key'))
      assert.match(key!, /^ck_/)
      assert.notEqual(key, stage.server.key, 'the browser keeps the key of a session')
      const session = async () => await stage.server.get('/console/session', { authorization: `Bearer ${key}` })
      const days = (Date.parse((await session()).body.data.expires_at) - Date.now()) / 86_400_000
      assert.ok(days > 29 && days < 31, String(days))

      await goTo('/keys')
      await page.getByText('Sign out ends it').waitFor()

      await page.getByRole('button', { name: 'Theme and session' }).click()
      await page.getByRole('menuitem', { name: 'Sign out' }).click()
      await page.getByRole('heading', { name: 'Sign in to Connectra' }).waitFor()
      await waitUntil('the session has ended', async () => (await session()).status === 401)
      // The API key itself stays valid.
      assert.equal((await stage.server.get('/console/session')).status, 200)
    })
  },

  'The printed address signs in once; signing out ends the session on the server': async stage => {
    const code = await createSignInCode(stage.server.database.pool)
    await stage.visitAsStranger(`/sign-in?code=${code}`, async ({ page, watch, goTo }) => {
      await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
      assert.ok(!page.url().includes('sign-in') && !page.url().includes(code), page.url())
      const key = await readStoredKey(page)
      const session = async () =>
        (await stage.server.get('/console/session', { authorization: `Bearer ${key}` })).status
      assert.equal(await session(), 200)

      await page.getByRole('button', { name: 'Theme and session' }).click()
      await page.getByRole('menuitem', { name: 'Sign out' }).click()
      await page.getByRole('heading', { name: 'Sign in to Connectra' }).waitFor()
      await waitUntil('the session has ended', async () => (await session()) === 401)

      watch.expect(/status of 403.*console\/session/)
      await goTo(`/sign-in?code=${code}`)
      await page.getByText('This sign-in address was used before').waitFor()
      assert.ok(!page.url().includes(code), page.url())
    })
  },

  'A key that is revoked while it is used leads to the sign-in page, which says why': async stage => {
    const { pool } = stage.server.database
    const { key, id } = await createKey(pool, 'soon revoked')
    await stage.server.parts.keys.refresh()
    await stage.visitAsStranger('/keys', async ({ page, watch }) => {
      await page.getByLabel('API key').fill(key)
      await page.getByRole('button', { name: 'Sign in' }).click()
      // It is not an admin key.
      await page.getByRole('heading', { name: 'Only admin keys may manage keys' }).waitFor()
      assert.equal(await page.getByRole('link', { name: 'API keys' }).count(), 0)
      assert.equal((await stage.server.post(`/admin/keys/${id}/revoke`)).status, 200)
      watch.expect(/status of 401/)
      await page.getByRole('link', { name: 'Jobs', exact: true }).click()
      await page.getByText('You were signed out').waitFor()
    })
  },
}

async function readStoredKey(page: Page): Promise<string> {
  const { origins } = await page.context().storageState()
  const tools = await page.context().newCDPSession(page)
  const { result } = await tools.send('Runtime.evaluate', { expression: "sessionStorage.getItem('connectra.key')" })
  await tools.detach()
  assert.ok(!JSON.stringify(origins).includes('connectra.key'), 'a session from a code is for this tab only')
  return String(result.value)
}
