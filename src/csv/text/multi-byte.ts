/**
 * Finds out whether a text is in an encoding of Chinese, Japanese or Korean. Each of these standards has its frequent
 * characters in certain rows. Text in one of them that is read in another has many rare characters.
 */

import { decoderOf } from './encodings.ts'

interface MultiByte {
  readonly encoding: string
  isLead(byte: number): boolean
  isTrail(byte: number): boolean
  isFrequent(lead: number, trail: number): boolean
}

function within(byte: number, first: number, last: number): boolean {
  return byte >= first && byte <= last
}

const STANDARDS: readonly MultiByte[] = [
  {
    encoding: 'gb18030',
    isLead: byte => within(byte, 0x81, 0xfe),
    isTrail: byte => within(byte, 0x40, 0x7e) || within(byte, 0x80, 0xfe),
    isFrequent: (lead, trail) => trail >= 0xa1 && (lead === 0xa1 || lead === 0xa3 || within(lead, 0xb0, 0xd7)),
  },
  {
    encoding: 'shift_jis',
    isLead: byte => within(byte, 0x81, 0x9f) || within(byte, 0xe0, 0xfc),
    isTrail: byte => within(byte, 0x40, 0x7e) || within(byte, 0x80, 0xfc),
    isFrequent: (lead, trail) => within(lead, 0x81, 0x83) || (lead === 0x88 ? trail >= 0x9f : within(lead, 0x89, 0x98)),
  },
  {
    encoding: 'big5',
    isLead: byte => within(byte, 0x81, 0xfe),
    isTrail: byte => within(byte, 0x40, 0x7e) || within(byte, 0xa1, 0xfe),
    isFrequent: lead => within(lead, 0xa1, 0xa3) || within(lead, 0xa4, 0xc6),
  },
  {
    encoding: 'euc-kr',
    isLead: byte => within(byte, 0x81, 0xfe),
    isTrail: byte => within(byte, 0x41, 0x5a) || within(byte, 0x61, 0x7a) || within(byte, 0x81, 0xfe),
    isFrequent: (lead, trail) => trail >= 0xa1 && (lead === 0xa1 || lead === 0xa3 || within(lead, 0xb0, 0xc8)),
  },
  {
    encoding: 'euc-jp',
    isLead: byte => within(byte, 0xa1, 0xfe) || byte === 0x8e,
    isTrail: byte => within(byte, 0xa1, 0xfe),
    isFrequent: lead => lead === 0xa1 || within(lead, 0xa3, 0xa5) || within(lead, 0xb0, 0xcf),
  },
]

interface Found {
  readonly encoding: string
  readonly characters: number
  /** The share of frequent characters. */
  readonly share: number
}

function isAsciiLetter(byte: number): boolean {
  return within(byte | 0x20, 0x61, 0x7a)
}

function measure({ encoding, isLead, isTrail, isFrequent }: MultiByte, bytes: Uint8Array): Found {
  let [characters, frequent, bad, halves, highTrails, alone] = [0, 0, 0, 0, 0, 0]
  let previous = -2
  for (let at = 0; at < bytes.length; at++) {
    const lead = bytes[at]!
    if (lead < 128) continue
    if (!isLead(lead)) {
      // Half-width katakana.
      if (encoding === 'shift_jis' && within(lead, 0xa1, 0xdf)) halves++
      else bad++
      continue
    }
    const trail = bytes[at + 1] ?? 0
    if (encoding === 'gb18030' && within(trail, 0x30, 0x39)) {
      characters++
      at += 3
      continue
    }
    if (!isTrail(trail)) {
      bad++
      continue
    }
    characters++
    const [before, after] = [bytes[at - 1] ?? 0, bytes[at + 2] ?? 0]
    if (previous !== at && !isLead(after) && (isAsciiLetter(before) || isAsciiLetter(after))) alone++
    previous = at + 2
    if (trail >= 0xa1) highTrails++
    if (isFrequent(lead, trail)) frequent++
    at++
  }
  // Few half-width letters say nothing; many are another encoding.
  const total = characters + (halves > characters / 2 ? halves : 0) + 10 * bad
  // Its second bytes are in two ranges, those of the other standards in one.
  const isBig5 =
    encoding !== 'big5' || (highTrails >= characters / 4 && (characters < MANY || highTrails < 0.85 * characters))
  // In other languages, one letter with an accent is followed by letters of ASCII.
  const isPlausible = isBig5 && alone <= 0.4 * characters
  return { encoding, characters, share: total === 0 || !isPlausible ? 0 : frequent / total }
}

const MIN_CHARACTERS = 3
/** Below the first share an encoding is not certain, below the second it is not possible. */
const MIN_SHARE = { certain: 0.85, possible: 0.5 }
const MIN_LEAD = 0.08
/** Fewer characters of two bytes may occur, or be frequent in two standards, by chance. */
export const MANY = 12

export interface MultiByteText {
  readonly certain: string | null
  readonly possible: readonly string[]
  readonly characters: number
}

/** Null if the text is in none of these encodings. */
export function findMultiByte(bytes: Uint8Array): MultiByteText | null {
  const found = STANDARDS.map(standard => measure(standard, bytes)).sort((a, b) => b.share - a.share)
  const { share, characters } = found[0]!
  if (share < MIN_SHARE.possible) return null
  const possible = found.filter(one => one.share > share - MIN_LEAD).map(({ encoding }) => encoding)
  const isTelling = characters >= MIN_CHARACTERS && share >= MIN_SHARE.certain
  return { certain: isTelling ? certainOf(possible, bytes) : null, possible, characters }
}

/** Characters that are in most lists of names, companies and places. */
const USUAL: Readonly<Record<string, string>> = {
  gb18030:
    '公司有限中国上海北京广州深圳技术科张王李刘陈杨赵黄周吴徐孙马朱胡林郭何高罗市集团明华文伟建军小红丽平省区路号',
  big5: '公司有限股份中國台北新竹高雄科技陳林黃張李王吳劉蔡楊許鄭謝郭洪志明美雅文華建宏國際電子工業市縣區路號',
  shift_jis: '株式会社田中山本東京都市大阪佐藤木村井川島小高橋野口松太郎子美一県区町名支店部長ーンスルトリアイ',
  'euc-kr':
    '이김박최정강조윤장임한오서신권황안송전홍유고문양손배허남심노하주구민진지수현영성재은경미혜동준호상우원사회시대자기아리나라인도회사주식',
}

function certainOf(possible: readonly string[], bytes: Uint8Array): string | null {
  if (possible.length === 1) return possible[0]!
  const counts = possible.map(encoding => {
    const usual = new Set(USUAL[encoding === 'euc-jp' ? 'shift_jis' : encoding])
    return { encoding, count: [...decoderOf(encoding)(bytes)].filter(character => usual.has(character)).length }
  })
  const [best, second] = counts.sort((a, b) => b.count - a.count)
  return best!.count >= 2 && best!.count >= 2.5 * second!.count ? best!.encoding : null
}
