/** The figures of `bench search` and its tables, with the goals. */
import { GROUPS, type Group } from '../queries/query-class.ts'
import { median, significant } from '../shared/figures.ts'
import type { Table } from '../shared/table.ts'

interface Times {
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Requests per second of one client that sends them one after another. */
  readonly perSecond: number
}

export interface ClassFigures extends Times {
  readonly name: string
  readonly group: Group
  /** Null without the comparison. */
  readonly postgres: Times | null
}

/** Milliseconds at 1,000,000 contacts and 200,000 companies. */
const GOALS = { plain: { p50: 0.3, p99: 3 }, heavy: { p50: 1, p99: 10 } } as const
const TIMES_FASTER = 20

interface GroupFigures {
  readonly group: Group
  readonly classes: number
  readonly goal: { readonly p50: number; readonly p99: number } | null
  readonly medianP50: number
  readonly slowestP50: ClassFigures
  readonly slowestP99: ClassFigures
  /** Names of the classes that miss a goal. */
  readonly misses: readonly string[]
}

export function summarise(classes: readonly ClassFigures[]): GroupFigures[] {
  return (['plain', 'heavy', 'other'] as const).flatMap(group => {
    const members = classes.filter(one => one.group === group)
    if (members.length === 0) return []
    const goal = group === 'other' ? null : GOALS[group]
    const slowest = (key: 'p50' | 'p99') => members.reduce((a, b) => (b[key] > a[key] ? b : a))
    return {
      group,
      classes: members.length,
      goal,
      medianP50: median(members.map(one => one.p50)),
      slowestP50: slowest('p50'),
      slowestP99: slowest('p99'),
      misses: members.filter(one => missedGoals(one) !== '').map(one => one.name),
    }
  })
}

/** Names the goals of its group that a class misses. */
function missedGoals({ group, p50, p99 }: ClassFigures): string {
  if (group === 'other') return ''
  return [...(p50 > GOALS[group].p50 ? ['p50'] : []), ...(p99 > GOALS[group].p99 ? ['p99'] : [])].join(', ')
}

const ratio = ({ p50, postgres }: ClassFigures) => postgres!.p50 / p50

export function searchTables(classes: readonly ClassFigures[]): Table[] {
  const compared = classes.filter(one => one.postgres !== null)
  const all: Table = {
    header: [
      'milliseconds',
      'group',
      'p50',
      'p99',
      'missed goals',
      'requests/s',
      ...(compared.length > 0 ? ['PostgreSQL p50', 'PostgreSQL p99', 'ratio of p50'] : []),
    ],
    rows: classes.map(one => [
      one.name,
      one.group,
      significant(one.p50),
      significant(one.p99),
      missedGoals(one),
      significant(one.perSecond),
      ...(one.postgres === null
        ? []
        : [significant(one.postgres.p50), significant(one.postgres.p99), `${significant(ratio(one))}×`]),
    ]),
  }
  const groups: Table = {
    header: ['goal', 'classes', 'median p50', 'slowest p50', 'slowest p99', 'classes that miss the goal'],
    rows: summarise(classes).map(({ group, goal, ...figures }) => [
      `${GROUPS[group]}${goal === null ? '' : `: p50 ≤ ${goal.p50} ms, p99 ≤ ${goal.p99} ms`}`,
      String(figures.classes),
      significant(figures.medianP50),
      `${significant(figures.slowestP50.p50)} (${figures.slowestP50.name})`,
      `${significant(figures.slowestP99.p99)} (${figures.slowestP99.name})`,
      goal === null ? '' : String(figures.misses.length),
    ]),
  }
  return [all, groups, ...(compared.length > 0 ? [comparison(compared)] : [])]
}

function comparison(classes: readonly ClassFigures[]): Table {
  const lowest = classes.reduce((a, b) => (ratio(b) < ratio(a) ? b : a))
  const slower = classes.filter(one => ratio(one) < 1).map(one => one.name)
  return {
    header: ['goal', 'median ratio', 'lowest ratio', 'classes slower than PostgreSQL'],
    rows: [
      [
        `at least ${TIMES_FASTER} times as fast as PostgreSQL in the median of the classes, slower in none`,
        `${significant(median(classes.map(ratio)))}×`,
        `${significant(ratio(lowest))}× (${lowest.name})`,
        slower.join('; ') || 'none',
      ],
    ],
  }
}
