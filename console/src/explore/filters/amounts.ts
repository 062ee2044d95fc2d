/** Numbers as people type them into a range. */
const UNITS: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, b: 1e9 }

/** `1,200`, `5k`, `2.5m`; null for what is not a number. */
export function parseAmount(text: string): number | null {
  const [, digits, unit] = /^([+-]?\d[\d,' ]*(?:\.\d*)?|\.\d+)\s*([kmb]?)$/i.exec(text.trim()) ?? []
  if (digits === undefined) return null
  const number = Number(digits.replace(/[,' ]/g, '')) * (UNITS[unit!.toLowerCase()] ?? 1)
  return Number.isSafeInteger(Math.round(number)) ? number : null
}
