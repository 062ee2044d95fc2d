/** Light, dark, or as the system has it. */
export type Theme = 'system' | 'light' | 'dark'

const NAME = 'connectra.theme'

export function chosenTheme(): Theme {
  const theme = localStorage.getItem(NAME)
  return theme === 'light' || theme === 'dark' ? theme : 'system'
}

export function chooseTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(NAME)
  else localStorage.setItem(NAME, theme)
  applyTheme()
}

export function applyTheme(): void {
  const theme = chosenTheme()
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}
