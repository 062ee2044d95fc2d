/** Compiles conditions of VQL to SQL on the tables of plain-tables.ts. */
import { createHash } from 'node:crypto'
import type { Connection } from '../../src/database/pool.ts'
import type { Service } from '../../src/fields.ts'
import { allowedEdits, withinEdits } from '../../src/text/distance.ts'
import type { Condition, Leaf } from '../../src/vql/query.ts'
import { quote, TABLE } from './plain-tables.ts'

export interface Statement {
  readonly values: unknown[]
  bind(value: unknown, type: string): string
}

export function createStatement(): Statement {
  const values: unknown[] = []
  return { values, bind: (value, type) => `$${values.push(value)}::${type}` }
}

/** Runs a statement. It is prepared once per connection. */
export async function run<Row extends object>(connection: Connection, text: string, values: unknown[]): Promise<Row[]> {
  const name = createHash('md5').update(text).digest('hex')
  return (await connection.query<Row>({ name, text, values })).rows
}

export const likePattern = (part: string) => `%${part.replace(/[\\%_]/g, found => `\\${found}`)}%`

export async function compile(
  connection: Connection,
  service: Service,
  condition: Condition,
  statement: Statement,
  alias = 't',
): Promise<string> {
  switch (condition.type) {
    case 'all':
      return 'true'
    case 'none':
      return 'false'
    case 'not':
      return `(${await compile(connection, service, condition.of, statement, alias)}) IS NOT TRUE`
    case 'and':
    case 'or': {
      const parts: string[] = []
      for (const part of condition.of) parts.push(await compile(connection, service, part, statement, alias))
      return `(${parts.join(condition.type === 'and' ? ' AND ' : ' OR ')})`
    }
    default:
      if (condition.field.service === service) return await compileLeaf(connection, condition, statement, alias)
      return `${alias}.company_id IN (SELECT o.uuid FROM plain_companies AS o WHERE ${await compileLeaf(connection, condition, statement, 'o')})`
  }
}

async function compileLeaf(connection: Connection, leaf: Leaf, statement: Statement, alias: string): Promise<string> {
  const { name, kind, service } = leaf.field
  const column = `${alias}.${name}`
  switch (leaf.type) {
    case 'exists':
      return `${column} IS NOT NULL`
    case 'terms': {
      if (kind === 'list') return `${column} && ${statement.bind(leaf.values, 'text[]')}`
      if (leaf.values.length === 1)
        return `${column} = ${statement.bind(leaf.values[0], kind === 'uuid' ? 'uuid' : 'text')}`
      return `${column} = ANY(${statement.bind(leaf.values, kind === 'uuid' ? 'uuid[]' : 'text[]')})`
    }
    case 'range': {
      const ends = leaf.ranges.map(({ from, to }) =>
        [
          Number.isFinite(from) ? `${column} >= ${statement.bind(from, 'bigint')}` : 'true',
          Number.isFinite(to) ? `${column} <= ${statement.bind(to, 'bigint')}` : 'true',
        ].join(' AND '),
      )
      return `${column} IS NOT NULL AND (${ends.join(' OR ')})`
    }
    case 'match': {
      const alternatives = leaf.fuzzy
        ? await Promise.all(leaf.words.map(word => similarWords(connection, service, name, word)))
        : leaf.words.map(word => [word])
      const parts = alternatives.map(list => (list.length === 0 ? "''" : `(${list.map(quote).join(' | ')})`))
      return `${column}_words @@ ${statement.bind(parts.join(leaf.operator === 'and' ? ' & ' : ' | '), 'tsquery')}`
    }
    case 'phrase':
      return `${column}_words @@ ${statement.bind(phraseQuery(leaf.words, leaf.slop, leaf.prefix), 'tsquery')}`
    case 'phone':
      throw new Error('the comparison does not support conditions on phones')
    case 'substring': {
      const text = kind === 'text' ? `${column}_text` : column
      return leaf.parts.map(part => `${text} LIKE ${statement.bind(likePattern(part), 'text')}`).join(' AND ')
    }
  }
}

/** PostgreSQL's phrase operator matches one exact distance, so each distance within the slop becomes an alternative. */
function phraseQuery(list: readonly string[], slop: number, prefix: boolean): string {
  const parts = list.map((word, place) => (prefix && place === list.length - 1 ? `${quote(word)}:*` : quote(word)))
  if (slop === 0 || parts.length === 1) return parts.join(' <-> ')
  if (parts.length > 2) throw new Error('the comparison supports slop only between two words')
  return Array.from({ length: slop + 1 }, (_, gap) => `${parts[0]} <${gap + 1}> ${parts[1]}`).join(' | ')
}

/**
 * Finds the words of the vocabulary within the allowed edits. PostgreSQL's Levenshtein distance has no transpositions, so it
 * searches for the word and for its transpositions. Words that are too far away are dropped here.
 */
async function similarWords(connection: Connection, service: Service, field: string, word: string): Promise<string[]> {
  const edits = allowedEdits(word)
  if (edits === 0) return [word]
  const swapped = swaps(word)
  // With two edits, both may be transpositions.
  const twice = edits === 2 ? swapped.flatMap(swaps) : []
  const rows = await run<{ word: string }>(
    connection,
    `SELECT word FROM ${TABLE[service]}_${field}_vocabulary
     WHERE length(word) BETWEEN length($1::text) - $2::int AND length($1::text) + $2::int
       AND (levenshtein_less_equal(word, $1::text, $2::int) <= $2::int
         OR EXISTS (SELECT FROM unnest($3::text[]) AS other WHERE levenshtein_less_equal(word, other, $2::int - 1) <= $2::int - 1)
         OR word = ANY($4::text[]))`,
    [word, edits, swapped, twice],
  )
  return rows.map(row => row.word).filter(found => withinEdits(found, word, edits))
}

/** All words that result from exchanging two adjacent letters. */
function swaps(word: string): string[] {
  const letters = [...word]
  return letters.slice(1).map((letter, place) => {
    const other = [...letters]
    other[place + 1] = other[place]!
    other[place] = letter
    return other.join('')
  })
}
