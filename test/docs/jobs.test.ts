import { testDocument } from './run-document.ts'

await testDocument('docs/jobs.md')
