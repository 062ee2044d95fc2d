import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Field, findField, type Service } from '../../src/fields.ts'
import {
  cleanKeyword,
  cleanText,
  cleanValue,
  isRemarked,
  lowerCase,
  type Source,
} from '../../src/records/values/clean.ts'
import { setDefaultCountry } from '../../src/records/values/default-country.ts'
import { anyText } from '../helpers/any-text.ts'
import { NAUGHTY_STRINGS } from '../helpers/naughty.ts'

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  anyText(),
  fc.string({
    unit: fc.constantFrom(' ', '\u200b', '\t', '\u00a0', 'e', '\u0301', 'İ', '\u0300', 'Σ', '\ufeff', '\ud800', 'a'),
  }),
)

const record: Source = { kind: 'record', country: null, scale: 1 }
const row: Source = { kind: 'row', country: null, scale: 1 }
const file: Source = { kind: 'file', country: null, scale: 1 }
const exported: Source = { kind: 'export', country: null, scale: 1 }

function field(service: Service, name: string): Field {
  return findField(service, name)!
}

function revenue(raw: unknown, source = record) {
  return cleanValue(field('company', 'annual_revenue'), raw, source)
}

/** The value that is stored, with or without a remark. */
function stored(of: Field, raw: unknown, source: Source) {
  const cleaned = cleanValue(of, raw, source)
  return isRemarked(cleaned) ? cleaned.value : cleaned
}

function flawOf(cleaned: unknown) {
  const { flaw, code } = cleaned as { flaw: string; code: string }
  return [flaw, code]
}

const warning = ['warning', 'ERR_INVALID_VALUE']

test('white space of any kind and length becomes one space, and is removed at the ends', () => {
  assert.equal(cleanText(' \tAcme\r\n\u00a0\u3000Corp\u2028 '), 'Acme Corp')
  assert.equal(cleanText('a\u0085b'), 'a b')
})

test('control characters, NUL, lone surrogates, zero-width spaces and byte-order marks are removed without a space', () => {
  assert.equal(cleanText('\ufeffA\u0000c\u0007m\u200be\u007f\u009f\ud800 \udc00Co\ufeffrp'), 'Acme Corp')
})

test('joiners and complete surrogate pairs are kept', () => {
  for (const kept of ['👩‍👩‍👧', 'می‌خواهم', '𝒜cme']) assert.equal(cleanText(kept), kept)
})

test('text is in NFC', () => {
  assert.equal(cleanText('Cafe\u0301'), 'Café')
})

test('text that is empty after cleaning is null', () => {
  for (const empty of ['', '  \t\n', '\u0000', ' \u200b ', '\ufeff']) assert.equal(cleanText(empty), null)
})

test('lower case is the simple mapping: a final sigma becomes σ, İ becomes i', () => {
  assert.equal(lowerCase('ΟΔΥΣΣΕΥΣ'), 'οδυσσευσ')
  assert.equal(lowerCase('İSTANBUL'), 'istanbul')
  assert.equal(lowerCase('ÉCOLE ẞ'), 'école ß')
})

test('cleaning clean text does not change it', () => {
  fc.assert(
    fc.property(text, raw => {
      const clean = cleanText(raw)
      if (clean === null) return
      assert.equal(cleanText(clean), clean)
      const lower = lowerCase(clean)
      assert.equal(cleanText(lower), lower)
      assert.equal(lowerCase(lower), lower)
    }),
    { numRuns: 2000 },
  )
})

test('naughty strings are kept, except for white space and invisible characters', () => {
  const removed = /[\p{White_Space}\p{Cc}\p{Cs}\u200b\ufeff]/gu
  for (const string of NAUGHTY_STRINGS)
    assert.equal((cleanText(string) ?? '').replace(removed, ''), string.normalize('NFC').replace(removed, ''))
})

