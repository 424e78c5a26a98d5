import { X509Certificate } from 'node:crypto'

const begin = '-----BEGIN CERTIFICATE-----'
const end = '-----END CERTIFICATE-----'

/** More do not make a bundle of authorities; each costs time. */
const blockLimit = 2_000

/** The certificates of a text in PEM form, each as PEM. As in Go, what cannot be read is passed over. */
export function* certificatesIn(pem: string): Generator<string> {
  for (const body of pem.split(begin, blockLimit + 1).slice(1)) {
    const length = body.indexOf(end)
    if (length === -1) continue
    const block = `${begin}${body.slice(0, length)}${end}\n`
    if (parseCertificate(block) !== undefined) yield block
  }
}

/** The first certificate of a text in PEM form; undefined where it cannot be read. */
export function parseCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}
