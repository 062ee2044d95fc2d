import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decode } from '../../src/csv/encoding.ts'
import { readHeader } from '../../src/csv/header/read-header.ts'
import { openCsv } from '../../src/csv/read.ts'
import { decoderOf, encodingNamed } from '../../src/csv/text/encodings.ts'
import { fileSigns, type Outcome, recordReader } from '../../src/jobs/import/read-record.ts'
import { rounds } from '../helpers/rounds.ts'
import { encodeLegacy } from './encode-legacy.ts'

async function* chunks(bytes: Uint8Array, size = bytes.length): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function read(bytes: Uint8Array, named: string | null = null, size?: number) {
  const decoded = decode(chunks(bytes, size), named)
  let text = ''
  for await (const part of decoded) text += part
  return { text, encoding: decoded.encoding(), doubt: decoded.doubt() }
}

/** Rows in a language, and the encodings in which tools of that country write them. */
const FILES: readonly (readonly [encodings: string, text: string])[] = [
  [
    'shift_jis euc-jp',
    '会社名,姓,名,市\nトヨタ自動車株式会社,田中,太郎,豊田市\nソニーグループ,佐藤,花子,港区\n任天堂,渡辺,健,京都市\n',
  ],
  ['gb18030', '公司,姓名,城市\n华为技术有限公司,张伟,深圳\n阿里巴巴集团,王芳,杭州\n中国石油,刘洋,北京\n'],
  ['big5', '公司,姓名,城市\n台積電股份有限公司,陳志明,新竹\n鴻海精密工業,林美玲,新北\n聯發科技,黃俊傑,台北\n'],
  ['euc-kr', '회사,이름,도시\n삼성전자,김민준,수원\n현대자동차,이서연,서울\n펲시,똠방,제주\n'],
  [
    'windows-1250 iso-8859-2 ibm852',
    'Firma,Imię,Miasto\nŁódzkie Zakłady,Wiśniewski,Łódź\nOrlen,Grażyna Dąbrowska,Płock\nAzoty,Paweł,Tarnów\n',
  ],
  [
    'windows-1250 iso-8859-2 ibm852',
    'Firma,Jméno,Město\nŠkoda Auto,Dvořák,Mladá Boleslav\nČEZ,Jiří Černý,Praha\nZetor,Růžička,Brno\nPrazdroj,Němec,Plzeň\n',
  ],
  [
    'windows-1250 iso-8859-2 ibm852',
    'Cég,Név,Város\nMagyar Telekom,Erdős Pál,Győr\nOTP,Szűcs Ágnes,Miskolc\nMOL,Szőke Éva,Székesfehérvár\nTungsram,Kővári Ödön,Pécs\n',
  ],
  [
    'windows-1250 iso-8859-2',
    'Tvrtka,Prezime,Grad\nKončar,Kovačić,Zagreb\nPodravka,Šimić,Koprivnica\nRimac,Đurić,Požega\nFranck,Živković,Čakovec\n',
  ],
  [
    'windows-1250 iso-8859-2',
    'Firma,Nume,Oras\nDacia,Ionuţ Popescu,Piteşti\nRomgaz,Ştefan,Mediaş\nPetrom,Mădălina,Constanţa\nHidro,Cătălin,Timişoara\n',
  ],
  [
    'windows-1251 koi8-u iso-8859-5 ibm866 x-mac-cyrillic',
    'Компания,Имя,Город\nГазпром,Иван,Москва\nЛукойл,Ольга Петрова,Казань\nСбербанк,Дмитрий,Новосибирск\n',
  ],
  ['windows-1255', 'חברה,שם,עיר\nטבע,יוסי כהן,תל אביב\nאלביט,רחל לוי,חיפה\nבנק לאומי,דוד מזרחי,ירושלים\n'],
  ['windows-1253 iso-8859-7', 'Εταιρεία,Όνομα,Πόλη\nΕθνική Τράπεζα,Γιώργος,Αθήνα\nΜυτιληναίος,Νίκος,Πάτρα\n'],
  ['windows-1256', 'الشركة,الاسم,المدينة\nأرامكو السعودية,محمد,الرياض\nسابك,فاطمة,الدمام\nاتصالات,أحمد علي,دبي\n'],
  [
    'windows-1254',
    'Şirket,Ad,Şehir\nTürk Hava Yolları,Yılmaz,İstanbul\nKoç Holding,Ayşe Çelik,İzmir\nArçelik,Gökhan Şahin,Ankara\n',
  ],
  ['windows-874', 'บริษัท,ชื่อ,เมือง\nปตท,สมชาย,กรุงเทพ\nซีพี,สมหญิง,เชียงใหม่\n'],
  ['macintosh ibm437 ibm850', 'Firma,Name,Straße\nMüller,Jürgen,München\nGroß,Käthe,Köln\nBäckerei,Jörg,Düsseldorf\n'],
  ['macintosh', 'Société,Prénom,Ville\nHermès,Gaël,Besançon\nCrédit Agricole,Hélène,Orléans\nL’Oréal,Zoë,Nîmes\n'],
  [
    'macintosh ibm850',
    'Empresa,Nombre,Ciudad\nTelefónica,José,Málaga\nIberdrola,Íñigo Muñoz,Coruña\nInditex,Ángela,León\n',
  ],
  [
    'macintosh ibm437 ibm850',
    'Företag,Namn,Ort\nÅhléns,Åsa Öberg,Malmö\nEricsson,Märta,Linköping\nSkånska,Björn,Göteborg\n',
  ],
]

