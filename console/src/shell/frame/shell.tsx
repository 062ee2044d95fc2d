/** The frame around every room: navigation, palette, help, messages. Without a key it is the sign-in page. */
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useKey } from '../../api/key.ts'
import { signOut, useSession } from '../../api/session.ts'
import { ROOMS } from '../../rooms.ts'
import { IconButton } from '../../ui/button.tsx'
import iconUrl from '../../ui/base/icon.svg'
import { Icon } from '../../ui/icon.tsx'
import { Menu } from '../../ui/popover.tsx'
import { Toasts } from '../../ui/toast.tsx'
import { Help } from './help.tsx'
import { Palette, usePaletteKey } from '../palette/palette.tsx'
import styles from './shell.module.css'
import { useShortcuts } from '../shortcuts.ts'
import { SignIn } from '../sign-in/sign-in.tsx'
import { chooseTheme } from '../theme.ts'

type Overlay = 'palette' | 'help' | null

export function Shell() {
  const key = useKey()
  const atSignIn = useLocation({ select: ({ pathname }) => pathname === '/sign-in' })
  return key === null || atSignIn ? <SignIn /> : <SignedIn />
}

function SignedIn() {
  const session = useSession()
  const navigate = useNavigate()
  const [overlay, setOverlay] = useState<Overlay>(null)
  const rooms = ROOMS.filter(room => !room.admin || session.data?.admin)
  const jumps = rooms.map(room => [`g ${room.shortcut}`, () => void navigate({ to: room.path })] as const)
  useShortcuts({ '?': () => setOverlay('help'), ...Object.fromEntries(jumps) })
  usePaletteKey(() => setOverlay('palette'))
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
            <Link key={room.path} to={room.path} className={styles.link} activeOptions={{ includeSearch: false }}>
              <Icon name={room.icon} />
              {room.label}
            </Link>
          ))}
        </nav>
        <div className={styles.foot}>
          <span className={styles.who} title={session.data?.name}>
            {session.data?.name}
          </span>
          <IconButton icon="keyboard" label="Keyboard shortcuts (?)" onClick={() => setOverlay('help')} />
          <Menu
            trigger={<IconButton icon="more" label="Theme and session" />}
            items={[
              { label: 'Light', icon: 'sun', onSelect: () => chooseTheme('light') },
              { label: 'Dark', icon: 'moon', onSelect: () => chooseTheme('dark') },
              { label: 'As the system', onSelect: () => chooseTheme('system') },
              null,
              {
                label: 'API reference',
                icon: 'external',
                onSelect: () => void window.open('./docs', '_blank', 'noopener'),
              },
              { label: 'Sign out', icon: 'signOut', onSelect: () => signOut(session.data) },
            ]}
          />
        </div>
      </header>
      <main id="main" className={styles.main} tabIndex={-1}>
        <Outlet />
      </main>
      {overlay === 'palette' && <Palette onClose={() => setOverlay(null)} />}
      {overlay === 'help' && <Help onClose={() => setOverlay(null)} />}
      <Toasts />
    </div>
  )
}