test('numbers are read as people write them', () => {
  const written: readonly [unknown, number][] = [
    [500, 500],
    [1.5, 2],
    [0, 0],
    ['1,200', 1200],
    ['1,234,567', 1234567],
    ['$5.2M', 5200000],
    ['3k', 3000],
    ['18.3 MM', 18300000],
    [' 42 ', 42],
    ['€ 3 million', 3000000],
    ['US$1.5bn', 1500000000],
    ['5M USD', 5000000],
    ['$0.8m', 800000],
    ['1,234.56', 1235],
    ['1234.500', 1235],
    ['1.0005k', 1001],
    ['1.2E+06', 1200000],
    ['9007199254740992', 2 ** 53],
  ]
  for (const [raw, value] of written) assert.equal(revenue(raw), value, String(raw))
})

test('a value that is not a single number is ignored, with a warning', () => {
  for (const raw of [
    '10-50',
    'n/a',
    '5,2',
    '1.200',
    '12,34',
    '1.234.56',
    '12 00',
    '501 to 1000 Employees',
    '5%',
    '$',
    '0,500',
    'Infinity',
  ])
    assert.deepEqual(flawOf(revenue(raw)), warning, raw)
})

test('a negative number or one beyond 2^53 is an error in JSON and a warning in a row', () => {
  for (const raw of [-1, '-5', '-$5M', '−5', 2 ** 53 + 2, '9007199254740993', '99999999999T']) {
    assert.deepEqual(flawOf(revenue(raw)), ['problem', 'ERR_INVALID_VALUE'], String(raw))
    assert.deepEqual(flawOf(revenue(raw, row)), warning, String(raw))
  }
})

test('a column in thousands scales plain numbers, but not those with a unit', () => {
  const scaled = { ...file, scale: 1000 }
  assert.equal(revenue('1,200', scaled), 1200000)
  assert.equal(revenue('1.5', scaled), 1500)
  assert.equal(revenue(7, scaled), 7000)
  assert.equal(revenue('$5M', scaled), 5000000)
})

test('a list is an array, a comma-separated string or a JSON array in a string', () => {
  const industries = field('company', 'industries')
  assert.deepEqual(cleanValue(industries, [' Oil, Gas ', '', null, 'Software'], record), ['Oil, Gas', 'Software'])
  assert.deepEqual(cleanValue(industries, 'Technology,  Software,,', record), ['Technology', 'Software'])
  assert.deepEqual(cleanValue(industries, '["Oil, Gas", "[x"]', record), ['Oil, Gas', '[x'])
  assert.deepEqual(cleanValue(industries, '[draft], other', record), ['[draft]', 'other'])
})

test('a list drops duplicates ignoring case and keeps the first spelling', () => {
  assert.deepEqual(cleanValue(field('company', 'keywords'), ['SaaS', 'saas', 'AI', 'SAAS '], record), ['SaaS', 'AI'])
})

test('in a file, and only there, other separators come before commas', () => {
  const keywords = field('company', 'keywords')
  const split: Readonly<Record<string, string[]>> = {
    'a; b': ['a', 'b'],
    'a | b': ['a', 'b'],
    'a ::: b': ['a', 'b'],
    'Food, Beverages;Retail': ['Food, Beverages', 'Retail'],
    'Food, Beverages|Retail': ['Food, Beverages', 'Retail'],
    'Food, Beverages ::: Retail': ['Food, Beverages', 'Retail'],
    'a; b, c': ['a', 'b, c'],
    'a;b|c': ['a', 'b', 'c'],
    ';a;;b;': ['a', 'b'],
    'a, b;': ['a, b'],
    'a,b': ['a', 'b'],
    'a:::b': ['a:::b'],
    'a/b & c': ['a/b & c'],
    'R&amp;D;Sales': ['R&amp;D', 'Sales'],
    'a &#38; b;c': ['a &#38; b', 'c'],
    'R&D;C&A;Q': ['R&D', 'C&A', 'Q'],
    '["a; b", "c"]': ['a; b', 'c'],
  }
  for (const [text, items] of Object.entries(split)) assert.deepEqual(cleanValue(keywords, text, file), items, text)
  for (const source of [row, record, exported])
    assert.deepEqual(cleanValue(keywords, 'a; b, c', source), ['a; b', 'c'], source.kind)
})

