/** The two kinds of records, and what they are called. */
export type Service = 'contact' | 'company'

/** The path of the endpoints of each service, which is also the path of its list in the console. */
export const PATHS = { contact: '/contacts', company: '/companies' } as const

export const TITLES = { contact: 'Contacts', company: 'Companies' } as const

/** As in "1 contact" and "2 contacts". */
export function nounFor(service: Service, count: number): string {
  if (service === 'contact') return count === 1 ? 'contact' : 'contacts'
  return count === 1 ? 'company' : 'companies'
}
