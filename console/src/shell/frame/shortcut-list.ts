/** The shortcuts that the help shows. The views themselves listen to them (`useShortcuts`). */
export interface Shortcut {
  /** Ways to press it. Each is a sequence of keys. */
  readonly keys: readonly (readonly string[])[]
  readonly label: string
}

export const SHORTCUTS: readonly { readonly title: string; readonly shortcuts: readonly Shortcut[] }[] = [
  {
    title: 'Everywhere',
    shortcuts: [
      {
        keys: [
          ['Ctrl', 'K'],
          ['⌘', 'K'],
        ],
        label: 'Commands and search',
      },
      { keys: [['?']], label: 'Keyboard shortcuts' },
      {
        keys: [
          ['Ctrl', 'Z'],
          ['⌘', 'Z'],
        ],
        label: 'Press the newest “Undo”',
      },
      { keys: [['Esc']], label: 'Close a dialog, a menu or the record' },
    ],
  },
  {
    title: 'Contacts and companies',
    shortcuts: [
      { keys: [['/']], label: 'Search' },
      { keys: [['j'], ['↓']], label: 'Next record' },
      { keys: [['k'], ['↑']], label: 'Previous record' },
      { keys: [['Enter']], label: 'Open the record' },
      { keys: [['x']], label: 'Select the record' },
      { keys: [['e'], ['F2']], label: 'Edit the cell' },
      {
        keys: [
          ['Shift', '→'],
          ['Shift', '←'],
        ],
        label: 'Wider or narrower column, on its header',
      },
    ],
  },
]
