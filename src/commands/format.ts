/** Numbers, times and tables as people read them. */

/** `0:05`, `1:02:03`: hours, minutes and seconds. */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds)
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  const tail = `${String(minutes).padStart(hours > 0 ? 2 : 1, '0')}:${String(whole % 60).padStart(2, '0')}`
  return hours > 0 ? `${hours}:${tail}` : tail
}

export function count(value: number): string {
  return value.toLocaleString('en-US')
}

/** `1 row`, `1,200 rows`. */
export function counted(value: number, one: string, several: string = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : several}`
}

/** `40 s`, `5 min`, `3 h`, `12 d`: how long ago `since` was. */
export function age(since: Date, now: Date): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - since.getTime()) / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`
}

/** Lines with aligned columns. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)))
  return rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  )
}

/** Control characters except line breaks, and characters that reverse the direction of writing. */
const UNSAFE = /[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/gu

/**
 * A text that may quote files and other people's data, for a terminal: what could change colours, the title or earlier lines is
 * shown as `\u001b`, which is also valid in JSON.
 */
export function printable(text: string): string {
  return text.replace(UNSAFE, letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
