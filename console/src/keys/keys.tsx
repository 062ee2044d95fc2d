/** API keys: list, create, revoke. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSession } from '../api/session.ts'
import { Button } from '../ui/button.tsx'
import { Checkbox } from '../ui/field.tsx'
import { Page } from '../ui/page.tsx'
import { Empty, ErrorState } from '../ui/states.tsx'
import { CreateKey } from './create-key.tsx'
import { KeyTable } from './key-table.tsx'
import { type ApiKey, KEYS_QUERY, listKeys } from './keys-api.ts'
import { RevokeKey } from './revoke-key.tsx'
import { sortKeys, stateOf } from './sort-keys.ts'

export default function Keys() {
  const session = useSession()
  if (session.data === undefined && session.error !== null)
    return (
      <Page title="API keys">
        <ErrorState error={session.error} onRetry={() => void session.refetch()} />
      </Page>
    )
  if (session.data === undefined) return <Loading />
  return session.data.admin ? <AdminKeys /> : <NotAdmin name={session.data.name} />
}

function Loading() {
  return (
    <Page title="API keys">
      <KeyTable keys={null} onRevoke={() => {}} />
    </Page>
  )
}

function AdminKeys() {
  const keys = useQuery({ queryKey: KEYS_QUERY, queryFn: ({ signal }) => listKeys(signal) })
  const [creating, setCreating] = useState(false)
  const [revoking, setRevoking] = useState<ApiKey | null>(null)
  const [showEnded, setShowEnded] = useState(false)
  const sorted = keys.data && sortKeys(keys.data)
  const valid = sorted?.filter(key => stateOf(key) === 'valid')
  const ended = (sorted?.length ?? 0) - (valid?.length ?? 0)
  return (
    <Page
      title="API keys"
      actions={
        <Button variant="primary" icon="plus" onClick={() => setCreating(true)}>
          Create key
        </Button>
      }
    >
      <p className="muted">
        Programs and people use an API key in every request. Give each of them a key of its own, so that you can revoke
        one without the others. Keys in the setting <code>API_KEYS</code> are not listed.
      </p>
      {keys.error ? (
        <ErrorState error={keys.error} onRetry={() => void keys.refetch()} />
      ) : (
        <>
          <KeyTable keys={(showEnded ? sorted : valid) ?? null} onRevoke={setRevoking} />
          {ended > 0 && (
            <Checkbox checked={showEnded} onChange={event => setShowEnded(event.target.checked)}>
              Show {ended} revoked or expired {ended === 1 ? 'key' : 'keys'}
            </Checkbox>
          )}
        </>
      )}
      {creating && <CreateKey onClose={() => setCreating(false)} />}
      {revoking && <RevokeKey apiKey={revoking} onClose={() => setRevoking(null)} />}
    </Page>
  )
}

function NotAdmin({ name }: { readonly name: string }) {
  return (
    <Page title="API keys">
      <Empty icon="key" title="Only admin keys may manage keys">
        You are signed in with the key “{name}”, which is not an admin key. Sign in with one that is: the first key of
        the server, in <code>data/api-key</code>, or one that <code>npx connectra keys create NAME --admin</code>{' '}
        prints.
      </Empty>
    </Page>
  )
}
