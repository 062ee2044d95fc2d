/** Signing in with an API key, or by an address with a one-time code. The address that was asked for is shown afterwards. */
import { useLocation } from '@tanstack/react-router'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { ApiError } from '../../api/client.ts'
import { currentKey, keepKey, wasKeyRefused } from '../../api/key.ts'
import { openSession } from '../../api/session.ts'
import iconUrl from '../../ui/base/icon.svg'
import { Button } from '../../ui/button.tsx'
import { Checkbox, TextField } from '../../ui/field.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Notice, Progress } from '../../ui/states.tsx'
import { showToast } from '../../ui/toasts.ts'
import styles from './sign-in.module.css'
import { readCode, readKey } from './sign-in-input.ts'

export function SignIn() {
  useTitle('Sign in')
  const exchange = useCodeInAddress()
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <div className={styles.brand}>
          <img src={iconUrl} width="28" height="28" alt="" />
          <h1>Sign in to Connectra</h1>
        </div>
        {exchange.running ? (
          <div className={styles.running} role="status">
            <p>Signing in with the code in the address…</p>
            <Progress value={null} label="Signing in" />
          </div>
        ) : (
          <>
            {exchange.error && <Notice tone="bad">{exchange.error}</Notice>}
            {!exchange.error && wasKeyRefused() && (
              <Notice tone="warn">You were signed out: the API key was revoked, or the session has ended.</Notice>
            )}
            <KeyForm />
          </>
        )}
      </div>
      <p className={styles.help}>
        No key at hand? Run <code>npx connectra console</code> on the server. It prints an address that signs you in
        once.
      </p>
    </main>
  )
}

function KeyForm() {
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState('')
  const [remember, setRemember] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const [checking, setChecking] = useState(false)
  useEffect(() => input.current?.focus(), [])

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (checking) return
    setError(null)
    const key = readKey(text)
    if (key === null) {
      setError(text.trim() === '' ? 'Paste an API key.' : 'An API key has no spaces or special letters. Copy it again.')
      input.current?.focus()
      return
    }
    setChecking(true)
    try {
      const ownKey = await openSession({ key }, { remember })
      leaveSignInAddress()
      keepKey(ownKey, { remember })
    } catch (failure) {
      setChecking(false)
      setError(explainKeyError(failure))
      input.current?.focus()
    }
  }

  return (
    <form className={styles.form} onSubmit={submit}>
      <TextField
        ref={input}
        label="API key"
        type="password"
        name="api-key"
        autoComplete="current-password"
        value={text}
        onChange={event => setText(event.target.value)}
        error={error}
        hint={
          <>
            The first key is in the file <code>data/api-key</code> of the server.
          </>
        }
      />
      <Checkbox checked={remember} onChange={event => setRemember(event.target.checked)}>
        Remember me on this device
      </Checkbox>
      <Button type="submit" variant="primary" aria-disabled={checking}>
        {checking ? 'Checking the key…' : 'Sign in'}
      </Button>
    </form>
  )
}

/** Uses the code in the address, if there is one, and removes it from the address at once. */
function useCodeInAddress(): { readonly running: boolean; readonly error: string | null } {
  // Changes when somebody pastes another address into the same tab.
  const { href } = useLocation()
  const [state, setState] = useState(() => ({
    running: readCode(window.location.hash) !== null,
    error: null as string | null,
  }))
  useEffect(() => {
    const code = readCode(window.location.hash)
    if (code === null) {
      if (currentKey() !== null) leaveSignInAddress()
      return
    }
    leaveSignInAddress()
    setState({ running: true, error: null })
    openSession({ code }, { remember: false }).then(
      key => {
        setState({ running: false, error: null })
        keepKey(key, { remember: false })
      },
      failure => {
        const error = explainCodeError(failure)
        setState({ running: false, error })
        // Who is signed in already stays so, on another page than this one.
        if (currentKey() !== null) showToast(error, { tone: 'bad' })
      },
    )
  }, [href])
  return state
}

/** The sign-in page is not what anybody wants to see next, and a used code does not belong into the history. */
function leaveSignInAddress(): void {
  if (window.location.hash.startsWith('#/sign-in')) window.history.replaceState(window.history.state, '', '#/')
}

function explainKeyError(failure: unknown): string {
  if (failure instanceof ApiError && failure.status === 401)
    return 'The server does not accept this key. Check that it was copied as a whole and has not been revoked. The first key is in the file data/api-key of the server.'
  return failure instanceof Error ? failure.message : String(failure)
}

function explainCodeError(failure: unknown): string {
  if (failure instanceof ApiError && failure.status === 403)
    return 'This sign-in address was used before or is more than 15 minutes old. Run “npx connectra console” on the server for a new one, or sign in with an API key.'
  return failure instanceof Error ? failure.message : String(failure)
}
