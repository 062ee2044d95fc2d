/** Lists in every order, with many and with few matches, and deep pages. */
import { company, contact, type Draws, order } from './draws.ts'
import type { NamedDraw } from './query-class.ts'

export function listDraws({ keyword }: Draws): readonly NamedDraw[] {
  return [
    ['by uuid, frequent', 'plain', random => contact(keyword(random, 'contact', 'seniority'), order('uuid desc'))],
    ['by uuid, rare', 'plain', random => contact(keyword(random, 'contact', ...FEW), order('uuid desc'))],
    ['by string, frequent', 'plain', random => contact(keyword(random, 'contact', 'country'), order('last_name'))],
    ['by string, rare', 'plain', random => contact(keyword(random, 'contact', ...FEW), order('last_name'))],
    [
      'by number, frequent',
      'plain',
      random => contact(keyword(random, 'contact', 'seniority'), order('created_at desc')),
    ],
    [
      'by number, rare',
      'plain',
      random => company(keyword(random, 'company', 'country', 'industries'), order('employees_count desc')),
    ],
    ['by two keys', 'plain', random => contact(keyword(random, 'contact', 'country'), order(...NAMES))],
    ['by two keys, rare', 'plain', random => contact(keyword(random, 'contact', ...FEW), order(...NAMES))],
    [
      'by two keys, few values first',
      'plain',
      random => contact(keyword(random, 'contact', 'country'), order('seniority', 'created_at desc')),
    ],
    [
      'by company name, frequent',
      'heavy',
      random => contact(keyword(random, 'contact', 'country'), order('company_name')),
    ],
    ['by company name, rare', 'heavy', random => contact(keyword(random, 'contact', ...FEW), order('company_name'))],
    [
      'by company size, frequent',
      'heavy',
      random => contact(keyword(random, 'contact', 'seniority'), order('company_employees_count desc')),
    ],
    [
      'by company size, rare',
      'heavy',
      random => contact(keyword(random, 'contact', 'city', 'country'), order('company_employees_count desc')),
    ],
    [
      'companies: by string, frequent',
      'plain',
      random => company(keyword(random, 'company', 'country'), order('name')),
    ],
    [
      'companies: by number, frequent',
      'plain',
      random => company(keyword(random, 'company', 'country'), order('employees_count desc')),
    ],
    [
      'companies: by two keys',
      'plain',
      random => company(keyword(random, 'company', 'industries'), order('country', 'annual_revenue desc')),
    ],
    [
      'page 2 to 400',
      'plain',
      random => contact(keyword(random, 'contact', 'seniority'), { ...order('last_name'), page: 2 + random.int(399) }),
    ],
    [
      'cursor, depth 1',
      'plain',
      random => ({ ...contact(keyword(random, 'contact', 'country'), order('last_name')), depth: 1 }),
    ],
    [
      'cursor, depth 25',
      'plain',
      random => ({ ...contact(keyword(random, 'contact', 'country'), order('last_name')), depth: 25 }),
    ],
    [
      'cursor, depth 1,000',
      'plain',
      random => ({ ...contact(keyword(random, 'contact', 'seniority'), order('last_name')), depth: 1000 }),
    ],
    ['cursor, depth 500,000', 'plain', random => ({ ...contact({}, random.pick(DEEP_ORDERS)), depth: 500_000 })],
    ['cursor, deep', 'plain', () => ({ ...contact({}, order('last_name')), depth: 'random' })],
    [
      'cursor, deep, filtered',
      'plain',
      random => ({ ...contact(keyword(random, 'contact', 'seniority'), order('last_name')), depth: 'random' }),
    ],
    ['companies: cursor, depth 1,000', 'plain', () => ({ ...company({}, order('employees_count desc')), depth: 1000 })],
  ]
}

const FEW = ['city', 'country', 'seniority']
const NAMES = ['last_name', 'first_name']
const DEEP_ORDERS = [{}, order('last_name'), order('created_at desc')]
