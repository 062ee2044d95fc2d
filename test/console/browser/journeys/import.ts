import assert from 'node:assert/strict'
import { dropFile, fitsInWidth, nameOfFocus, tabTo, writeTemporaryFile } from '../input.ts'
import type { Journeys } from './journey.ts'

const FILE = [
  'First Name,Last Name,Email,Company,Role,Shoe Size',
  'Ada,Byron,ada@analytical.example,Analytical Engines,Chief Programmer,38',
  'Charles,Babbage,charles@analytical.example,Analytical Engines,Inventor,44',
  ',,,,Nobody in particular,12',
].join('\n')

export const importJourneys: Journeys = {
  'A file is dropped, its mapping corrected, imported, and its rejected row corrected and imported, too':
    async stage => {
      const path = await writeTemporaryFile('people.csv', FILE)
      await stage.visit('/import', async ({ page, checkView }) => {
        await page.getByRole('heading', { name: 'Drop CSV files here' }).waitFor()
        await checkView('the import room')
        await dropFile(page, path)
        await page.getByRole('heading', { name: 'people.csv', level: 2 }).waitFor()
        await page.getByText('1 column may mean several things.').waitFor()
        await page.getByRole('button', { name: 'Read Shoe Size as: Not recognised' }).waitFor()
        await page.getByRole('button', { name: 'Not recognised 1' }).waitFor()
        await checkView('the columns of a file')
        assert.ok(await fitsInWidth(page.getByRole('group', { name: 'Columns and what they are read as' })))

        await page.getByRole('button', { name: /^Read Role as:/ }).click()
        await page.getByRole('combobox', { name: 'Search what Role means' }).fill('title')
        await page.keyboard.press('Enter')
        await page.getByRole('button', { name: 'Read Role as: Job title' }).waitFor()
        await page.getByText('1 column may mean several things.').waitFor({ state: 'detached' })
        await page.getByRole('button', { name: 'Start import' }).click()

        await page.getByRole('heading', { name: 'Report' }).waitFor()
        const rejected = page.getByRole('region', { name: 'Rejected rows' })
        await rejected.getByRole('heading', { name: '1 row rejected' }).waitFor()
        await page.getByText('2 of 3 rows were stored, 1 was rejected.').waitFor()
        await page.getByRole('link', { name: 'See data quality' }).waitFor()
        await checkView('the report of an import')
        const download = page.waitForEvent('download')
        await rejected.getByRole('button', { name: 'Rejected rows (CSV)' }).click()
        assert.equal((await download).suggestedFilename(), 'people-rejected.csv')
        const ada = { where: { keyword_match: { must: { email: 'ada@analytical.example' } } } }
        assert.equal((await stage.server.post('/contacts/', ada)).body.data[0].title, 'Chief Programmer')

        await rejected.getByRole('button', { name: 'Correct them here' }).click()
        await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'First Name, line 4')
        await rejected.getByLabel('First Name, line 4').fill('Nemo')
        await rejected.getByLabel('Email, line 4').fill('nemo@nautilus.example')
        await checkView('rejected rows')
        await rejected.getByRole('button', { name: 'Import 1 row' }).click()
        await page.getByRole('heading', { name: /people.*corrected.*\.csv/i, level: 2 }).waitFor()
        await page.getByRole('heading', { name: 'Report' }).waitFor()
        const nemo = { where: { keyword_match: { must: { email: 'nemo@nautilus.example' } } } }
        assert.equal((await stage.server.post('/contacts/', nemo)).body.data[0].title, 'Nobody in particular')
        assert.equal(await page.getByRole('region', { name: 'Rejected rows' }).count(), 0)
      })
    },

  'Without a mouse: a file is chosen, its mapping corrected, and imported': async stage => {
    const path = await writeTemporaryFile('team.csv', FILE.replaceAll('analytical', 'difference').replace(/\n,.*$/, ''))
    await stage.visit('/import', async ({ page }) => {
      const choosing = page.waitForEvent('filechooser')
      await tabTo(page, page.getByRole('button', { name: 'Choose files' }))
      await page.keyboard.press('Enter')
      await (await choosing).setFiles(path)
      await tabTo(page, page.getByRole('button', { name: /^Read Role as:/ }))
      await page.keyboard.press('Enter')
      await page.keyboard.type('title')
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: 'Read Role as: Job title' }).waitFor()
      const start = page.getByRole('button', { name: 'Start import' })
      await tabTo(page, start)
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'Report' }).waitFor()
      // The button is gone. The next one is where it was.
      assert.match(await nameOfFocus(page), /^section team\.csv/)
    })
  },
}
