/** Views that are saved on the server: of this key, and those that others share. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { api, take } from '../../api/client.ts'
import type { components } from '../../api/schema.d.ts'
import type { Service } from '../../api/services.ts'
import { parseView, writeView } from '../view-params.ts'
import type { ListView, ViewState } from '../view-state.ts'

/** `state`: the parameters of the address. `own`: whether this key may change it. */
export type SavedView = Readonly<components['schemas']['View']>

type ViewChanges = Partial<Pick<SavedView, 'name' | 'state' | 'shared'>>

const KEY = ['saved-views'] as const

export function useSavedViews(service: Service) {
  return useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }): Promise<readonly SavedView[]> =>
      (await take(api.GET('/console/views', { signal }))).data,
    select: views => views.filter(view => view.service === service),
  })
}

/** Each returns when the list of views is up to date. */
export function useViewEdits() {
  const client = useQueryClient()
  const refresh = () => client.invalidateQueries({ queryKey: KEY })
  return {
    async create(view: Pick<SavedView, 'name' | 'service' | 'state' | 'shared'>): Promise<void> {
      await take(api.POST('/console/views', { body: view }))
      await refresh()
    },
    async update(uuid: string, changes: ViewChanges): Promise<void> {
      await take(api.POST('/console/views/{uuid}', { params: { path: { uuid } }, body: changes }))
      await refresh()
    },
    async remove(uuid: string): Promise<void> {
      await take(api.POST('/console/views/{uuid}/delete', { params: { path: { uuid } } }))
      await refresh()
    },
  }
}

/** What of a view is saved: all but the open record. */
export function stateOf({ search, filter, order, columns }: ListView): SavedView['state'] {
  return JSON.parse(JSON.stringify(writeView({ search, filter, order, columns }))) as SavedView['state']
}

/** Whether anything of a view is not as it is at first. */
export function hasParts(view: ListView): boolean {
  return Object.keys(stateOf(view)).length > 0
}

/** The changes that open a saved view. */
export function changesFor(saved: SavedView): Omit<ViewState, 'service'> {
  const { service: _, ...view } = parseView(saved.service, saved.state)
  return { ...view, open: null }
}

/** Whether the list shows exactly this view. The server may have stored its members in another order. */
export function isShown(saved: SavedView, view: ListView): boolean {
  return JSON.stringify(stateOf(parseView(saved.service, saved.state))) === JSON.stringify(stateOf(view))
}
