/** What to do when a part of the page cannot be loaded: the console was built again while it is open, or the server is stopped. */
import { BASE_URL } from '../api/client.ts'

const NAME = 'connectra.reloaded'
/** A part that is missing again so soon after is missing for another reason. Milliseconds. */
const AGAIN_AFTER = 60_000

/**
 * Loads the page again if a part of it cannot be loaded, because the new build has other names: once a minute at most. The router does
 * so for rooms only.
 */
export function reloadForNewBuild(): void {
  window.addEventListener('vite:preloadError', () => void reload())
}

async function reload(): Promise<void> {
  const last = Number(sessionStorage.getItem(NAME) ?? 0)
  if (Date.now() - last < AGAIN_AFTER || !(await canLoadPage())) return
  sessionStorage.setItem(NAME, String(Date.now()))
  window.location.reload()
}

/** Whether the server answers with the page. If not, loading it again would leave an error of the browser in its place. */
export async function canLoadPage(): Promise<boolean> {
  try {
    const response = await fetch(BASE_URL, { headers: { Accept: 'text/html' }, cache: 'no-store' })
    return response.ok
  } catch {
    return false
  }
}
