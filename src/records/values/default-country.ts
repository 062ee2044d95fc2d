/** The setting DEFAULT_COUNTRY, as environment data, which every thread inherits. */
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads'

const KEY = 'connectra default country'

/** `region`: an ISO 3166-1 alpha-2 code. Threads that are running already do not notice. */
export function setDefaultCountry(region: string | null): void {
  setEnvironmentData(KEY, region ?? undefined)
}

/** The country of phones without `+` in records without a country. Null if it is not set. */
export function defaultCountry(): string | null {
  return (getEnvironmentData(KEY) as string | undefined) ?? null
}
