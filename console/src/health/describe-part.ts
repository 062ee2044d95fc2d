/** The parts of the server in words. */

import { countOf } from '../ui/data/nouns.ts'
import { formatDuration, formatNumber, formatShare, inWords } from '../ui/format.ts'
import type { Tone } from '../ui/states.tsx'
import type { PartState } from './read-health.ts'

export interface PartDescription {
  readonly title: string
  readonly tone: Tone
  /** One or two words. */
  readonly status: string
  /** What that means. */
  readonly meaning: string
  /** What to do about it; null if nothing. */
  readonly advice: string | null
  readonly details: readonly (readonly [label: string, value: string])[]
}

type Words = Omit<PartDescription, 'title' | 'details'>

const TITLES: Readonly<Record<string, string>> = {
  database: 'Database',
  migrations: 'Database schema',
  index: 'Search index',
  files: 'Files',
  worker: 'Job worker',
}

/** Parts and states that this console does not know yet are shown as they are. */
export function describePart(name: string, state: PartState): PartDescription {
  const words = describe[name]?.(state) ?? describeOther(state)
  return { title: TITLES[name] ?? inWords(name), ...words, details: listDetails(name, state) }
}

const describe: Readonly<Record<string, (state: PartState) => Words>> = {
  database: describeDatabase,
  migrations: describeMigrations,
  index: describeIndex,
  files: describeFiles,
  worker: describeWorker,
}

function describeDatabase({ status }: PartState): Words {
  if (status === 'ok') return fine('Ready', 'PostgreSQL answers.')
  return {
    tone: 'bad',
    status: 'Down',
    meaning: 'PostgreSQL does not answer, so nothing can be read or written.',
    advice:
      'See the log of the server. An embedded PostgreSQL is restarted by itself; check that the disk is not full. One of your own has to be reachable at DATABASE_URL. “npx connectra doctor” checks all of it.',
  }
}

function describeMigrations({ status, pending }: PartState): Words {
  if (status === 'ok') return fine('Up to date', 'The tables are those of this version.')
  const count = Array.isArray(pending) ? pending.length : 0
  return {
    tone: 'warn',
    status: 'Not ready',
    meaning:
      count > 0
        ? `${countOf(count, 'change')} of the tables are not made yet.`
        : 'It is not known whether the tables are those of this version, because the database does not answer.',
    advice:
      count > 0
        ? 'A starting server makes them by itself. If this lasts, restart one, or run “npx connectra migrate”.'
        : null,
  }
}

function describeIndex({ status, state }: PartState): Words {
  if (status === 'down') {
    return {
      tone: 'bad',
      status: 'Down',
      meaning:
        'The OpenSearch cluster cannot answer, so searches fail. Changes are stored and become searchable later.',
      advice:
        'Check that the nodes at OPENSEARCH_URL run and have free disk space. The log of the server names the error.',
    }
  }
  if (status !== 'ok') {
    return {
      tone: 'warn',
      status: state === 'rebuilding' ? 'Being built' : 'Starting',
      meaning: 'The index is being read from its snapshot or built from the database. Searches fail until it is ready.',
      advice: 'Wait: a million records take less than a minute. The log of the server says what it is doing.',
    }
  }
  if (state === 'catching up') {
    return {
      tone: 'info',
      status: 'Catching up',
      meaning: 'Searches work. They do not find the latest changes yet.',
      advice: 'During a large import this is normal. If the delay only grows, see the log of the server.',
    }
  }
  return fine('Ready', 'Searches find every change that is stored.')
}

function describeFiles({ status }: PartState): Words {
  if (status === 'ok') return fine('Ready', 'The storage of uploads and exports answers.')
  return {
    tone: 'bad',
    status: 'Down',
    meaning:
      'The storage of uploads and exports does not answer, so imports and exports wait. Searches and changes work.',
    advice: 'Check S3 or the disk with the files. “npx connectra doctor” says what is wrong.',
  }
}

function describeWorker({ status, concurrency }: PartState): Words {
  if (status === 'off') {
    return {
      tone: 'neutral',
      status: 'Off',
      meaning: 'This server runs no imports and exports. Other processes of the database do, if there are any.',
      advice: 'Without “npx connectra work” elsewhere, jobs wait. Set WORKER_CONCURRENCY above 0 to run them here.',
    }
  }
  const jobs = typeof concurrency === 'number' ? `up to ${countOf(concurrency, 'job')} at a time` : 'jobs'
  return fine('Running', `This server runs ${jobs}.`)
}

function describeOther({ status }: PartState): Words {
  if (status === 'ok') return fine('Ready', 'No problem is known.')
  const tone = status === 'down' ? 'bad' : status === 'off' ? 'neutral' : 'warn'
  return { tone, status: inWords(status), meaning: 'It is not ready.', advice: 'See the log of the server.' }
}

const fine = (status: string, meaning: string): Words => ({ tone: 'ok', status, meaning, advice: null })

/** What the words above say already. */
const SAID = new Set(['status', 'state', 'concurrency'])

function listDetails(name: string, state: PartState): PartDescription['details'] {
  const entries = Object.entries(state).filter(([key]) => !SAID.has(key))
  return entries.flatMap(([key, value]) => (name === 'index' ? detailOfIndex(key, value) : [detail(key, value)]))
}

function detailOfIndex(key: string, value: unknown): [string, string][] {
  if (key === 'lag') {
    const { changes = 0, seconds = 0 } = value as { changes?: number; seconds?: number }
    if (changes === 0) return [['Delay', 'None']]
    return [['Delay', `${countOf(changes, 'change')}, the oldest ${formatDuration(seconds)} old`]]
  }
  if (key === 'seq') return [['Changes applied', detail(key, value)[1]]]
  if (key === 'building' && typeof value === 'number') return [['Built', formatShare(value)]]
  if (key === 'engine') return [['Engine', value === 'opensearch' ? 'OpenSearch' : detail(key, value)[1]]]
  return [detail(key, value)]
}

function detail(key: string, value: unknown): [string, string] {
  if (typeof value === 'number') return [inWords(key), formatNumber(value)]
  if (typeof value === 'boolean') return [inWords(key), value ? 'Yes' : 'No']
  if (Array.isArray(value)) return [inWords(key), value.map(String).join(', ')]
  return [inWords(key), typeof value === 'string' ? value : JSON.stringify(value)]
}
