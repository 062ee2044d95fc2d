/** The frame around every room: navigation, palette, help, messages. Without a key it is the sign-in page. */
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useKey } from '../../api/key.ts'
import { useSession } from '../../api/session.ts'
import { FollowedJobs } from '../../jobs/job/followed-jobs.tsx'
import { ROOMS } from '../../rooms.ts'
import iconUrl from '../../ui/base/icon.svg'
import { IconButton } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Toasts } from '../../ui/toast.tsx'
import { showError } from '../../ui/toasts.ts'
import { Palette, usePaletteKey } from '../palette/palette.tsx'
import { useShortcuts } from '../shortcuts.ts'
import { SignIn } from '../sign-in/sign-in.tsx'
import { useSignOut } from '../use-sign-out.ts'
import { Help } from './help.tsx'
import { useFocusKeeper, useFocusOnRoom } from './keep-focus.ts'
import { SessionMenu } from './session-menu.tsx'
import styles from './shell.module.css'
import { useFileDrop } from './use-file-drop.ts'
import { useUndoKey } from './use-undo-key.ts'

type Overlay = 'palette' | 'help' | null

export function Shell() {
  const key = useKey()
  const atSignIn = useLocation({ select: ({ pathname }) => pathname === '/sign-in' })
  return key === null || atSignIn ? <SignedOut /> : <SignedIn key={key} />
}

function SignedOut() {
  useFileDrop(null)
  return <SignIn />
}

function SignedIn() {
  const session = useSession()
  const navigate = useNavigate()
  const signOut = useSignOut()
  const path = useLocation({ select: ({ pathname }) => pathname })
  const [overlay, setOverlay] = useState<Overlay>(null)
  const rooms = ROOMS.filter(room => !room.admin || session.data?.admin)
  const jumps = rooms.map(room => [`g ${room.shortcut}`, () => void navigate({ to: room.path })] as const)
  useShortcuts({ '?': () => setOverlay('help'), ...Object.fromEntries(jumps) })
  usePaletteKey(() => setOverlay('palette'))
  useUndoKey()
  useFocusKeeper()
  useFocusOnRoom(path)
  useEffect(resumeUploads, [])
  const isOver = useFileDrop(files => {
    addFiles(files).then(item => {
      if (item !== null) void navigate({ to: '/import', search: { item } as never })
    }, showError)
  })
  return (
    <div className={styles.shell}>
      <button type="button" className={styles.skip} onClick={() => document.getElementById('main')?.focus()}>
        Skip to content
      </button>
      <header className={styles.side}>
        <Link to="/" className={styles.brand} aria-label="Connectra">
          <img src={iconUrl} width="20" height="20" alt="" />
          <span>Connectra</span>
        </Link>
        <nav className={styles.nav} aria-label="Main">
          {rooms.map(room => (
            <Link
              key={room.path}
              to={room.path}
              className={styles.link}
              title={room.label}
              activeOptions={{ includeSearch: false }}
            >
              <Icon name={room.icon} />
              <span>{room.label}</span>
            </Link>
          ))}
        </nav>
        <div className={styles.foot}>
          <span className={styles.who} title={session.data?.name}>
            {session.data?.name}
          </span>
          <IconButton
            icon="keyboard"
            label="Keyboard shortcuts (?)"
            className={styles.wide}
            onClick={() => setOverlay('help')}
          />
          <SessionMenu onHelp={() => setOverlay('help')} onSignOut={signOut} />
        </div>
      </header>
      <main id="main" className={styles.main} tabIndex={-1} aria-label={rooms.find(room => room.path === path)?.label}>
        <Outlet />
      </main>
      {overlay === 'palette' && <Palette onClose={() => setOverlay(null)} />}
      {overlay === 'help' && <Help onClose={() => setOverlay(null)} />}
      {isOver && <div className={styles.over}>Drop files to import them</div>}
      <FollowedJobs />
      <Toasts />
    </div>
  )
}

/** The code of imports is loaded when it is needed. */
async function addFiles(files: readonly File[]): Promise<string | null> {
  const store = await import('../../import/items/import-store.ts')
  return store.addFiles(files)
}

/** After a reload in any room, uploads go on that it has cut off. */
function resumeUploads(): void {
  if (sessionStorage.getItem('connectra.imports') !== null)
    import('../../import/items/import-store.ts').catch(showError)
}
