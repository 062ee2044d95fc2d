/** What the palette offers for a text: commands, and the records that are found. */
import { useNavigate } from '@tanstack/react-router'
import { PATHS, type Service } from '../../api/records.ts'
import { TITLES } from '../../api/services.ts'
import { useSession } from '../../api/session.ts'
import { ROOMS } from '../../rooms.ts'
import type { IconName } from '../../ui/icon.tsx'
import { chooseTheme } from '../theme.ts'
import { useSignOut } from '../use-sign-out.ts'
import { filterCommands, listCommands } from './palette-commands.ts'
import { type Hit, type Hits, useHits } from './search-everything.ts'

export interface Option {
  readonly id: string
  readonly group: string
  readonly label: string
  readonly detail?: string
  readonly icon: IconName
  readonly shortcut?: string
  /** Found by a search, perhaps for the text before. */
  readonly isRecord?: boolean
  readonly run: () => void
}

/** Commands come first: they are there at once, so that nothing moves when records follow. */
export function useOptions(text: string): {
  readonly options: readonly Option[]
  readonly current: boolean
  readonly error: Error | null
} {
  const session = useSession()
  const navigate = useNavigate()
  const signOut = useSignOut()
  const contacts = useHits('contact', text)
  const companies = useHits('company', text)
  const commands = listCommands(
    ROOMS.filter(room => !room.admin || session.data?.admin),
    {
      goTo: path => void navigate({ to: path }),
      setTheme: chooseTheme,
      openReference: () => void window.open('./docs', '_blank', 'noopener'),
      signOut,
    },
  )
  function open({ service, uuid }: Hit) {
    void navigate({ to: PATHS[service], search: { open: uuid } as never })
  }
  function records(service: Service, icon: IconName, { hits, mayBeMore }: Hits): readonly Option[] {
    const group = TITLES[service]
    const options = hits.map(
      (hit): Option => ({
        id: hit.uuid,
        group,
        label: hit.label,
        detail: hit.detail,
        icon,
        isRecord: true,
        run: () => open(hit),
      }),
    )
    if (!mayBeMore) return options
    const label = `All ${group.toLowerCase()} with “${text.trim()}”`
    const showAll = () => void navigate({ to: PATHS[service], search: { search: text.trim() } as never })
    return [...options, { id: `all-${icon}`, group, label, icon: 'search', run: showAll }]
  }
  return {
    options: [
      ...filterCommands(commands, text),
      ...records('contact', 'person', contacts),
      ...records('company', 'building', companies),
    ],
    current: contacts.current && companies.current,
    error: contacts.error ?? companies.error,
  }
}
