/** What the rows of the preview would do. The server previews the beginning of a file only. */
import { memo } from 'react'
import { countOf } from '../../ui/data/nouns.ts'
import { Card } from '../../ui/page.tsx'
import { Notice } from '../../ui/states.tsx'
import type { Preview } from '../columns/preview.ts'
import { OutcomeBar } from '../report/outcome-bar.tsx'
import { effectParts, hasAny, rowParts } from '../report/outcome-parts.ts'
import styles from '../report/report.module.css'
import { effectSentence } from '../report/report-words.ts'
import { countPreview } from './records-view.ts'

export const PreviewCounts = memo(function PreviewCounts({ preview }: { readonly preview: Preview }) {
  const { rows, contacts, companies } = countPreview(preview)
  const sentences = [effectSentence(contacts, 'contact', 'future'), effectSentence(companies, 'company', 'future')]
  const said = sentences.filter(sentence => sentence !== null)
  return (
    <Card title="What will happen">
      <div className={styles.lead} role="status">
        <p className="muted">
          {preview.is_whole
            ? `In all ${countOf(rows.read, 'row')}:`
            : `Only the first ${countOf(rows.read, 'row')} of the file were looked at. In these:`}
        </p>
        {said.map(sentence => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
      {rows.read === 0 && <Notice tone="warn">The file has headers, but no rows.</Notice>}
      {rows.read > 0 && rows.stored === 0 && (
        <Notice tone="warn">None of these rows can be stored. The table below says why.</Notice>
      )}
      <div className={styles.charts}>
        {hasAny(contacts) && (
          <OutcomeBar title="Rows with a contact" parts={effectParts(contacts, 'contact', 'future')} />
        )}
        {hasAny(companies) && (
          <OutcomeBar title="Rows with a company" parts={effectParts(companies, 'company', 'future')} />
        )}
        <OutcomeBar title={countOf(rows.read, 'row')} parts={rowParts(rows, 'future')} />
      </div>
    </Card>
  )
})
