/** The settings and mappings of the indexes. */
import type { Field, Service } from '../../fields.ts'
import { indexedFields, isNumber } from './fields.ts'

/** Increase this if documents or mappings change in any other way than by a field. Indexes of another format are rebuilt. */
export const FORMAT = 1

/** Farther apart than the words of any phrase, so that a phrase never spans two items of a list. */
const GAP = 100
/** Longer than any word. The tokenizer would cut words at 255 characters. */
const LONGEST_WORD = 100_000

const ANALYSIS = {
  tokenizer: { spaces: { type: 'whitespace', max_token_length: LONGEST_WORD } },
  analyzer: { words: { type: 'custom', tokenizer: 'spaces' } },
}

const EXACT = { type: 'keyword' }
/**
 * Parts of values, and beginnings of words, are looked up in the dictionary. Fields of type `wildcard` and `index_prefixes` would
 * find them without, but made the index 6 times as large, and as slow to build.
 */
const WORDS = { type: 'text', analyzer: 'words', norms: false, position_increment_gap: GAP }

/**
 * How an index is created. It is filled without replicas. It is never refreshed by itself: whoever writes to it refreshes it when
 * a group of changes is complete. By default a write that was acknowledged survives the crash of a node, so the build can go on.
 */
export function indexOf(service: Service, shards: number): object {
  return {
    settings: {
      index: {
        number_of_shards: shards,
        number_of_replicas: 0,
        refresh_interval: '-1',
        // A writer that was suspended for less than this cannot bring back what was deleted meanwhile.
        gc_deletes: '1h',
      },
      analysis: ANALYSIS,
    },
    mappings: mappingsOf(service),
  }
}

/**
 * After a crash a node repeats what it has written since the last flush before it can search: 300,000 documents, less than the 512 MB
 * of the default, took 110 s. While the index is filled, fewer flushes are faster.
 */
const FLUSH_AFTER = '64mb'

/** Set once the index is filled. */
export function settingsOnceFilled(replicas: number): object {
  return { index: { number_of_replicas: replicas, 'translog.flush_threshold_size': FLUSH_AFTER } }
}

/** The index of the document with the position in the feed. */
export function positionIndex(replicas: number): object {
  return {
    settings: { index: { number_of_shards: 1, number_of_replicas: replicas } },
    mappings: { dynamic: false, properties: {} },
  }
}

function mappingsOf(service: Service): object {
  const fields = Object.fromEntries(indexedFields(service).map(({ name, field }) => [name, mappingOf(field)]))
  const fullName = service === 'contact' ? { full_name: { properties: { words: WORDS } } } : {}
  // The rows are in PostgreSQL.
  return { dynamic: 'strict', _source: { enabled: false }, properties: { ...fields, ...fullName } }
}

function mappingOf(field: Field): object {
  if (isNumber(field)) return { type: 'long' }
  if (field.kind === 'uuid') return { properties: { exact: EXACT } }
  const spelled = field.answered === 'lower' ? { spelled: { type: 'boolean' } } : {}
  const phone = field.format === 'phone' ? { digits: EXACT, national: EXACT } : {}
  return { properties: { exact: EXACT, words: WORDS, ...phone, ...spelled } }
}
