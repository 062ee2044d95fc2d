import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { loadLater } from './load-later.tsx'
import type { ApiRequest } from './write-request.ts'

const RequestDialog = loadLater(async () => (await import('./request-dialog.tsx')).RequestDialog)

/** A button that shows the API requests behind a view. They are those that the view has sent, with a title each. */
export function RequestButton({ requests }: { readonly requests: readonly ApiRequest[] }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button icon="code" variant="quiet" onClick={() => setOpen(true)}>
        API
      </Button>
      {open && <RequestDialog requests={requests} onClose={() => setOpen(false)} />}
    </>
  )
}
