import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CountryCode, getCountries, getExampleNumber } from 'libphonenumber-js'
import examples from 'libphonenumber-js/examples.mobile.json'
import { isValidPhoneNumber } from 'libphonenumber-js/max'
import { e164Of, readPhones } from '../../src/records/values/phone.ts'
import { fitsPlan, isAssigned } from '../../src/records/values/phone-plans.ts'

/** What the text becomes; an array if it has several numbers. */
function read(text: string, country: string | null): string | readonly string[] {
  const { phone, further } = readPhones(text, country)
  return further.length === 0 ? phone : [phone, ...further]
}

type Case = readonly [text: string, country: string | null, phone: string | readonly string[]]

function assertRead(cases: readonly Case[], isValid: boolean): void {
  for (const [text, country, phone] of cases) {
    assert.deepEqual(read(text, country), phone, `${text} in ${country}`)
    assert.equal(readPhones(text, country).isValid, isValid, text)
    const [first] = [phone].flat()
    assert.deepEqual(read(first!, null), first, `${first} again`)
  }
}

test('a number is read in the first way that is valid', () => {
  assertRead(
    [
      // As written
      ['+49 171 1234567', 'Germany', '+491711234567'],
      ['+49 171 1234567', 'US', '+491711234567'],
      ['＋49 171 1234567', null, '+491711234567'],
      ['(+49) 171 1234567', null, '+491711234567'],
      ['+ 49 171 1234567', null, '+491711234567'],
      ['++49 171 1234567', null, '+491711234567'],
      ['+49 (0) 171 1234567', null, '+491711234567'],
      ['+490171 1234567', null, '+491711234567'],
      ['+44 (0)20 7946 0958', null, '+442079460958'],
      ['+1-555-123-4567', null, '+15551234567'],
      ['+39 011 5625911', null, '+390115625911'],
      // After an exit code
      ['0049 171 1234567', 'Germany', '+491711234567'],
      ['00 49 (0)171 1234567', null, '+491711234567'],
      ['+0049 171 1234567', null, '+491711234567'],
      ['0044 20 7946 0958', null, '+442079460958'],
      ['0044 20 7946 0958', 'Germany', '+442079460958'],
      ['0044 20 7946 0958', 'US', '+442079460958'],
      ['0061468519000', 'Australia', '+61468519000'],
      ['0061468519000', null, '+61468519000'],
      ['0011 61 468 519 000', 'Australia', '+61468519000'],
      ['011 44 20 7946 0958', 'US', '+442079460958'],
      ['011 44 20 7946 0958', 'Germany', '+442079460958'],
      ['011 44 20 7946 0958', null, '+442079460958'],
      ['010 49 171 1234567', 'Japan', '+491711234567'],
      ['00 1 555 123 4567', null, '+15551234567'],
      // After the country's own calling code
      ['491711234567', 'Germany', '+491711234567'],
      ['4915123456789', 'Germany', '+4915123456789'],
      ['49 7755 91155', 'DE', '+49775591155'],
      ['-49 521 557666-0', 'DE', '+495215576660'],
      ['49 (0)171 1234567', 'Germany', '+491711234567'],
      ['14155550100', 'US', '+14155550100'],
      ['1 (415) 555-0100', 'US', '+14155550100'],
      ['442079460958', 'UK', '+442079460958'],
      ['33612345678', 'France', '+33612345678'],
      ['34 612 345 678', 'Spain', '+34612345678'],
      ['919876543210', 'India', '+919876543210'],
      ['5511987654321', 'Brazil', '+5511987654321'],
      ['8613912345678', 'China', '+8613912345678'],
      ['436601234567', 'Austria', '+436601234567'],
      ['390612345678', 'Italy', '+390612345678'],
      // By the country
      ['0171 1234567', 'Germany', '+491711234567'],
      ['030/901820', 'Germany', '+4930901820'],
      ['(030) 90 18 20', 'Germany', '+4930901820'],
      ['04931 12345', 'Germany', '+49493112345'],
      ['(415) 555-0100', 'US', '+14155550100'],
      ['415.555.0100', 'Canada', '+14155550100'],
      ['8 916 123-45-67', 'Russia', '+79161234567'],
      ['0468 519 000', 'Australia', '+61468519000'],
      ['06 12 34 56 78', 'France', '+33612345678'],
      ['0660 1234567', 'Austria', '+436601234567'],
      ['22 12 34 56', 'Norway', '+4722123456'],
      // With digits and signs of other scripts
      ['０３０－９０１８２０', 'Germany', '+4930901820'],
      ['（０３０）９０ １８ ２０', 'Germany', '+4930901820'],
      ['＋４９ ３０ ９０１８２０', null, '+4930901820'],
      ['Ｔｅｌ．０３０ ９０１８２０', 'Germany', '+4930901820'],
      ['٠٣٠ ٩٠١٨٢٠', 'Germany', '+4930901820'],
      ['۰۳۰ ۹۰۱۸۲۰', 'Germany', '+4930901820'],
      ['०३० ९०१८२०', 'Germany', '+4930901820'],
      ['+٤٩ ٣٠ ٩٠١٨٢٠', null, '+4930901820'],
      ['０３０ ９０１８２０／０１７１ １２３４５６７', 'Germany', ['+4930901820', '+491711234567']],
    ],
    true,
  )
})

