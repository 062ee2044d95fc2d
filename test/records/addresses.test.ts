import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findField, type Service } from '../../src/fields.ts'
import { parseRecords } from '../../src/records/parse/parse-record.ts'
import { cleanKeyword, cleanValue, isFlaw, isRemarked, type Source } from '../../src/records/values/clean.ts'
import { isEmptyLinkedin } from '../../src/records/values/linkedin.ts'

const RECORD: Source = { kind: 'record', country: null, scale: 1 }

/** What is stored, and whether there is a warning. */
function clean(service: Service, name: string, raw: string): readonly [value: unknown, warns: boolean] {
  const cleaned = cleanValue(findField(service, name)!, raw, RECORD)
  if (isFlaw(cleaned)) return [null, true]
  return isRemarked(cleaned) ? [cleaned.value, cleaned.remark !== null] : [cleaned, false]
}

test('the address within the text of an e-mail is read', () => {
  for (const raw of [
    'eve@x.example',
    'EVE@X.example',
    'Eve <eve@x.example>',
    '"Adams, Eve" <eve@x.example>',
    'Eve (eve@x.example)',
    'Eve Adams [eve@x.example]',
    '<eve@x.example>',
    '(eve@x.example)',
    '[eve@x.example]',
    '"eve@x.example"',
    "'eve@x.example'",
    '“eve@x.example”',
    'eve@x.example.',
    'eve@x.example,',
    'eve@x.example;',
    ' eve@x.example : ',
    'mailto:eve@x.example',
    'MAILTO:eve@x.example?subject=Hello%20Eve',
    'mailto:eve@x.example?subject=hi',
    '[eve@x.example](mailto:eve@x.example)',
    'eve@x.example#mailto:eve@x.example#',
    'https://eve@x.example',
    'http://eve@x.example/',
    'smtp:eve@x.example',
    'e-mail: eve@x.example',
    'Work: eve@x.example',
    'eve@x.example (work)',
    'eve@x.example -',
    '- eve@x.example',
    'eve@x.example\\',
    'eve＠x.example',
    'ｅｖｅ＠ｘ．ｅｘａｍｐｌｅ',
    'eve [at] x.example',
    'eve(at)x.example',
    'eve@x.example; eve@x.example',
    'smtp:eve@x.example;SMTP:EVE@x.example',
  ])
    assert.deepEqual(clean('contact', 'email', raw), ['eve@x.example', false], raw)
  for (const kept of [
    "o'neil@x.example",
    'a+b@x.example',
    'josé@müller.example',
    'a@b.co',
    'a_b-c@x-1.co.uk',
    'a@xn--bcher-kva.example',
    'a/b@x.example',
    '#a@x.example',
  ])
    assert.deepEqual(clean('contact', 'email', kept), [kept, false], kept)
})

test('of several addresses the first counts, and the others are reported', () => {
  for (const raw of [
    'eve@x.example; eve2@x.example',
    'eve@x.example, eve2@x.example',
    'eve@x.example,eve2@x.example',
    'eve@x.example | eve2@x.example',
    'eve@x.example eve2@x.example',
    'eve@x.example\neve2@x.example',
    'eve@x.example / eve2@x.example',
    'eve@x.example/eve2@x.example',
    'eve@x.example or eve2@x.example',
    'eve@x.example ::: eve2@x.example',
    'Eve <eve@x.example>, Eve <eve2@x.example>',
    'eve; eve@x.example',
    'eve@x; eve@x.example',
    'eve@x.example; n/a',
  ])
    assert.deepEqual(clean('contact', 'email', raw), ['eve@x.example', true], raw)
  const cleaned = cleanValue(findField('contact', 'email')!, 'eve@x.example; eve2@x.example', RECORD)
  assert.deepEqual(cleaned, {
    value: 'eve@x.example',
    remark: 'email "eve@x.example; eve2@x.example" has more than one value: "eve2@x.example" is not used',
    further: [],
  })
  assert.equal(cleanKeyword(findField('contact', 'email')!, 'eve@x.example; b@x.example'), 'eve@x.example')
})

test('what has no address of a domain with a dot is not an e-mail', () => {
  for (const raw of [
    'e7@x',
    'eve@localhost',
    'eve@x.',
    'eve@.example',
    'eve@x..example',
    'eve@-',
    'eve@1.2.3.4',
    '@x.example',
    'eve@',
    'eve',
    'eve.x.example',
    'john doe@x.example',
    'john@ x.example',
    'john @x.example',
    'eve@@x.example',
    'eve@x@y.example',
    'call eve@x.example maybe',
    'https://x.example',
    'mailto:',
  ])
    assert.deepEqual(clean('contact', 'email', raw), [null, true], raw)
})

