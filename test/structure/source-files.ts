/** What the files of a folder import, and what is wrong with that. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface SourceFile {
  /** Its path in the folder. */
  readonly name: string
  readonly text: string
}

/** What each folder or file may import besides itself. The line of the innermost folder applies. */
export type Edges = Readonly<Record<string, readonly string[]>>

export function readSources(folder: string, pattern: string): SourceFile[] {
  return globSync(pattern, { cwd: folder }).map(name => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
}

export function importsOf(text: string): string[] {
  return [
    ...text.matchAll(/^\s*(?:import|export)\b[^'"]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm),
  ].map(match => match[1] ?? match[2]!)
}

/** The paths of the imported files, in the same folder as `name`. */
function targetsOf({ name, text }: SourceFile): string[] {
  const targets = importsOf(text).filter(target => target.startsWith('.'))
  return targets.map(target => join(dirname(name), target))
}

/** The innermost line that a path belongs to; empty without one. */
export function roomOf(path: string, edges: Edges): string {
  const rooms = Object.keys(edges).filter(room => path === room || path.startsWith(`${room}/`))
  return rooms.reduce((inner, room) => (room.length > inner.length ? room : inner), '')
}

export interface EdgeCheck {
  /** Files in no folder of the table. */
  readonly unlisted: readonly string[]
  /** Imports that the table does not allow. */
  readonly wrong: readonly string[]
  /** What the table allows and nothing imports. */
  readonly unused: readonly string[]
  /** Lines that allow what is not above them. */
  readonly upwards: readonly string[]
}

export function checkEdges(files: readonly SourceFile[], edges: Edges): EdgeCheck {
  const lines = Object.keys(edges)
  const unused = new Set(lines.flatMap(room => edges[room]!.map(edge => `${room} → ${edge}`)))
  const unlisted: string[] = []
  const wrong: string[] = []
  for (const file of files) {
    const room = roomOf(file.name, edges)
    const allowed = edges[room]
    if (allowed === undefined) {
      unlisted.push(file.name)
      continue
    }
    for (const path of targetsOf(file)) {
      const itsRoom = roomOf(path, edges)
      unused.delete(`${room} → ${itsRoom}`)
      unused.delete(`${room} → ${path}`)
      if (itsRoom !== room && !allowed.includes(itsRoom) && !allowed.includes(path))
        wrong.push(`${file.name} imports ${path}`)
    }
  }
  const upwards = lines.flatMap((room, place) =>
    edges[room]!.filter(edge => lines.indexOf(roomOf(edge, edges)) >= place).map(edge => `${room} → ${edge}`),
  )
  return { unlisted, wrong, unused: [...unused], upwards }
}

export function findCircles(files: readonly SourceFile[]): string[] {
  const imports = new Map(files.map(file => [file.name, targetsOf(file)]))
  const circles: string[] = []
  const finished = new Set<string>()
  const follow = (name: string, path: readonly string[]) => {
    if (path.includes(name)) circles.push([...path.slice(path.indexOf(name)), name].join(' → '))
    if (path.includes(name) || finished.has(name)) return
    for (const target of imports.get(name) ?? []) follow(target, [...path, name])
    finished.add(name)
  }
  for (const name of imports.keys()) follow(name, [])
  return circles
}

/** Folders with more than `most` of the files. */
export function findFullFolders(names: readonly string[], most: number): string[] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(dirname(name), (counts.get(dirname(name)) ?? 0) + 1)
  return [...counts].flatMap(([folder, count]) => (count > most ? [`${folder}: ${count}`] : []))
}

/** Values that a file exports and neither another of the files nor one of `others` names. */
export function findUnusedExports(files: readonly SourceFile[], others: readonly SourceFile[]): string[] {
  const texts = [...files, ...others]
  return files.flatMap(({ name, text }) =>
    [...text.matchAll(/^export (?:async )?(?:function\*?|const|let|class) (\w+)/gm)]
      .map(match => match[1]!)
      .filter(value => !texts.some(other => other.name !== name && new RegExp(`\\b${value}\\b`).test(other.text)))
      .map(value => `${name}: ${value}`),
  )
}

export function findLongFiles(files: readonly SourceFile[], most: number): string[] {
  return files.flatMap(({ name, text }) => {
    const lines = text.split('\n').length - 1
    return lines > most ? [`${name}: ${lines}`] : []
  })
}
