/** The query of the list as text. What is applied moves into the search box and the filter as far as these can show it. */
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { ApiError } from '../../../api/client.ts'
import type { Where } from '../../../api/records.ts'
import { nounFor } from '../../../api/services.ts'
import { useDebounced } from '../../../shell/use-debounced.ts'
import { Button, IconButton } from '../../../ui/button.tsx'
import { classes } from '../../../ui/classes.ts'
import { CopyButton } from '../../../ui/copy-button.tsx'
import { formatNumber } from '../../../ui/format.ts'
import { showError } from '../../../ui/toasts.ts'
import { useExplore } from '../../explore-context.ts'
import { countQuery } from '../../records/count-query.ts'
import { fromWhere } from '../from-where.ts'
import { type CheckedVql, checkVql } from './check-vql.ts'
import { positionOf } from './json-tree.ts'
import { locatePath } from './locate-path.ts'
import styles from './vql-panel.module.css'

interface Problem {
  readonly message: string
  /** Where it is in the text; null if nowhere in particular. */
  readonly start: number | null
  readonly end: number
}

export function VqlPanel({ onClose }: { readonly onClose: () => void }) {
  const { where, setView } = useExplore()
  // Until somebody types, the text follows the filter.
  const [typed, setTyped] = useState<string | null>(null)
  const input = useRef<HTMLTextAreaElement>(null)
  const text = typed ?? JSON.stringify(where, null, 2)
  const checked = checkVql(text)
  const verdict = useVerdict(checked)
  const problem = problemOf(checked, verdict.error)
  const wrongLine = problem === null || problem.start === null ? null : positionOf(text, problem.start).line

  async function apply(): Promise<void> {
    if (!checked.ok) return selectProblem(problem)
    try {
      await verdict.ask(checked.where)
    } catch (error) {
      // An error of the query is shown at its place.
      if (!(error instanceof ApiError)) showError(error)
      return
    }
    setView(fromWhere(checked.where))
    // What was typed meanwhile is not applied, so it stays.
    setTyped(current => (current === text ? null : current))
  }

  function selectProblem(place: Problem | null): void {
    if (place === null || place.start === null) return
    input.current?.focus()
    input.current?.setSelectionRange(place.start, Math.max(place.end, place.start + 1))
  }

  return (
    <section className={styles.panel} aria-label="VQL">
      <div className={styles.head}>
        <h2>VQL</h2>
        <p className={styles.hint}>
          The <code>where</code> of the query, as the API takes it. Ctrl+Enter applies it.
        </p>
        <CopyButton text={text} />
        <IconButton size="small" icon="close" label="Close VQL" onClick={onClose} />
      </div>
      <div className={styles.editor}>
        <LineNumbers text={text} wrong={wrongLine} />
        <textarea
          ref={input}
          className={styles.text}
          aria-label="VQL of the list"
          aria-invalid={problem !== null}
          aria-describedby="vql-result"
          spellCheck={false}
          autoCapitalize="off"
          wrap="off"
          rows={text.split('\n').length}
          value={text}
          onChange={event => setTyped(event.target.value)}
          onKeyDown={event => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void apply()
          }}
        />
      </div>
      <div className={styles.foot}>
        <p id="vql-result" className={classes(styles.result, problem && styles.wrong)} role="status" aria-live="polite">
          {problem === null ? (
            <CountOf count={verdict.count} />
          ) : (
            <>
              {wrongLine !== null && (
                <Button size="small" onClick={() => selectProblem(problem)}>
                  Line {wrongLine}
                </Button>
              )}
              {problem.message}
            </>
          )}
        </p>
        <Button disabled={typed === null} onClick={() => setTyped(null)}>
          Discard changes
        </Button>
        <Button variant="primary" disabled={typed === null} onClick={() => void apply()}>
          Apply
        </Button>
      </div>
    </section>
  )
}

function CountOf({ count }: { readonly count: number | undefined }) {
  const { view } = useExplore()
  return <>{count === undefined ? 'Counting…' : `${formatNumber(count)} ${nounFor(view.service, count)}`}</>
}

function LineNumbers({ text, wrong }: { readonly text: string; readonly wrong: number | null }) {
  return (
    <div className={styles.lines} aria-hidden="true">
      {text.split('\n').map((_, index) => {
        const line = index + 1
        return (
          <div key={line} className={line === wrong ? styles.wrongLine : undefined}>
            {line}
          </div>
        )
      })}
    </div>
  )
}

/** What the server thinks of the query, while it is typed. */
function useVerdict(checked: CheckedVql) {
  const { view } = useExplore()
  const client = useQueryClient()
  const where = useDebounced(checked.ok ? JSON.stringify(checked.where) : null, 300)
  const query = useQuery({
    ...countQuery(view.service, where === null ? {} : (JSON.parse(where) as Where)),
    enabled: where !== null,
    placeholderData: keepPreviousData,
  })
  const ask = (asked: Where) => client.fetchQuery(countQuery(view.service, asked))
  return { count: query.data, error: query.error, ask }
}

function problemOf(checked: CheckedVql, error: Error | null): Problem | null {
  if (!checked.ok) return { message: checked.message, start: checked.offset, end: checked.offset }
  if (error === null) return null
  const path = (error instanceof ApiError && error.details[0]?.path) || error.message
  const span = checked.tree && locatePath(checked.tree, path)
  return { message: error.message, start: span?.start ?? null, end: span?.end ?? 0 }
}