test("commas in the names of LinkedIn's industries do not separate", () => {
  const split: Readonly<Record<string, string[]>> = {
    'Technology, Information and Internet': ['Technology, Information and Internet'],
    'Software Development, Technology, Information and Media, Retail': [
      'Software Development',
      'Technology, Information and Media',
      'Retail',
    ],
    'technology,information & internet': ['technology,information & internet'],
    'Oil, Gas, and Mining': ['Oil, Gas, and Mining'],
    'Oil, Gas and Mining, Banking': ['Oil, Gas and Mining', 'Banking'],
    'Oil, Gas': ['Oil', 'Gas'],
    'Technology, Information': ['Technology', 'Information'],
    'Farming, Farming, Ranching, Forestry': ['Farming', 'Farming, Ranching, Forestry'],
    'Transportation, Logistics, Supply Chain and Storage': ['Transportation, Logistics, Supply Chain and Storage'],
    'Water, Waste, Steam, and Air Conditioning Services,': ['Water, Waste, Steam, and Air Conditioning Services'],
    'Glass, Ceramics & Concrete': ['Glass, Ceramics & Concrete'],
    'Health, Wellness, and Fitness': ['Health, Wellness, and Fitness'],
    'Leisure, Travel & Tourism, Leisure': ['Leisure, Travel & Tourism', 'Leisure'],
    'Movies,  Videos  and Sound': ['Movies, Videos and Sound'],
    'WHOLESALE HARDWARE, PLUMBING, HEATING EQUIPMENT': ['WHOLESALE HARDWARE, PLUMBING, HEATING EQUIPMENT'],
    'Claims Adjusting, Actuarial Services, Insurance': ['Claims Adjusting, Actuarial Services', 'Insurance'],
  }
  const industries = field('company', 'industries')
  for (const source of [record, row, file])
    for (const [text, items] of Object.entries(split))
      assert.deepEqual(cleanValue(industries, text, source), items, text)
  assert.deepEqual(cleanValue(field('company', 'keywords'), 'Oil, Gas, and Mining', file), ['Oil', 'Gas', 'and Mining'])
  // An export has written such a name as JSON.
  assert.deepEqual(cleanValue(industries, 'Technology, Information and Internet', exported), [
    'Technology',
    'Information and Internet',
  ])
})

test('the first of several values in a cell of a file counts', () => {
  assert.equal(stored(field('contact', 'email'), 'A@x.com ::: b@y.com', file), 'a@x.com')
  assert.equal(cleanValue(field('contact', 'title'), 'CEO ::: CTO', row), 'CEO ::: CTO')
  const CELLS: readonly (readonly [
    service: Service,
    name: string,
    raw: string,
    value: unknown,
    unused: string | null,
  ])[] = [
    ['contact', 'city', 'Rome ::: Paris', 'Rome', 'Paris'],
    ['contact', 'city', 'Rome ::: Paris ::: Oslo', 'Rome', 'Paris, Oslo'],
    ['contact', 'city', ' ::: Paris', 'Paris', null],
    ['contact', 'city', 'Rome ::: ', 'Rome', null],
    ['contact', 'city', 'Rome ::: Rome', 'Rome', null],
    ['contact', 'title', 'CEO ::: CTO', 'CEO', 'CTO'],
    ['contact', 'seniority', 'Owner ::: VP', 'owner', 'VP'],
    ['company', 'employees_count', '500 ::: 600', 500, '600'],
    ['company', 'employees_count', 'many ::: 600', 600, 'many'],
    ['company', 'address', '1 Main St ::: 2 Main St', '1 Main St', '2 Main St'],
    [
      'contact',
      'linkedin_url',
      'linkedin.com/in/ada ::: linkedin.com/in/bo',
      'linkedin.com/in/ada',
      'linkedin.com/in/bo',
    ],
    ['contact', 'linkedin_url', 'linkedin.com/in/ ::: linkedin.com/in/bo', 'linkedin.com/in/bo', 'linkedin.com/in/'],
    ['company', 'name', 'Acme ::: Beta', 'Acme', 'Beta'],
  ]
  for (const [service, name, raw, value, unused] of CELLS) {
    const remark = `${name} ${JSON.stringify(raw)} has more than one value: ${JSON.stringify(unused)} is not used`
    const expected = unused === null ? value : { value, remark, further: [] }
    assert.deepEqual(cleanValue(field(service, name), raw, file), expected, raw)
  }
  assert.equal(cleanValue(field('contact', 'city'), ' :::  ::: ', file), null)
  assert.deepEqual(flawOf(cleanValue(field('company', 'employees_count'), 'many ::: few', file)), warning)
})

