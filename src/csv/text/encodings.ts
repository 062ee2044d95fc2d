/** The encodings that files may have, besides UTF-16. */

import { decodeUhc } from './uhc.ts'

/** DOS code pages, which `TextDecoder` does not know: the characters of the bytes 128 to 255. */
const DOS: Readonly<Record<string, string>> = {
  ibm437:
    'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0',
  ibm850:
    'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0',
  ibm852:
    'ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×čáíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐└┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀ÓßÔŃńňŠšŔÚŕŰýÝţ´\u00ad˝˛ˇ˘§÷¸°¨˙űŘř■\u00a0',
}

/** Names that people use, and that `TextDecoder` does not know. */
const ALIASES: Readonly<Record<string, string>> = {
  cp437: 'ibm437',
  '437': 'ibm437',
  cp850: 'ibm850',
  '850': 'ibm850',
  cp852: 'ibm852',
  '852': 'ibm852',
  'mac-roman': 'macintosh',
  macroman: 'macintosh',
  'mac-cyrillic': 'x-mac-cyrillic',
  cp932: 'shift_jis',
  cp936: 'gb18030',
  gbk: 'gb18030',
  cp949: 'euc-kr',
  ms949: 'euc-kr',
  uhc: 'euc-kr',
  cp950: 'big5',
}

const SHOWN: Readonly<Record<string, string>> = { gb18030: 'gbk', ibm437: 'cp437', ibm850: 'cp850', ibm852: 'cp852' }

/** The name that people know. */
export function shownEncoding(name: string): string {
  return SHOWN[name] ?? name
}

/** For messages and the documentation. */
export const ENCODING_EXAMPLES = [
  'utf-8',
  'utf-16le',
  'windows-1252',
  'windows-1250',
  'windows-1251',
  'windows-1255',
  'iso-8859-2',
  'macintosh',
  'cp437',
  'shift_jis',
  'gbk',
  'big5',
  'euc-kr',
]

/** The usual name of an encoding. Null if it is not known. */
export function encodingNamed(label: string): string | null {
  const plain = label.trim().toLowerCase()
  const name = ALIASES[plain] ?? plain
  if (name in DOS) return name
  try {
    const { encoding } = new TextDecoder(name)
    return encoding === 'gbk' ? 'gb18030' : encoding
  } catch {
    return null
  }
}

/** Decodes bytes. Those that have no character become U+FFFD. */
export type Decode = (bytes: Uint8Array) => string

const decoders = new Map<string, Decode>()

/** `name`: from `encodingNamed`. For whole lines. */
export function decoderOf(name: string): Decode {
  const known = decoders.get(name)
  if (known) return known
  const raw = openDecoder(name)
  const isComplete = name === 'windows-1252' || name.startsWith('utf')
  const decode: Decode = isComplete ? raw : bytes => raw(bytes).replaceAll(NO_CHARACTER, UNDECODABLE)
  decoders.set(name, decode)
  return decode
}

export const UNDECODABLE = '\ufffd'
/** What some decoders return for bytes that have no character: control characters and those of private use. */
const NO_CHARACTER = /[\x80-\x9f\ue000-\uf8ff]/g

function openDecoder(name: string): Decode {
  const upper = DOS[name]
  if (upper === undefined) {
    const decoder = new TextDecoder(name)
    const decode: Decode = bytes => decoder.decode(bytes)
    return name === 'euc-kr' ? bytes => decodeUhc(bytes, decode) : decode
  }
  return bytes =>
    Buffer.from(bytes)
      .toString('latin1')
      .replaceAll(/[\x80-\xff]/g, character => upper[character.charCodeAt(0) - 128]!)
}

const MULTI_BYTE = new Set(['shift_jis', 'gb18030', 'gbk', 'big5', 'euc-kr', 'euc-jp'])

/** A byte above 127 may be followed by a byte of ASCII that belongs to its character. */
export function isMultiByte(name: string): boolean {
  return MULTI_BYTE.has(name)
}
