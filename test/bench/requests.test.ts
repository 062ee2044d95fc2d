import { test } from 'node:test'
import { createGenerator } from '../../bench/data/generate.ts'
import { createRandom } from '../../bench/data/random.ts'
import { expensiveRequests } from '../../bench/queries/expensive-requests.ts'
import { httpClasses } from '../../bench/queries/http-classes.ts'
import { resolveField, type Service } from '../../src/fields.ts'
import { parseQuery } from '../../src/vql/parse-query.ts'
import { parseWhere } from '../../src/vql/parse-where.ts'

const DRAWN = 20
const generator = createGenerator({ contacts: 500, companies: 100 })

const classes = [...httpClasses(generator), ...expensiveRequests(generator)]
for (const { name, draw } of classes)
  test(`the API accepts the requests of the benchmark's class "${name}"`, () => {
    const random = createRandom(1)
    for (let drawn = 0; drawn < DRAWN; drawn++) {
      const { path, body } = draw(random)
      const query = JSON.parse(body)
      const facetOf = /^\/common\/(\w+)\/filters\/data$/.exec(path)?.[1] as Service | undefined
      if (facetOf === undefined) {
        parseQuery(path.startsWith('/companies/') ? 'company' : 'contact', query)
        continue
      }
      parseWhere(facetOf, query.where)
      if (resolveField(facetOf, query.filter_key) === undefined) throw new Error(`no field ${query.filter_key}`)
    }
  })
