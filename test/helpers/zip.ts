/** Builds a zip archive from files by name. A name that ends with `/` is a folder. */
import { buffer } from 'node:stream/consumers'
import { type Options, ZipFile } from 'yazl'

export async function zipOf(
  files: Readonly<Record<string, Uint8Array | string>>,
  options: Partial<Options> = {},
): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, content] of Object.entries(files))
    if (name.endsWith('/')) zip.addEmptyDirectory(name)
    else zip.addBuffer(Buffer.from(content), name, options)
  zip.end()
  return await buffer(zip.outputStream)
}