test('a national number that begins like a calling code or an exit code is read as national', () => {
  assertRead(
    [
      ['55 99912-3456', 'Brazil', '+5555999123456'],
      ['393 123 4567', 'Italy', '+393931234567'],
      ['011 5625911', 'Italy', '+390115625911'],
      ['011 493 0123', 'South Africa', '+27114930123'],
      ['011 4930 1234', 'India', '+911149301234'],
      ['011 4930-1234', 'Argentina', '+541149301234'],
    ],
    true,
  )
})

test('a number without a valid reading stays as text', () => {
  assertRead(
    [
      ['1234567890', 'US', '1234567890'],
      ['1234567890', 'Germany', '1234567890'],
      ['1234567890', 'UK', '1234567890'],
      ['123-456-7890', 'US', '123-456-7890'],
      ['1111111111', 'Germany', '1111111111'],
      ['9999999999', 'India', '9999999999'],
      ['0123456789', 'UK', '0123456789'],
      ['+1234567890', null, '+1234567890'],
      ['+1 000 000 0001', null, '+1 000 000 0001'],
      ['+49', 'Germany', '+49'],
      ['0044 123', 'UK', '0044 123'],
      ['(415) 555-0100', null, '(415) 555-0100'],
      ['(415) 555-0100', 'Atlantis', '(415) 555-0100'],
      ['030 901820', 'Antarctica', '030 901820'],
      ['０３０ １', null, '０３０ １'],
      ['٠٣٠٩', null, '٠٣٠٩'],
      ['171 1234567', null, '171 1234567'],
      ['911', 'US', '911'],
      ['1-800-FLOWERS', 'US', '1-800-FLOWERS'],
      ['Fax: +49 30 901820', 'Germany', 'Fax: +49 30 901820'],
      ['089 901820/56', 'Germany', '089 901820/56'],
      ['030 901820, Berlin office 3rd floor', null, '030 901820, Berlin office 3rd floor'],
    ],
    false,
  )
})

test('labels and other things around a number go', () => {
  for (const text of [
    'tel:+49-30-901820',
    'tel:+4930901820',
    'Tel. +49 30 901820',
    'Tel.: +49 30 901820',
    'Tel +49 30 901820',
    'Telefon: 030 901820',
    'Phone: 030 901820',
    'phone number: 030 901820',
    'p: 030 901820',
    'P +49 30 901820',
    'T: +49 30 901820',
    'mobile: +49 30 901820',
    'callto:+4930901820',
    'Call: 030 901820',
    'WhatsApp: +49 30 901820',
    '+49 30 901820 (work)',
    '+49 30 901820 work',
    '(office) +49 30 901820',
    '+49 30 901820 - mobile',
    '4930901820.0',
    '+4930901820.0',
    '4930901820,0',
    '4930901820.00',
    "'+49 30 901820",
    '"+49 30 901820"',
    '=+4930901820',
    '+49 30 901820.',
    '+49 30 901820;',
  ])
    assert.equal(read(text, 'Germany'), '+4930901820', text)
  assert.equal(read('tel: 12', null), '12')
})

