/** What people sign in with: a pasted key, or an address with a one-time code. */

/** The code in the hash of an address such as `#/sign-in?code=si_…`; null without one. */
export function readCode(hash: string): string | null {
  const [path, parameters = ''] = hash.replace(/^#/, '').split('?', 2)
  if (path !== '/sign-in') return null
  return new URLSearchParams(parameters).get('code') || null
}

/**
 * The key in what was pasted: without spaces, quotes and line breaks around it, and without the words of a header in front. Null if
 * it cannot be a key, because keys are printable ASCII.
 */
export function readKey(text: string): string | null {
  const key = text
    .trim()
    .replace(/^(?:authorization:\s*)?bearer\s+|^x-api-key:\s*/i, '')
    .replace(/^(["'`])(.*)\1$/, '$2')
    .trim()
  return /^[\x21-\x7e]+$/.test(key) ? key : null
}
