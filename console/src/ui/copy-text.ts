/**
 * Copies text, also one that is still being fetched. To be called at once when a person has asked for it, or the browser does not
 * allow it. Returns false if it does not allow it. Throws what `text` throws.
 */
export async function copyText(text: string | Promise<string>): Promise<boolean> {
  const copied = await copyByClipboard(text)
  // Pages without HTTPS have no `navigator.clipboard`, and many servers are used within a network without it.
  return copied || copyByEvent(await text)
}

async function copyByClipboard(text: string | Promise<string>): Promise<boolean> {
  const { clipboard } = navigator
  if (!clipboard) return false
  try {
    if (typeof text === 'string') await clipboard.writeText(text)
    else {
      const type = 'text/plain'
      const blob = text.then(content => new Blob([content], { type }))
      // Where it is given to fails with it.
      blob.catch(() => {})
      await clipboard.write([new ClipboardItem({ [type]: blob })])
    }
    return true
  } catch {
    return false
  }
}

function copyByEvent(text: string): boolean {
  let copied = false
  function onCopy(event: ClipboardEvent) {
    if (event.clipboardData === null) return
    event.clipboardData.setData('text/plain', text)
    event.preventDefault()
    event.stopImmediatePropagation()
    copied = true
  }
  document.addEventListener('copy', onCopy, { capture: true })
  document.execCommand('copy')
  document.removeEventListener('copy', onCopy, { capture: true })
  return copied
}
