import assert from 'node:assert/strict'
import type { Journeys } from './journey.ts'

export const keyJourneys: Journeys = {
  'An operator creates a key, copies it, and revokes it': async stage => {
    await stage.visit('/keys', async ({ page, checkView }) => {
      const table = page.getByRole('group', { name: 'API keys' })
      const own = table.getByRole('row').filter({ hasText: 'This browser' })
      await own.getByText('In use here').waitFor()
      assert.equal(await own.getByRole('button', { name: /^Revoke/ }).count(), 0)
      await page.getByRole('button', { name: 'Create key' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('button', { name: 'Create key' }).click()
      await dialog.getByText('Give the key a name.').waitFor()
      await dialog.getByLabel('Name').fill('Zapier <b>&')
      await checkView('the form of a new key')
      await page.keyboard.press('Enter')

      const field = dialog.getByLabel('API key')
      await field.waitFor()
      const key = await field.inputValue()
      assert.match(key, /^ck_/)
      await checkView('a new key')
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: stage.server.url })
      await dialog.getByRole('button', { name: 'Copy key' }).click()
      await dialog.getByRole('button', { name: 'Copied' }).waitFor()
      await dialog.getByRole('button', { name: 'Done' }).click()
      const session = async () => await stage.server.get('/console/session', { authorization: `Bearer ${key}` })
      assert.equal((await session()).body.data.name, 'Zapier <b>&')

      const row = table.getByRole('row').filter({ hasText: 'Zapier' })
      await row.getByText(key.slice(-4)).waitFor()
      await checkView('the list of keys')
      await row.getByRole('button', { name: 'Revoke Zapier <b>&' }).click()
      await dialog.getByRole('button', { name: 'Keep it' }).click()
      await dialog.waitFor({ state: 'detached' })
      await row.getByRole('button', { name: 'Revoke Zapier <b>&' }).click()
      await dialog.getByRole('button', { name: 'Revoke key' }).click()
      await page.getByText('The key “Zapier <b>&” was revoked.').waitFor()
      assert.equal((await session()).status, 401)
      await row.waitFor({ state: 'detached' })
      await page.getByLabel(/^Show \d+ revoked or expired key/).check()
      await row.getByText(/^Revoked/).waitFor()
    })
  },
}