test('an extension follows the number', () => {
  for (const text of [
    '+1 415 555 0100 x12',
    '+1 415 555 0100x12',
    '+1 415 555 0100 ext 12',
    '+1 415 555 0100 ext. 12',
    '+1 415 555 0100, ext. 12',
    '+1 415 555 0100;ext=12',
    'tel:+1-415-555-0100;ext=12',
    '+1 415 555 0100 extension 12',
    '+1 415 555 0100 Ext:12',
    '+1 415 555 0100 #12',
    '(415) 555-0100 EXT. #12',
    '+1 415 555 0100 poste 12',
    '+1 415 555 0100 Durchwahl 12',
    '+14155550100 ext. 12',
  ]) {
    assert.equal(read(text, 'US'), '+14155550100 ext. 12', text)
    assert.equal(e164Of(readPhones(text, 'US').phone), '+14155550100')
  }
  assert.equal(read('555 0100 ext. 7', null), '555 0100 ext. 7')
  assert.equal(e164Of('555 0100 ext. 7'), null)
})

test('several numbers in a text are read one by one', () => {
  const two = ['+4930901820', '+491711234567']
  for (const text of [
    '+49 30 901820 / +49 171 1234567',
    '+49 30 901820/0171 1234567',
    '030 901820; 0171 1234567',
    '030 901820, 0171 1234567',
    '030 901820 | 0171 1234567',
    '030 901820 or 0171 1234567',
    '030 901820 oder 0171 1234567',
    '030 901820 und 0171 1234567',
    '030 901820 & 0171 1234567',
    '030 901820 ::: 0171 1234567',
    '+49 30 901820 +49 171 1234567',
    '+49 30 901820 - +49 171 1234567',
    '+4930901820+491711234567',
    '030/901820 / 0171/1234567',
    'Tel: 030 901820; Mobil: 0171 1234567',
    'Berlin; 030 901820 (work); 0171 1234567 (mobile)',
    '+49 30 901820 ; +49 171 1234567 ; +49 30 901820',
  ])
    assert.deepEqual(read(text, 'Germany'), two, text)
  assert.deepEqual(read('+1 415 555 0100 x5 / +1 415 555 0101 x6', null), [
    '+14155550100 ext. 5',
    '+14155550101 ext. 6',
  ])
  assert.deepEqual(readPhones('030-123456 / 123457', 'Germany'), {
    phone: '+4930123456',
    isValid: true,
    further: ['123457'],
    unread: ['123457'],
  })
  assert.deepEqual(readPhones('n/a; 030 901820; 12', 'Germany').unread, ['n/a', '12'])
  assert.deepEqual(readPhones('+49 171 1234567/68', null), {
    phone: '+491711234567',
    isValid: true,
    further: [],
    unread: ['68'],
  })
})

test('the plans agree with the library', () => {
  for (const country of getCountries()) {
    const { number } = getExampleNumber(country, examples)!
    assert.ok(fitsPlan(number) && isAssigned(number), `${country} ${number}`)
  }
  const countries: CountryCode[] = ['US', 'DE', 'GB', 'BR', 'IT', 'RU', 'AU', 'IN', 'NO', 'FR']
  for (const country of countries) {
    const { number } = getExampleNumber(country, examples)!
    for (const other of [number.slice(0, -1), `${number}0`])
      assert.equal(isAssigned(other), isValidPhoneNumber(other), other)
  }
})
