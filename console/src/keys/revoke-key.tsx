/** Asks before a key is revoked, because that cannot be undone. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Notice } from '../ui/states.tsx'
import { showToast } from '../ui/toasts.ts'
import { type ApiKey, KEYS_QUERY, revokeKey } from './keys-api.ts'
import { isSession } from './sort-keys.ts'

export function RevokeKey({ apiKey, onClose }: { readonly apiKey: ApiKey; readonly onClose: () => void }) {
  const queryClient = useQueryClient()
  const revocation = useMutation({
    mutationFn: () => revokeKey(apiKey.id),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: KEYS_QUERY })
      showToast(`The key “${apiKey.name}” was revoked.`)
      onClose()
    },
  })
  return (
    <Dialog
      title={`Revoke “${apiKey.name}”?`}
      width="narrow"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button
            variant="danger"
            aria-disabled={revocation.isPending}
            onClick={() => revocation.isPending || revocation.mutate()}
          >
            Revoke key
          </Button>
        </>
      }
    >
      <p>
        {isSession(apiKey)
          ? 'The browser that uses this session is signed out.'
          : 'Requests with this key fail from now on, on every server.'}{' '}
        This cannot be undone.
      </p>
      {revocation.error && <Notice tone="bad">{revocation.error.message}</Notice>}
    </Dialog>
  )
}