test('an e-mail without a local part, an @ and a domain is ignored, with a warning', () => {
  const email = field('contact', 'email')
  assert.equal(cleanValue(email, ' John.Doe@ACME.com ', record), 'john.doe@acme.com')
  for (const raw of ['john', '@acme.com', 'john@', 'john@ acme.com', 'a@x', 'a@.'])
    assert.deepEqual(flawOf(cleanValue(email, raw, record)), warning, raw)
})

test("a valid phone number becomes E.164, and one without + is read as one of the record's country", () => {
  const phone = field('company', 'phone_number')
  const read = (raw: string, country: string | null = null) => stored(phone, raw, { ...record, country })
  assert.equal(read('+1 (415) 555-0100'), '+14155550100')
  assert.equal(read('+44 (0)20 7123 4567'), '+442071234567')
  assert.equal(read('+4402071234567'), '+442071234567')
  assert.equal(read('(+1) 512-850-5498'), '+15128505498')
  for (const country of ['United States', 'us', 'USA', 'U.S.A.'])
    assert.equal(read('(415) 555-0100', country), '+14155550100')
  for (const country of ['Germany', 'deutschland', 'DEU']) assert.equal(read('030 901820', country), '+4930901820')
  assert.equal(read('(415) 555-0100'), '(415) 555-0100')
  assert.equal(read('(415) 555-0100', 'Atlantis'), '(415) 555-0100')
})

test('without a country of the record, a phone number is read as one of DEFAULT_COUNTRY', t => {
  t.after(() => setDefaultCountry(null))
  const phone = field('contact', 'mobile_phone')
  const read = (raw: string, country: string | null = null) => cleanValue(phone, raw, { ...record, country })
  assert.ok(isRemarked(read('(415) 555-0100')))
  assert.equal(cleanKeyword(phone, '(415) 555-0100'), '(415) 555-0100')
  setDefaultCountry('US')
  assert.equal(read('(415) 555-0100'), '+14155550100')
  assert.equal(cleanKeyword(phone, '(415) 555-0100'), '+14155550100')
  assert.equal(read('030 901820', 'germany'), '+4930901820')
  assert.equal(read('(415) 555-0100', 'atlantis'), '+14155550100')
  assert.equal(read('+49 30 901820'), '+4930901820')
  setDefaultCountry('DE')
  assert.equal(read('030 901820'), '+4930901820')
})

test('a phone number that is not valid is kept as cleaned text, with a warning', () => {
  const phone = field('company', 'phone_number')
  for (const raw of ['1-800-DENTIST', '911', '(030) 90 18 20'])
    assert.deepEqual(cleanValue(phone, ` ${raw}`, { ...record, country: 'us' }), {
      value: raw,
      remark: `phone_number "${raw}" is not a valid phone number; it is stored as text (add + and the country code)`,
      further: [],
    })
  assert.deepEqual(cleanValue(phone, '030 1', record), {
    value: '030 1',
    remark:
      'phone_number "030 1" is not a valid phone number; it is stored as text (add + and the country code, or a country)',
    further: [],
  })
  assert.deepEqual(cleanValue(phone, '+1 415 555 0100 / +1 415 555 0101 / 12', record), {
    value: '+14155550100',
    remark:
      'phone_number "+1 415 555 0100 / +1 415 555 0101 / 12" has more than one value: "12" is not a valid phone number',
    further: ['+14155550101'],
  })
})

test('cleaning a phone number twice does not change it', () => {
  const phone = field('contact', 'mobile_phone')
  const trunk = stored(phone, '+98000000', record)
  assert.equal(stored(phone, trunk, record), trunk)
  const digits = fc.string({ unit: fc.constantFrom(...'0123456789 -()+'), maxLength: 18 })
  fc.assert(
    fc.property(
      fc.constantFrom('', '+'),
      digits,
      fc.constantFrom(null, 'germany', 'US', 'italy'),
      (plus, raw, country) => {
        const once = stored(phone, `${plus}${raw}`, { ...record, country })
        if (typeof once !== 'string') return
        assert.equal(stored(phone, once, { ...record, country }), once)
        assert.equal(stored(phone, once, record), once)
      },
    ),
    { numRuns: 1000 },
  )
})