test('the first address of a website that can be read is stored', () => {
  const cases: readonly (readonly [raw: string, website: string, warns: boolean])[] = [
    ['https//acme.example', 'https://acme.example', false],
    ['http//acme.example/x', 'http://acme.example/x', false],
    ['https:/acme.example', 'https://acme.example', false],
    ['https:acme.example', 'https://acme.example', false],
    ['http;//acme.example', 'http://acme.example', false],
    ['http//:acme.example', 'http://acme.example', false],
    ['https:\\\\acme.example', 'https://acme.example', false],
    ['http:\\acme.example/x', 'http://acme.example/x', false],
    ['htttps://acme.example', 'https://acme.example', false],
    ['https:// acme.example', 'https://acme.example', false],
    ['http://http://acme.example', 'http://acme.example', false],
    ['http://https://acme.example', 'https://acme.example', false],
    ['http://http//acme.example', 'http://acme.example', false],
    ['://acme.example', 'acme.example', false],
    ['acme.example.', 'acme.example', false],
    ['<https://acme.example>', 'https://acme.example', false],
    ['"acme.example"', 'acme.example', false],
    ['(www.acme.example)', 'www.acme.example', false],
    ['[Acme](https://acme.example)', 'https://acme.example', false],
    ['acme.example; acme.test', 'acme.example', true],
    ['acme.com;acme.de', 'acme.com', true],
    ['https://acme.com,acme.de', 'https://acme.com', true],
    ['https://acme.com, https://acme.de', 'https://acme.com', true],
    ['acme.com | acme.de', 'acme.com', true],
    ['acme.com / acme.de', 'acme.com', true],
    ['acme.com or acme.de', 'acme.com', true],
    ['acme.com ::: acme.de', 'acme.com', true],
    ['acme.comhttps://acme.de', 'acme.com', true],
    ['Website: acme.com', 'acme.com', true],
    ['acme.com; acme.com', 'acme.com', false],
    // Stored as they are
    ...[
      'https://acme.example',
      'acme.example',
      'HTTP://Acme.Example/X',
      '//acme.example',
      'https://acme.example/a,b;c|d',
      'https://acme.example/a?b=c,d',
      'https://w.example/wiki/Acme_(company)',
      'https://web.archive.org/web/2020/https://acme.example',
      'https://x.example/?u=https://acme.example',
      'https://acme.example/about us',
      'httpd.example',
      'Acme, Inc.',
      'coming soon',
      'http://[::1]/',
    ].map(raw => [raw, raw, false] as const),
  ]
  for (const [raw, website, warns] of cases) {
    assert.deepEqual(clean('company', 'website', raw), [website, warns], raw)
    assert.deepEqual(clean('contact', 'website', website), [website, false], `${website} again`)
  }
  assert.deepEqual(clean('company', 'normalized_domain', 'https//www.acme.com; acme.de'), ['acme.com', true])
  assert.deepEqual(clean('company', 'normalized_domain', 'https//www.acme.com, acme.com'), ['acme.com', false])
  assert.deepEqual(clean('company', 'normalized_domain', 'Acme, Inc.'), [null, true])
})

test('a LinkedIn address without a profile or a company is not a value', () => {
  const empty =
    `https://www.linkedin.com/in/|https://www.linkedin.com/in|https://linkedin.com|www.linkedin.com/|linkedin.com
    |https://www.linkedin.com/company/|https://www.linkedin.com/company|http://de.linkedin.com/pub/|https://www.linkedin.com/feed/
    |https://www.linkedin.com/login|https://www.linkedin.com/in/null|https://www.linkedin.com/in/undefined/|https://www.linkedin.com/in/-
    |https://www.linkedin.com/company/none|https://www.linkedin.com/in/%20|https://www.linkedin.com/in/?trk=x|https://www.linkedin.com/#
    |https://www.linkedin.com/search/results/people/?keywords=ada|https://www.linkedin.com/sales/|https://www.linkedin.com/sales/lead/
    |https://www.linkedin.com/sales/company/|https://www.linkedin.com/authwall?trk=x|https://www.linkedin.com/mynetwork/
    |https://www.linkedin.com/jobs/view/1|https://www.linkedin.com/school/|https://www.linkedin.com/404/|//linkedin.com/in//
    |https://www.linkedin.com/in/n/a`.split(/\s*\|/)
  for (const address of empty) assert.ok(isEmptyLinkedin(address), address)
  const profiles =
    `https://www.linkedin.com/in/ada|linkedin.com/in/ada|/in/ada|ada|https://www.linkedin.com/in/ada/?trk=x
    |https://www.linkedin.com/in/王|https://www.linkedin.com/in/%e7%8e%8b|https://www.linkedin.com/pub/ada-king/1/2/3|https://linkedin.com/company/1441
    |https://www.linkedin.com/school/mit/|https://www.linkedin.com/showcase/x|https://www.linkedin.com/sales/lead/acw,name
    |https://www.linkedin.com/sales/company/1441|https://www.linkedin.com/profile/view?id=1|https://www.linkedin.com/ada
    |https://www.linkedin.com/mwlite/in/ada|https://www.linkedin.com/company/home-depot|https://www.linkedin.com/in/in-sook
    |https://notlinkedin.com/in/|https://x.example/?u=linkedin.com/in/|https://www.linkedin.com/company/feed|https://www.linkedin.com/in/nil`.split(
      /\s*\|/,
    )
  for (const address of profiles) assert.ok(!isEmptyLinkedin(address), address)
  const { writes, warnings } = parseRecords('contact', [
    { first_name: 'Ada', linkedin_url: 'https://www.LinkedIn.com/in/', email: 'ada@x.example' },
    { first_name: 'Ada', email: 'ada@x.example' },
  ])
  assert.deepEqual(writes[0], writes[1])
  assert.deepEqual(
    warnings.map(({ index, field, code, message }) => [index, field, code, message]),
    [
      [
        0,
        'linkedin_url',
        'ERR_INVALID_VALUE',
        'linkedin_url "https://www.linkedin.com/in/" is not the address of a profile or company; the value is ignored',
      ],
    ],
  )
})

test('long texts of separators, brackets and labels take little time', () => {
  const start = process.cpuUsage()
  for (const unit of ['.', ';', '(at)', 'a.b;', ' or ', '[a](', ' (0)', ' ::: ', '+49 30 1/', 'http:', ' x', '"'])
    for (const end of ['', '!', ' 1'])
      for (const name of ['email', 'mobile_phone', 'website', 'linkedin_url'])
        clean('contact', name, `linkedin.com/in/${unit.repeat(1900 / unit.length)}${end}`)
  const { user } = process.cpuUsage(start)
  assert.ok(user < 1_000_000, `${user / 1000} ms`)
})
