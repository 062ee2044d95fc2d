/** What to do when the console was built again while its page is open, and the server has been restarted since. */

const NAME = 'connectra.reloaded'
/** A part that is missing again so soon after is missing for another reason. Milliseconds. */
const AGAIN_AFTER = 60_000

/**
 * Loads the page again if a part of it cannot be loaded, because the new build has other names: once a minute at most. The router does
 * so for scripts only; style sheets come first.
 */
export function reloadForNewBuild(): void {
  window.addEventListener('vite:preloadError', () => {
    const last = Number(sessionStorage.getItem(NAME) ?? 0)
    if (Date.now() - last < AGAIN_AFTER) return
    sessionStorage.setItem(NAME, String(Date.now()))
    window.location.reload()
  })
}
