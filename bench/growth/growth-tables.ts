/** The tables of `bench growth`. */
import type { Sizes } from '../data/generate.ts'
import { GROUPS, type Group } from '../queries/query-class.ts'
import type { BuiltIndex } from '../search/build-index.ts'
import type { ClassFigures } from '../search/search-report.ts'
import { median, significant } from '../shared/figures.ts'
import type { Table } from '../shared/table.ts'

export interface GrowthFigures extends Omit<BuiltIndex, 'engine' | 'state'> {
  readonly sizes: Sizes
  readonly classes: readonly ClassFigures[]
  /** Megabytes of this process after all queries. */
  readonly resident: number
  /** Seconds to write the snapshot, and to read it right after, as a start does. */
  readonly snapshotWritten: number
  readonly snapshotRead: number
}

/** Milliseconds: at 10,000,000 contacts no class should have a higher p50. */
export const GOAL_P50 = 5

export function growthTables(measured: readonly GrowthFigures[]): Table[] {
  return [indexTable(measured), classTable(measured)]
}

function indexTable(measured: readonly GrowthFigures[]): Table {
  const figures = (label: string, cell: (one: GrowthFigures) => number) => [
    label,
    ...measured.map(one => significant(cell(one))),
  ]
  return {
    header: ['contacts', ...measured.map(formatContacts)],
    rows: [
      ['segments', ...measured.map(one => String(one.segments))],
      figures('index, MB', one => one.megabytes),
      figures('bytes per record', one => (one.megabytes * 1e6) / (one.sizes.contacts + one.sizes.companies)),
      figures('resident, including what queries cached, MB', one => one.resident),
      figures('generating records and building, s', one => one.seconds),
      figures('writing the snapshot, s', one => one.snapshotWritten),
      figures('reading the snapshot, s', one => one.snapshotRead),
      ...(Object.keys(GROUPS) as Group[]).map(group =>
        figures(`${GROUPS[group]}: median p50, ms`, one => medianOfGroup(one.classes, group)),
      ),
      [
        `classes with a p50 above ${GOAL_P50} ms`,
        ...measured.map(one => String(one.classes.filter(({ p50 }) => p50 > GOAL_P50).length)),
      ],
    ],
  }
}

function medianOfGroup(classes: readonly ClassFigures[], group: Group): number {
  const members = classes.filter(member => member.group === group)
  return members.length === 0 ? Number.NaN : median(members.map(member => member.p50))
}

function classTable(measured: readonly GrowthFigures[]): Table {
  return {
    header: ['p50, ms', 'group', ...measured.map(formatContacts), 'p99 at the largest size'],
    rows: measured
      .at(-1)!
      .classes.map(({ name, group, p99 }, place) => [
        name,
        group,
        ...measured.map(({ classes }) => significant(classes[place]!.p50)),
        significant(p99),
      ]),
  }
}

const formatContacts = ({ sizes }: GrowthFigures) => sizes.contacts.toLocaleString('en')