test('a domain is reduced to its registrable domain', () => {
  const domain = field('company', 'normalized_domain')
  const registrable = {
    'https://Shop.Acme.co.uk/x?y': 'acme.co.uk',
    'www.acme.com': 'acme.com',
    'acme.github.io': 'acme.github.io',
    'github.io': 'github.io',
    'htp://x.com': 'x.com',
  }
  for (const [raw, value] of Object.entries(registrable)) assert.equal(cleanValue(domain, raw, record), value)
  for (const raw of ['acme', '192.168.0.1', 'co.uk', 'Acme Inc.', '1.200'])
    assert.deepEqual(flawOf(cleanValue(domain, raw, record)), warning, raw)
})

test('a domain in Punycode is the same as in Unicode', () => {
  const domain = field('company', 'normalized_domain')
  const decoded = {
    'müller.example': 'müller.example',
    'xn--mller-kva.example': 'müller.example',
    'XN--MLLER-KVA.EXAMPLE': 'müller.example',
    'mu\u0308ller.example': 'müller.example',
    'https://www.xn--mller-kva.example:8080/xn--x?y': 'müller.example',
    'user@xn--mller-kva.example': 'müller.example',
    'shop.xn--mller-kva.co.uk': 'müller.co.uk',
    'xn--bcher-kva.github.io': 'bücher.github.io',
    'xn--strae-oqa.de': 'straße.de',
    'xn--80ak6aa92e.xn--p1ai': 'аррӏе.рф',
    'президент.рф': 'президент.рф',
    'foo.xn--55qx5d.cn': 'foo.公司.cn',
    'xn--zzzzz99999.example': 'xn--zzzzz99999.example',
    'exn--ample.com': 'exn--ample.com',
    'a--b.example': 'a--b.example',
  }
  for (const [raw, value] of Object.entries(decoded)) {
    assert.equal(cleanValue(domain, raw, record), value)
    assert.equal(cleanKeyword(domain, raw), value)
    assert.equal(cleanValue(domain, value, record), value)
  }
})

test('a value above the limit is too long, one at the limit is not', () => {
  const name = field('company', 'name')
  assert.equal(cleanValue(name, ` ${'é'.repeat(1000)} `, record), 'é'.repeat(1000))
  assert.deepEqual(flawOf(cleanValue(name, `${'é'.repeat(1000)}a`, record)), ['problem', 'ERR_VALUE_TOO_LONG'])
  assert.equal(cleanValue(field('company', 'address'), 'a'.repeat(8000), row), 'a'.repeat(8000))
  assert.deepEqual(flawOf(cleanValue(field('company', 'address'), 'a'.repeat(8001), row)), [
    'problem',
    'ERR_VALUE_TOO_LONG',
  ])
  const items = Array.from({ length: 1001 }, (_, place) => `item ${place}`)
  assert.deepEqual(flawOf(cleanValue(field('company', 'keywords'), items, record)), ['problem', 'ERR_VALUE_TOO_LONG'])
  assert.equal((cleanValue(field('company', 'keywords'), items.slice(1), record) as string[]).length, 1000)
  assert.deepEqual(flawOf(cleanValue(field('company', 'keywords'), ['a'.repeat(2001)], record)), [
    'problem',
    'ERR_VALUE_TOO_LONG',
  ])
})

test('what is not a phone number is ignored with a warning, other phones stay as text', () => {
  const phone = field('contact', 'mobile_phone')
  for (const raw of ['n/a', '0', '+', '-', '000-000-0000', 'call me', '4.15E+09', '4,15e+9', '+4E9']) {
    const flaw = cleanValue(phone, raw, row)
    assert.deepEqual(flawOf(flaw), warning, raw)
    assert.match((flaw as { message: string }).message, / is not a phone number.*; the value is ignored$/)
    assert.equal(cleanKeyword(phone, raw), null)
  }
  assert.match((cleanValue(phone, '4.15E+09', row) as { message: string }).message, /rounded one from a spreadsheet/)
  for (const raw of ['911', '1-800-FLOWERS', '+44 (0) 20 x', '٠٣٠٩', '555 E 5'])
    assert.equal(stored(phone, raw, row), raw)
})

