/**
 * The statement that merges a staged batch into its table. New and changed records go through INSERT … ON CONFLICT DO UPDATE
 * in the order of their UUIDs, so that concurrent batches lock in the same order. Fields that a record leaves out are
 * resolved there, against the locked row, so a concurrent write of another field is not lost. Unchanged records never reach
 * the INSERT, because it would lock, and thus write, each row.
 */
import type { Service } from '../../fields.ts'
import { keepsSpellingSql } from '../case-sql.ts'
import { TABLES } from '../columns.ts'
import { STAGED_COLUMNS, type StagedColumn } from './staged-columns.ts'

/** The definition of the staged columns, for a temporary table or a function that returns records. */
export function stagedDefinition(service: Service): string {
  return ['uuid uuid', ...STAGED_COLUMNS[service].map(({ name, type }) => `${name} ${type}`), 'cleared int'].join(', ')
}

/** The names of the staged columns. */
export function stagedNames(service: Service): readonly string[] {
  return ['uuid', ...STAGED_COLUMNS[service].map(({ name }) => name), 'cleared']
}

/**
 * `source` is the FROM item, with the alias `staged`. The statement returns one row: the number of records created, the
 * number whose visible values changed, and the UUIDs of both as an array.
 */
export function mergeSql(service: Service, source: string): string {
  const table = TABLES[service]
  const columns = STAGED_COLUMNS[service]
  const merged = mergedColumns(service, 'excluded')
  const names = stagedNames(service)
  return `
    WITH merged AS (INSERT INTO ${table} AS stored (${names.join(', ')})
    SELECT ${names.map(name => `staged.${name}`).join(', ')}
    FROM ${source} LEFT JOIN ${table} stored USING (uuid)
    WHERE stored.uuid IS NULL OR stored.deleted_at IS NOT NULL OR ${differs(mergedColumns(service, 'staged'))}
    ORDER BY uuid
    ON CONFLICT (uuid) DO UPDATE SET
      ${columns.map(({ name }) => `${name} = ${unlessDeleted(name, merged.get(name)!)}`).join(',\n      ')},
      id = ${unlessDeleted('id', 'stored.id')},
      created_at = ${unlessDeleted('created_at', 'stored.created_at')},
      updated_at = ${unlessDeleted(
        'updated_at',
        `CASE WHEN ${differs(visible(merged))}
           THEN greatest(excluded.updated_at, stored.updated_at + interval '1 millisecond') ELSE stored.updated_at END`,
      )},
      deleted_at = NULL,
      cleared = NULL
    RETURNING uuid, xmax = 0 OR created_at = now()::timestamptz(3) AS created, updated_at >= now()::timestamptz(3) AS changed)
    SELECT count(*) FILTER (WHERE created) AS created, count(*) FILTER (WHERE changed AND NOT created) AS updated,
      coalesce(array_agg(uuid) FILTER (WHERE created OR changed), '{}')::text AS written
    FROM merged`
}

/**
 * Returns a row per staged record: whether merging it now would create it, and whether its visible values would change.
 */
export function comparisonSql(service: Service, source: string): string {
  return `
    SELECT uuid, stored.uuid IS NULL OR stored.deleted_at IS NOT NULL AS created,
      ${differs(visible(mergedColumns(service, 'staged')))} AS changed
    FROM ${source} LEFT JOIN ${TABLES[service]} stored USING (uuid)`
}

/**
 * Returns `more`: how many of the rows update a record, beyond the one update per record that `mergeSql` counts. `source` has
 * the steps of the records (stage-batch.ts), and the statement runs before the merge.
 */
export function furtherUpdatesSql(service: Service, source: string): string {
  const merged = visible(mergedColumns(service, 'staged'))
  const stored = [...merged.keys()].map(name => `stored.${name}`)
  return `
    WITH step AS (
      SELECT staged.uuid, step, stored.uuid IS NOT NULL AS found,
        ROW(${[...merged.values()].join(', ')}) AS state, ROW(${stored.join(', ')}) AS before
      FROM ${source} LEFT JOIN ${TABLES[service]} stored ON stored.uuid = staged.uuid AND stored.deleted_at IS NULL
    ), compared AS (
      SELECT found AND state IS DISTINCT FROM before AS differs, lead(step) OVER steps IS NULL AS is_last,
        CASE WHEN lag(step) OVER steps IS NULL THEN found AND state IS DISTINCT FROM before
          ELSE state IS DISTINCT FROM lag(state) OVER steps END AS updates
      FROM step WINDOW steps AS (PARTITION BY uuid ORDER BY step)
    )
    SELECT count(*) FILTER (WHERE updates) - count(*) FILTER (WHERE is_last AND differs) AS more FROM compared`
}

/** A soft-deleted record that is sent again is created from scratch, without its old values. */
function unlessDeleted(column: string, expression: string): string {
  return `CASE WHEN stored.deleted_at IS NOT NULL THEN excluded.${column} ELSE ${expression} END`
}

/** Column → its value after merging `incoming` (an alias) into the row `stored`. */
function mergedColumns(service: Service, incoming: string): ReadonlyMap<string, string> {
  const merged = new Map(STAGED_COLUMNS[service].map(column => [column.name, laidOver(column, incoming)]))
  if (service === 'company') {
    const bit = STAGED_COLUMNS.company.find(column => column.name === 'email_domain')!.bit
    merged.set(
      'website_domain',
      `CASE WHEN ${incoming}.website IS NOT NULL THEN ${incoming}.website_domain
       WHEN ${merged.get('website')} IS NULL THEN NULL ELSE stored.website_domain END`,
    )
    // An e-mail's domain only fills an empty domain. It does not replace an earlier e-mail's domain either.
    merged.set(
      'email_domain',
      `CASE WHEN ${incoming}.cleared & ${bit} <> 0 THEN NULL
       WHEN ${ownDomain(merged)} IS NULL THEN coalesce(stored.email_domain, ${incoming}.email_domain)
       ELSE stored.email_domain END`,
    )
  }
  return merged
}

function laidOver({ name, bit, keepsSpelling }: StagedColumn, incoming: string): string {
  const [before, after] = [`stored.${name}`, `${incoming}.${name}`]
  if (keepsSpelling)
    // The most frequent cases first.
    return `CASE WHEN ${incoming}.cleared & ${bit} <> 0 THEN ${after} WHEN ${after} IS NULL OR ${after} = ${before} THEN ${before}
      WHEN ${before} IS NULL THEN ${after} WHEN ${keepsSpellingSql(before, after)} THEN ${before} ELSE ${after} END`
  return `CASE WHEN ${incoming}.cleared & ${bit} <> 0 THEN NULL ELSE coalesce(${after}, ${before}) END`
}

function ownDomain(merged: ReadonlyMap<string, string>): string {
  return `CASE WHEN ${merged.get('website')} IS NULL THEN ${merged.get('sent_domain')} ELSE ${merged.get('website_domain')} END`
}

const HIDDEN = ['website_domain', 'sent_domain', 'email_domain']

/** The visible columns. A company's hidden domains are replaced by the domain generated from them. */
function visible(merged: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const shown = new Map([...merged].filter(([name]) => !HIDDEN.includes(name)))
  if (merged.has('email_domain'))
    shown.set('normalized_domain', `coalesce(${ownDomain(merged)}, ${merged.get('email_domain')})`)
  return shown
}

function differs(merged: ReadonlyMap<string, string>): string {
  return [...merged].map(([name, expression]) => `${expression} IS DISTINCT FROM stored.${name}`).join('\n      OR ')
}