for (const [encodings, text] of FILES)
  for (const encoding of encodings.split(' '))
    test(`${encoding} is detected (${text.slice(0, text.indexOf(','))}), however it is cut into chunks`, async () => {
      const bytes = encodeLegacy(encoding, text)
      for (const size of [bytes.length, 1, 7]) assert.deepEqual((await read(bytes, null, size)).text, text)
      // Some encodings have the same letters.
      assert.ok(encodings.includes((await read(bytes)).encoding))
    })

test('a file in Windows-1252 stays one in any language of Western Europe, with few letters or symbols', async () => {
  for (const text of [
    'Name\nMüller\n',
    'Name\nJosé\n',
    'Name,City\nSøren Kierkegaard,København\n',
    'Name\nÅsa\nÅke\nÅse\n',
    'Name,City\nNicolò,Forlì\nMosè,Cantù\n',
    'Name,City\nJoão Conceição,São Paulo\n',
    'Name,City\nSigurður Þórsson,Reykjavík\nBjörk Guðmundsdóttir,Ísafjörður\n',
    'Name,City\nÕnne Jõgi,Võru\nÜlle Mägi,Pärnu\n',
    'Name\nJosé\nSøren\nJürgen\nNicolò\nFrançois\nŽižek\nZoë\n',
    'Name\nŒuvre\nL’Oréal\nAcme®\nSeñal™\n',
    'Company\nKühne + Nagel – “Zürich”\n10 €\n¿Qué?\nN° 5\n',
    'Name\nMÜLLER\nÄRZTE\nÖSTERREICH\nÇELIK\n',
    'Name\nBéla\nTamás\nZoltán\n',
  ]) {
    const found = await read(encodeLegacy('windows-1252', text))
    assert.deepEqual([found.text, found.encoding, found.doubt], [text, 'windows-1252', null], text)
  }
})

test('lines in UTF-8 among lines in another encoding are read as such', async () => {
  const russian = 'Имя,Город\nИван,Москва\nОльга,Казань\n'
  const mixed = Buffer.concat([encodeLegacy('windows-1251', russian), Buffer.from('Дмитрий,Тверь\n')])
  assert.equal((await read(mixed)).text, `${russian}Дмитрий,Тверь\n`)
  const japanese = '会社名,姓\n日立製作所,田中\nトヨタ自動車,佐藤\n'
  const other = Buffer.concat([encodeLegacy('shift_jis', japanese), Buffer.from('任天堂株式会社,渡辺\n')])
  assert.equal((await read(other)).text, `${japanese}任天堂株式会社,渡辺\n`)
})

test('a file whose encoding is not clear is refused, and read with the encoding that is named', async () => {
  for (const [encoding, text] of [
    ['gb18030', 'Name\n张伟\n'],
    ['big5', 'Name\n林美\n'],
    ['windows-1250', 'Name\nŽiga Černý\n'],
    ['windows-1251', 'Name\nМОСКВА\n'],
    ['macintosh', 'Name\nÅke\n'],
  ] as const) {
    const bytes = encodeLegacy(encoding, text)
    await assert.rejects(openCsv(decode(chunks(bytes))), {
      code: 'ERR_INVALID_CSV',
      message:
        /^the encoding of the file is not clear \(perhaps .+\): set `encoding` in job_data \(--encoding on the command line\), such as ".+", or save the file as UTF-8$/,
    })
    assert.equal((await read(bytes, encoding)).text, text)
  }
})

test('an encoding may be named as people name it', () => {
  const names: Readonly<Record<string, string | null>> = {
    'UTF-8': 'utf-8',
    utf8: 'utf-8',
    'UTF-16': 'utf-16le',
    latin1: 'windows-1252',
    'ISO-8859-1': 'windows-1252',
    cp1250: 'windows-1250',
    ' Windows-1251 ': 'windows-1251',
    'ISO-8859-2': 'iso-8859-2',
    CP437: 'ibm437',
    'mac-roman': 'macintosh',
    GBK: 'gb18030',
    gb2312: 'gb18030',
    sjis: 'shift_jis',
    cp932: 'shift_jis',
    cp949: 'euc-kr',
    'KOI8-R': 'koi8-r',
    'utf-7': null,
    nonsense: null,
    '': null,
  }
  for (const [name, encoding] of Object.entries(names)) assert.equal(encodingNamed(name), encoding, name)
})

