/** Decodes and parses the text of a body. */
import { ConnectraError } from '../errors.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })
const exactDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** `skipMark`: a byte order mark at the beginning is skipped. Throws ERR_INVALID_JSON if it is not UTF-8. */
export function decodeJson(text: Buffer, { skipMark = false } = {}): string {
  try {
    return (skipMark ? decoder : exactDecoder).decode(text)
  } catch {
    throw invalid('it is not UTF-8')
  }
}

/** `where` precedes the reason in the message. Throws ERR_INVALID_JSON. */
export function parseJson(text: string, where = ''): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw invalid(where + (error as Error).message)
  }
}

function invalid(reason: string): ConnectraError {
  return new ConnectraError('ERR_INVALID_JSON', `the body is not valid JSON: ${reason}`)
}
