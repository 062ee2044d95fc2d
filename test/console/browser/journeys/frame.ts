import assert from 'node:assert/strict'
import type { Route } from 'playwright-core'
import { waitUntil } from '../../../helpers/wait-until.ts'
import { dropFile, fitsInWidth, nameOfFocus, signIn, writeTemporaryFile } from '../input.ts'
import type { Journeys } from './journey.ts'

export const frameJourneys: Journeys = {
  'Enter in the palette waits for the records of what was typed last': async stage => {
    await stage.visit('/health', async ({ page }) => {
      await page.getByRole('heading', { name: 'Health', level: 1 }).waitFor()
      await page.keyboard.press('Control+k')
      await page.keyboard.type('schroder')
      const contacts = page.getByRole('group', { name: 'Contacts' })
      await contacts.getByText('Jürgen Schröder').waitFor()
      const held: Route[] = []
      await page.route('**/contacts', route => void held.push(route))
      await page.keyboard.press('Control+a')
      await page.keyboard.type('backer bjor')
      await waitUntil('it is searched', () => held.length > 0)
      await page.keyboard.press('Enter')
      await contacts.getByText('Jürgen Schröder').waitFor()
      assert.match(page.url(), /#\/health$/)
      await page.unroute('**/contacts')
      for (const route of held) await route.continue().catch(() => {})
      await page.waitForURL(/#\/contacts\?open=/)
      await page.getByText('bjorn.backer@ze-phyr-foods.example').first().waitFor()
    })
  },

  'The menu says which theme is on; single-key shortcuts can be turned off and on; the focus goes to the room':
    async stage => {
      await stage.visit('/jobs', async ({ page, checkView }) => {
        await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor()
        const menu = page.getByRole('button', { name: 'Theme and session' })
        await menu.click()
        await page.getByRole('menuitemradio', { name: 'Match system', checked: true }).waitFor()
        assert.equal(await page.getByRole('menuitemradio', { name: 'Dark', checked: false }).count(), 1)
        await checkView('the menu of the session')
        await page.getByRole('menuitemcheckbox', { name: 'Single-key shortcuts', checked: true }).click()
        for (const key of ['?', 'g', 'h']) await page.keyboard.press(key)
        await menu.click()
        await page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).click()
        const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
        const single = help.getByLabel(/^Single-key shortcuts/)
        assert.equal(await single.isChecked(), false)
        await page.getByRole('heading', { name: 'Jobs', level: 1, includeHidden: true }).waitFor()
        await single.check()
        await page.keyboard.press('Escape')
        await help.waitFor({ state: 'detached' })
        assert.equal(await nameOfFocus(page), 'button Theme and session')
        for (const key of ['g', 'h']) await page.keyboard.press(key)
        await page.getByRole('heading', { name: 'Health', level: 1 }).waitFor()
        assert.equal(await nameOfFocus(page), 'main Health')
      })
    },

  'A message above a dialog can be closed, and the focus goes back to the dialog': async stage => {
    const path = await writeTemporaryFile('leads.xlsx', 'PK')
    await stage.visit('/import', async ({ page, checkView }) => {
      await page.getByRole('button', { name: 'Paste rows' }).click()
      const field = page.getByRole('dialog').getByLabel('Rows, with a line of headers first')
      await field.focus()
      await dropFile(page, path)
      await page.getByText('leads.xlsx is a spreadsheet.').waitFor()
      await checkView('a message above a dialog')
      await page.getByRole('region', { name: 'Messages' }).getByRole('button', { name: 'Close message' }).click()
      await page.getByText('leads.xlsx is a spreadsheet.').waitFor({ state: 'detached' })
      assert.match(await nameOfFocus(page), /^textarea/)
    })
  },

  'The next person in the tab does not see the files of the one before': async stage => {
    const path = await writeTemporaryFile('private.csv', 'First Name,Email\nAnn,ann@private.example')
    await stage.visitAsStranger('/import', async ({ page }) => {
      await signIn(page, stage.server.key)
      await dropFile(page, path)
      await page.getByRole('button', { name: 'Start import' }).waitFor()
      await page.getByRole('button', { name: 'Theme and session' }).click()
      await page.getByRole('menuitem', { name: 'Sign out' }).click()
      await signIn(page, stage.server.key)
      await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
      await page.getByRole('link', { name: 'Import', exact: true }).click()
      await page.getByRole('heading', { name: 'Drop CSV files here' }).waitFor()
      await page.reload()
      await page.getByRole('heading', { name: 'Drop CSV files here' }).waitFor()
    })
  },

  'On a phone neither the navigation nor a room scrolls sideways': async stage => {
    await stage.visit('/overview', async ({ page, goTo, checkView }) => {
      await page.setViewportSize({ width: 360, height: 740 })
      for (const room of ['Overview', 'Import', 'Jobs', 'API keys', 'Health']) {
        await goTo(room === 'API keys' ? '/keys' : `/${room.toLowerCase()}`)
        await page.getByRole('heading', { name: room, level: 1 }).waitFor()
        assert.ok(await fitsInWidth(page.getByRole('navigation', { name: 'Main' })), `${room}: navigation`)
        assert.ok(await fitsInWidth(page.getByRole('main')), room)
      }
      await checkView('health on a phone')
    })
  },

  'A browser that believes to be offline still asks the server; a room that cannot know the person says so':
    async stage => {
      await stage.visit('/health', async ({ page, watch }) => {
        await page.getByRole('heading', { name: 'Health', level: 1 }).waitFor()
        await page.evaluate(() => window.dispatchEvent(new Event('offline')))
        await page.getByRole('link', { name: 'Overview', exact: true }).click()
        await page
          .getByRole('link', { name: /created in the last 30 days/ })
          .first()
          .waitFor()

        await page.getByRole('link', { name: 'API keys', exact: true }).click()
        await page.getByRole('button', { name: 'Create key' }).waitFor()
        const session = '**/console/session'
        const body = JSON.stringify({ success: false, error: 'ERR_INTERNAL: internal error' })
        await page.route(session, route => route.fulfill({ status: 500, contentType: 'application/json', body }))
        watch.expect(/status of 500.*console\/session/)
        await page.reload()
        const again = page.getByRole('button', { name: 'Try again' })
        await again.waitFor()
        await page.unroute(session)
        await again.click()
        await page.getByRole('button', { name: 'Create key' }).waitFor()
      })
    },
}
