import assert from 'node:assert/strict'
import type { Journeys } from './journey.ts'

export const paletteJourneys: Journeys = {
  'Keys alone: rooms by two letters, help, and a person by the palette': async stage => {
    await stage.visit('/health', async ({ page, checkView }) => {
      await page.getByRole('heading', { name: 'Health', level: 1 }).waitFor()
      await page.keyboard.press('?')
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
      await checkView('help')
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      // Someone believes to be in a field.
      await page.keyboard.type('Sales Engineer')
      assert.match(page.url(), /#\/health$/)
      await page.keyboard.press('Escape')
      await page.keyboard.press('g')
      await page.keyboard.press('j')
      await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor()

      await page.keyboard.press('Control+k')
      const box = page.getByRole('combobox', { name: /^Find pages/ })
      await box.waitFor()
      await page.keyboard.type('dark')
      const dark = page.getByRole('option', { name: 'Use the dark theme' })
      assert.equal(await dark.getAttribute('aria-selected'), 'true')
      assert.equal(await box.getAttribute('aria-activedescendant'), await dark.getAttribute('id'))
      await page.keyboard.press('Enter')
      await page.locator('html[data-theme=dark]').waitFor()

      await page.keyboard.press('Control+k')
      await page.keyboard.type('backer bjor')
      const person = page.getByRole('group', { name: 'Contacts' }).getByRole('option').first()
      await person.getByText('Björn Bäcker').waitFor()
      await checkView('the palette')
      await page.keyboard.press('Enter')
      await page.waitForURL(/#\/contacts\?open=[0-9a-f-]{36}/)
      await page.getByText('bjorn.backer@ze-phyr-foods.example').first().waitFor()

      await page.keyboard.press('Control+k')
      await page.keyboard.type('theme of the system')
      await page.keyboard.press('Enter')
      await page.locator('html:not([data-theme])').waitFor()
    })
  },
}
