import assert from 'node:assert/strict'
import { signIn } from '../input.ts'
import type { Stage } from '../stage.ts'
import type { Journeys } from './journey.ts'

const NAME = 'Large in Brazil'
const LIST = `/contacts?columns=full_name,company_name,country&order=-company_name&filter=${encodeURIComponent(
  '[{"kind":"values","key":"country","values":["brazil"]},{"kind":"range","key":"company_employees_count","gte":100}]',
)}`
const WHERE = {
  keyword_match: { must: { country: 'brazil' } },
  range_query: { must: { company_employees_count: { gte: 100 } } },
}

export const sharedViewJourneys: Journeys = {
  'A view is shared with another key, which uses it and cannot change it; what becomes of it is what its owner does':
    async stage => {
      const { key, id } = (await stage.server.post('/admin/keys', { name: 'Second person' })).body.data
      const { count } = (await stage.server.post('/contacts/count', { where: WHERE })).body
      const { count: total } = (await stage.server.post('/contacts/count', {})).body
      assert.ok(count > 0)
      await stage.visit(LIST, async owner => {
        const views = owner.page.getByRole('button', { name: 'Saved searches', exact: true })
        await views.click()
        await owner.page.getByRole('button', { name: 'Save this search' }).click()
        const dialog = owner.page.getByRole('dialog', { name: 'Save this search' })
        await dialog.getByLabel('Name').fill(NAME)
        await dialog.getByLabel('Share with everyone who can sign in').check()
        await owner.checkView('the form of a view')
        await owner.page.keyboard.press('Enter')
        await owner.page.getByText(`“${NAME}” was saved`).waitFor()
        const saved = await viewFor(stage, stage.server.key)

        await stage.visitAsStranger('/contacts', async ({ page, checkView }) => {
          await signIn(page, key)
          await page.getByText(`${total} contacts`, { exact: true }).waitFor()
          await page.getByRole('button', { name: 'Saved searches', exact: true }).click()
          const shared = page.getByRole('region', { name: 'Shared by others' })
          await shared.getByRole('button', { name: NAME, exact: true }).waitFor()
          assert.equal(await page.getByRole('region', { name: 'Your searches' }).count(), 0)
          assert.equal(await page.getByRole('button', { name: `Change ${NAME}` }).count(), 0)
          await checkView('views that others share')
          await shared.getByRole('button', { name: NAME, exact: true }).click()
          await page.getByRole('button', { name: NAME, exact: true }).waitFor()
          await page.getByText(`${count} of ${total} contacts`).waitFor()
          await page.getByText('Sorted by Company Name, Z to A').waitFor()
          assert.deepEqual(await page.getByRole('grid').getByRole('columnheader').allInnerTexts(), [
            '',
            'Name',
            'Company Name',
            'Country',
          ])

          // Whoever changes the list changes nothing for others.
          await page.getByRole('button', { name: 'Remove: Country: Brazil' }).click()
          const edited = page.getByRole('button', { name: `${NAME} · edited` })
          await edited.click()
          assert.equal(await page.getByRole('button', { name: `Change ${NAME}` }).count(), 0)
          await page.getByRole('button', { name: 'Save as new' }).click()
          await page.getByRole('dialog').getByLabel('Name').fill('My own')
          await page.keyboard.press('Enter')
          await page.getByText('“My own” was saved').waitFor()
          assert.deepEqual(await viewFor(stage, stage.server.key), saved)
          const change = await stage.server.post(`/console/views/${saved.uuid}`, { name: 'Mine now' }, bearer(key))
          assert.equal(change.status, 403)

          // The owner renames it, and then keeps it.
          await owner.page.getByRole('button', { name: NAME, exact: true }).click()
          await owner.page.getByRole('button', { name: `Change ${NAME}` }).click()
          await owner.page.getByRole('menuitem', { name: 'Rename or share' }).click()
          const form = owner.page.getByRole('dialog', { name: 'Rename or share search' })
          await form.getByLabel('Name').fill('Brazil, 100 and more')
          await owner.page.keyboard.press('Enter')
          await owner.page.getByText('“Brazil, 100 and more” was saved').waitFor()
          await page.reload()
          await page.getByRole('button', { name: 'My own', exact: true }).click()
          await shared.getByRole('button', { name: 'Brazil, 100 and more', exact: true }).waitFor()
          await owner.page.getByRole('button', { name: 'Brazil, 100 and more', exact: true }).click()
          await owner.page.getByRole('button', { name: 'Change Brazil, 100 and more' }).click()
          await owner.page.getByRole('menuitem', { name: 'Rename or share' }).click()
          await form.getByLabel('Share with everyone who can sign in').uncheck()
          await owner.page.keyboard.press('Enter')
          await form.waitFor({ state: 'detached' })
          await page.reload()
          await page.getByRole('button', { name: 'My own', exact: true }).click()
          await page.getByRole('region', { name: 'Your searches' }).waitFor()
          assert.equal(await shared.count(), 0)
        })
      })
      await stage.server.post(`/admin/keys/${id}/revoke`)
    },
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

/** The view as a key sees it. */
async function viewFor({ server }: Stage, key: string) {
  const { body } = await server.get('/console/views', bearer(key))
  return body.data.find(({ name }: { name: string }) => name === NAME)
}
