import assert from 'node:assert/strict'
import { test } from 'node:test'
import { titleCase } from '../../src/text/title-case.ts'

test('every word begins with a capital, also after an elided article, which stays small within a name', () => {
  const cases: Readonly<Record<string, string>> = {
    'united states': 'United States',
    'côte d’ivoire': 'Côte d’Ivoire',
    "coeur d'alene": "Coeur d'Alene",
    "l'aquila": "L'Aquila",
    "land o'lakes": "Land O'Lakes",
    "xi'an": "Xi'an",
    "st. john's": "St. John's",
    "oakland a's": "Oakland A's",
    "'s-hertogenbosch": "'s-Hertogenbosch",
    'winston-salem': 'Winston-Salem',
    'école n°2': 'École N°2',
    'san francisco (bay area)': 'San Francisco (Bay Area)',
    c_suite: 'C Suite',
    master_human__resources: 'Master Human Resources',
    'IT and SALES': 'IT And SALES',
    '1st avenue': '1st Avenue',
    東京: '東京',
    _: '',
  }
  for (const [text, expected] of Object.entries(cases)) assert.equal(titleCase(text), expected)
})
