/** Shows the API request behind a view, to copy into a program. */
import { useState } from 'react'
import { BASE_URL } from '../api/client.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import styles from './request-dialog.module.css'
import { type ApiRequest, LANGUAGES, type Language, writeRequest } from './write-request.ts'

export function RequestDialog({
  requests,
  onClose,
}: {
  readonly requests: readonly ApiRequest[]
  readonly onClose: () => void
}) {
  const [language, setLanguage] = useState<Language>('curl')
  return (
    <Dialog title="The API requests behind this view" width="wide" onClose={onClose}>
      <div className={styles.languages} role="group" aria-label="Language">
        {LANGUAGES.map(({ id, label }) => (
          <Button key={id} size="small" variant="quiet" aria-pressed={id === language} onClick={() => setLanguage(id)}>
            {label}
          </Button>
        ))}
      </div>
      {requests.map(request => {
        const text = writeRequest(request, language, BASE_URL)
        return (
          <section key={request.title} className={styles.request} aria-label={request.title}>
            <div className={styles.head}>
              <h3>{request.title}</h3>
              <CopyButton text={text} />
            </div>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
            <pre className={styles.code} tabIndex={0}>
              {text}
            </pre>
          </section>
        )
      })}
      <p className="muted">
        Put your API key into the environment variable <code>CONNECTRA_KEY</code> first.
      </p>
    </Dialog>
  )
}