test('a list is refused as soon as it is too long, and a phone or domain before it is parsed', () => {
  const keywords = field('company', 'keywords')
  const many = Array.from({ length: 400_000 }, (_, place) => `e\u0301${place}`)
  const phone = `+49${' (0)'.repeat(24_000)}`
  const start = process.cpuUsage()
  for (const [of, raw] of [
    [keywords, many],
    [keywords, many.join(',')],
    [keywords, Array(600_000).fill('a')],
    [field('company', 'phone_number'), phone],
    [field('company', 'normalized_domain'), 'a.'.repeat(40_000)],
  ] as const)
    assert.deepEqual(flawOf(cleanValue(of, raw, record)), ['problem', 'ERR_VALUE_TOO_LONG'])
  const { user } = process.cpuUsage(start)
  assert.ok(user < 400_000, `${user / 1000} ms`)
})

test('JSON values of another type are refused, but a row may have numbers for text', () => {
  const name = field('company', 'name')
  for (const raw of [5, true, {}, ['a']])
    assert.deepEqual(flawOf(cleanValue(name, raw, record)), ['problem', 'ERR_INVALID_VALUE'])
  assert.deepEqual(flawOf(revenue(true)), ['problem', 'ERR_INVALID_VALUE'])
  assert.deepEqual(flawOf(cleanValue(field('company', 'keywords'), [['a']], record)), ['problem', 'ERR_INVALID_VALUE'])
  assert.deepEqual(flawOf(cleanValue(field('contact', 'company_id'), 'x', record)), ['problem', 'ERR_INVALID_UUID'])
  assert.equal(cleanValue(name, 365, row), '365')
  assert.equal(cleanValue(field('contact', 'mobile_phone'), 14155550100, { ...row, country: 'us' }), '+14155550100')
})

test('values in a query are cleaned like stored ones', () => {
  assert.equal(cleanKeyword(field('contact', 'mobile_phone'), '+1 (415) 555-0100'), '+14155550100')
  assert.equal(cleanKeyword(field('contact', 'email'), ' John@Acme.com'), 'john@acme.com')
  assert.equal(cleanKeyword(field('company', 'normalized_domain'), 'https://www.acme.com'), 'acme.com')
  assert.equal(cleanKeyword(field('company', 'employees_count'), '1,200'), '1200')
  assert.equal(cleanKeyword(field('company', 'employees_count'), 'n/a'), null)
  assert.equal(cleanKeyword(field('company', 'industries'), ' Oil,  Gas'), 'Oil, Gas')
  assert.equal(
    cleanKeyword(field('contact', 'uuid'), 'ABCDEF12-0000-0000-0000-000000000000'),
    'abcdef12-0000-0000-0000-000000000000',
  )
})

test('a text of megabytes is too long even if cleaning would shorten it, and matches nothing in a query', () => {
  const title = field('contact', 'title')
  for (const long of ['1 '.repeat(5_000_000), '\u200b'.repeat(200_000), 'x'.repeat(200_000)]) {
    assert.deepEqual(flawOf(cleanValue(title, long, record)), ['problem', 'ERR_VALUE_TOO_LONG'])
    assert.deepEqual(flawOf(cleanValue(field('contact', 'mobile_phone'), long, row)), ['problem', 'ERR_VALUE_TOO_LONG'])
    assert.deepEqual(flawOf(cleanValue(field('contact', 'departments'), [long], record)), [
      'problem',
      'ERR_VALUE_TOO_LONG',
    ])
    assert.equal(cleanKeyword(title, long), null)
  }
  const clean = `${'1 '.repeat(5_000_000)}1`
  assert.equal(cleanText(clean), clean)
  assert.equal(cleanValue(title, `${' '.repeat(50_000)}x`, record), 'x')
})
