/** The clipboard is there only on https:// and on localhost. */
export async function copyText(text: string): Promise<void> {
  if (!navigator.clipboard)
    throw new Error('The browser does not let pages without https:// copy. Select the text and copy it.')
  await navigator.clipboard.writeText(text)
}
