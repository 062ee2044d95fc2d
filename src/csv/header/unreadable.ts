import { ConnectraError } from '../../errors.ts'

/** Of a file that can be read if a setting of the request is changed. `field`: the setting, for programs that ask a person. */
export function unreadable(field: 'mapping' | 'service' | 'encoding', message: string): ConnectraError {
  const code = 'ERR_INVALID_CSV'
  return new ConnectraError(code, message, { details: [{ field, code, message }] })
}