test('a named encoding is used for the whole file, unless it begins with a byte-order mark', async () => {
  assert.equal((await read(encodeLegacy('iso-8859-2', 'Erdős\n'), 'iso-8859-2')).text, 'Erdős\n')
  assert.equal((await read(Buffer.from('Müller\n'), 'windows-1252')).text, 'MÃ¼ller\n')
  assert.equal((await read(Buffer.from('é,x\n', 'utf16le'), 'utf-16le')).text, 'é,x\n')
  for (const bytes of [Buffer.from('\ufeffMüller\n'), Buffer.from('\ufeffMüller\n', 'utf16le')])
    assert.equal((await read(bytes, 'shift_jis')).text, 'Müller\n')
  const japanese = Buffer.from('\x1b$B2q<R\x1b(B,x\n', 'latin1')
  assert.deepEqual(await read(japanese), { text: '会社,x\n', encoding: 'iso-2022-jp', doubt: null })
  const sequence = 'Müller\n\x1b$B2q\n'
  assert.deepEqual(await read(Buffer.from(sequence)), { text: sequence, encoding: 'utf-8', doubt: null })
})

test('Korean syllables beyond the old standard are read, and bytes without a character are marked', () => {
  assert.equal(decoderOf('euc-kr')(Uint8Array.of(0x8c, 0x63, 0x2c, 0xb0, 0xa1, 0xc6, 0x52)), '똠,가힣')
  for (const [encoding, bytes] of [
    ['euc-kr', [0x41, 0xff, 0x42]],
    ['shift_jis', [0x41, 0xfe, 0x42]],
    ['windows-1250', [0x41, 0x81, 0x42]],
    ['windows-1255', [0x41, 0xd9, 0x42]],
    ['iso-8859-2', [0x41, 0x9a, 0x42]],
    ['utf-8', [0x41, 0xfc, 0x42]],
  ] as const)
    assert.equal(decoderOf(encoding)(Uint8Array.from(bytes)), 'A\ufffdB', encoding)
})

test('a row with bytes that are not in the encoding of the file is rejected', async () => {
  const rows = encodeLegacy('shift_jis', `Company,City\n${'株式会社日立製作所,東京都\n'.repeat(20)}`)
  const bytes = Buffer.concat([rows, Buffer.from('Caf\xe9,Paris\nAcme,Rome\n', 'latin1')])
  const file = await openCsv(decode(chunks(bytes)))
  const readRecord = recordReader(file.header.cells, readHeader(file.header.cells), fileSigns(file))
  const outcomes: Outcome[] = []
  for await (const records of file.records) outcomes.push(...records.map(record => readRecord(record, false)))
  assert.deepEqual(
    outcomes.map(({ becomes }) => becomes),
    [...Array(20).fill('stored'), 'rejected', 'stored'],
  )
  assert.deepEqual(outcomes[20], {
    becomes: 'rejected',
    code: 'ERR_INVALID_CSV',
    field: null,
    message: 'the row has bytes that are not shift_jis: check the encoding, or replace the characters shown as \ufffd',
  })
})

test('a file that was decoded twice is restored as a whole, with its header', async () => {
  const twice = (text: string) => Buffer.from(new TextDecoder('windows-1252').decode(Buffer.from(text)))
  const text = 'Prénom,Société\nHélène,Hermès\nAda,Acme\nZoë,東京\n'
  for (const size of [1, 1000]) assert.equal((await read(twice(text), null, size)).text, text)
  assert.equal((await read(twice(text))).encoding, 'utf-8 twice')
  assert.equal((await read(twice(`\ufeff${text}`))).text, text)
  const mixed = Buffer.concat([twice(text), Buffer.from('Müller,x\n')])
  assert.equal((await read(mixed)).encoding, 'utf-8')
})

test('any bytes in a named or detected encoding give the same text however they are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('\n', '\r\n', ',', '"', 'A', '\x81', '\x8e', '\xb0', '\xc8', '\xe9', '\xfe', '\0'), {
        maxLength: 80,
      }),
      fc.constantFrom(null, 'shift_jis', 'gb18030', 'big5', 'euc-kr', 'windows-1251', 'ibm437', 'utf-8'),
      fc.integer({ min: 1, max: 20 }),
      async (parts, named, size) => {
        const bytes = Buffer.from(parts.join(''), 'latin1')
        const { text } = await read(bytes, named)
        assert.ok(text.isWellFormed() && !text.includes('\0'))
        assert.equal((await read(bytes, named, size)).text, text)
      },
    ),
    { numRuns: rounds(80, 200) },
  )
})

test('the beginning of a long file decides for all of it, however it is cut', async () => {
  const text = `Имя,Город\n${'Иван,Москва\nОльга,Казань\n'.repeat(20_000)}`
  const bytes = encodeLegacy('windows-1251', text)
  for (const size of [65_536, 100_003, bytes.length]) assert.ok((await read(bytes, null, size)).text === text)
})

test('a long line of two-byte characters is cut between characters', async () => {
  const text = `${'株式会社,田中;'.repeat(120_000)}\n`
  const bytes = encodeLegacy('shift_jis', text)
  assert.ok((await read(bytes, 'shift_jis', 65_536)).text === text)
})
