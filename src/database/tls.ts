/** TLS towards the PostgreSQL of DATABASE_URL: its files, and what the errors mean. */
import { readFile } from 'node:fs/promises'
import { ConnectraError } from '../errors.ts'

/** The options of DATABASE_URL that name a file in PEM format. */
const FILES = ['sslrootcert', 'sslcert', 'sslkey']

/** Throws if a file that the URL names cannot be read or is not in PEM format. */
export async function checkTlsFiles(url: string): Promise<void> {
  const options = new URL(url).searchParams
  for (const option of FILES) {
    const path = options.get(option)
    if (path === null) continue
    const text = await readFile(path, 'utf8').catch(error => {
      const reasons: Record<string, string> = { ENOENT: 'does not exist', EACCES: 'is not readable for this user' }
      throw refusal(option, path, reasons[error.code] ?? `cannot be read (${error.code ?? error.message})`)
    })
    if (!text.includes('-----BEGIN ')) throw refusal(option, path, 'is not in PEM format')
  }
}

function refusal(option: string, path: string, reason: string): ConnectraError {
  return new ConnectraError('ERR_UNAVAILABLE', `the file ${path} ${reason}: check ${option} in DATABASE_URL`)
}

/** OpenSSL's codes for a certificate whose authority is not trusted. */
const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
])

/** The reason for people, and what to do. Null if the error is not about TLS. */
export function explainTlsError(error: unknown): { readonly reason: string; readonly advice: string } | null {
  const { code, message, cert } = error as {
    code?: string
    message?: string
    cert?: { subjectaltname?: string; subject?: { CN?: string } }
  }
  if (UNTRUSTED.has(code ?? ''))
    return {
      reason: 'its certificate is not signed by a trusted authority',
      advice:
        'download the certificate of the authority from your provider and set sslmode=verify-full&sslrootcert=/path/to/ca.pem in DATABASE_URL',
    }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = cert?.subjectaltname ?? cert?.subject?.CN ?? 'other names'
    return { reason: `its certificate is for another host: ${names}`, advice: 'use one of these names in DATABASE_URL' }
  }
  if (code === 'CERT_HAS_EXPIRED')
    return { reason: 'its certificate has expired', advice: 'renew the certificate of the server' }
  if (message === 'The server does not support SSL connections')
    return {
      reason: 'the server does not support TLS',
      advice: 'turn ssl on in PostgreSQL, or set sslmode=disable in DATABASE_URL if the network is trusted',
    }
  return null
}
