/** What the palette offers besides records. */
import type { Room } from '../../rooms.ts'
import type { IconName } from '../../ui/icon.tsx'
import type { Theme } from '../theme.ts'

export interface Command {
  readonly id: string
  readonly group: 'Go to' | 'Commands'
  readonly label: string
  readonly icon: IconName
  /** Other words that people may type for it. */
  readonly words?: string
  /** Keys that do the same. */
  readonly shortcut?: string
  readonly run: () => void
}

export interface Actions {
  readonly goTo: (path: string) => void
  readonly setTheme: (theme: Theme) => void
  readonly openReference: () => void
  readonly signOut: () => void
}

export function listCommands(rooms: readonly Room[], actions: Actions): readonly Command[] {
  const jumps = rooms.map(
    (room): Command => ({
      id: `room-${room.path.slice(1)}`,
      group: 'Go to',
      label: room.label,
      icon: room.icon,
      shortcut: `g ${room.shortcut}`,
      run: () => actions.goTo(room.path),
    }),
  )
  return [
    ...jumps,
    command('light', 'Use the light theme', 'sun', 'bright appearance', () => actions.setTheme('light')),
    command('dark', 'Use the dark theme', 'moon', 'night appearance', () => actions.setTheme('dark')),
    command('system', 'Match the theme of the system', 'sun', 'automatic appearance', () => actions.setTheme('system')),
    command('reference', 'Open the API reference', 'external', 'documentation docs', actions.openReference),
    command('sign-out', 'Sign out', 'signOut', 'log out logout', actions.signOut),
  ]
}

function command(id: string, label: string, icon: IconName, words: string, run: () => void): Command {
  return { id, group: 'Commands', label, icon, words, run }
}

/** Those of which every typed word begins a word. */
export function filterCommands(commands: readonly Command[], text: string): readonly Command[] {
  const typed = wordsOf(text)
  return commands.filter(({ label, words = '' }) => {
    const known = wordsOf(`${label} ${words}`)
    return typed.every(word => known.some(other => other.startsWith(word)))
  })
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean)
}
