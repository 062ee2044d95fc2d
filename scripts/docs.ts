/** `npm run docs`: writes the generated documents. */
import { writeFile } from 'node:fs/promises'
import { generateDocuments } from './documents.ts'

for (const [path, text] of Object.entries(await generateDocuments()))
  await writeFile(new URL(`../${path}`, import.meta.url), text)
