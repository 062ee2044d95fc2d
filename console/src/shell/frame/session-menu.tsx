/** The menu of the person: theme, shortcuts, API reference, sign-out. */
import { useState } from 'react'
import { IconButton } from '../../ui/button.tsx'
import type { IconName } from '../../ui/icon.tsx'
import { Menu, type MenuItem } from '../../ui/popover.tsx'
import { setCharacters, useCharactersOn } from '../shortcut-setting.ts'
import { chooseTheme, chosenTheme, type Theme } from '../theme.ts'

const THEMES = [
  { theme: 'light', label: 'Light', icon: 'sun' },
  { theme: 'dark', label: 'Dark', icon: 'moon' },
  { theme: 'system', label: 'Match system', icon: 'monitor' },
] as const satisfies readonly { theme: Theme; label: string; icon: IconName }[]

interface SessionMenuProps {
  readonly onHelp: () => void
  readonly onSignOut: () => void
}

export function SessionMenu({ onHelp, onSignOut }: SessionMenuProps) {
  const [isOpen, setOpen] = useState(false)
  const areCharactersOn = useCharactersOn()
  // The palette changes the theme, too, so it is read when the menu opens.
  const chosen = isOpen ? chosenTheme() : null
  const themes = THEMES.map(
    ({ theme, label, icon }): MenuItem => ({
      label,
      icon,
      kind: 'radio',
      checked: theme === chosen,
      onSelect: () => chooseTheme(theme),
    }),
  )
  return (
    <Menu
      trigger={<IconButton icon="more" label="Theme and session" />}
      onOpenChange={setOpen}
      items={[
        ...themes,
        null,
        { label: 'Keyboard shortcuts', icon: 'keyboard', onSelect: onHelp },
        {
          label: 'Single-key shortcuts',
          kind: 'checkbox',
          checked: areCharactersOn,
          onSelect: () => setCharacters(!areCharactersOn),
        },
        null,
        {
          label: 'API reference',
          icon: 'external',
          onSelect: () => void window.open('./docs', '_blank', 'noopener'),
        },
        { label: 'Sign out', icon: 'signOut', onSelect: onSignOut },
      ]}
    />
  )
}
