/** Instead of the table, when there are no rows: an empty database, or filters that nothing matches. */
import { Link } from '@tanstack/react-router'
import { nounFor } from '../../api/services.ts'
import { Button, buttonClass } from '../../ui/button.tsx'
import { Empty } from '../../ui/states.tsx'
import { useExplore } from '../explore-context.ts'
import { NO_FILTER } from '../view-state.ts'

const ICONS = { contact: 'person', company: 'building' } as const

export function NothingFound() {
  const { view, where, setView } = useExplore()
  const names = nounFor(view.service, 0)
  const isFiltered = Object.keys(where).length > 0
  const { search, filter } = view
  const hasConditions = filter.items.length > 0
  const hasWords = search !== '' || filter.items.some(({ kind }) => kind === 'text')

  function clear() {
    setView({ search: '', filter: NO_FILTER })
    // The pressed button goes.
    document.getElementById('main')?.focus()
  }

  if (!isFiltered)
    return (
      <Empty
        icon={ICONS[view.service]}
        title={`No ${names} yet`}
        actions={
          <Link to="/import" className={buttonClass({ variant: 'primary' })}>
            Import a file
          </Link>
        }
      >
        Import a CSV file from any tool. Its columns are recognised, and duplicates are merged.
      </Empty>
    )
  return (
    <Empty
      icon="search"
      title={`No ${names} match`}
      actions={
        <Button onClick={clear}>
          {search === '' ? 'Clear filters' : hasConditions ? 'Clear search and filters' : 'Clear search'}
        </Button>
      }
    >
      {hasConditions && 'Remove a condition. '}
      {hasWords && 'Words are searched as written: try the singular, or the beginning of the word.'}
    </Empty>
  )
}
