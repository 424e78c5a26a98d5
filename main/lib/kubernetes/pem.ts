import { X509Certificate } from 'node:crypto'

const begin = '-----BEGIN CERTIFICATE-----'
const end = '-----END CERTIFICATE-----'

/** More do not make a bundle of authorities; each costs time. */
const blockLimit = 2_000

/**
 * The certificates of a text in PEM form, each as PEM. As in Go, what cannot be read is passed over, and both ends are lines of
 * their own: neither a byte order mark nor another certificate may share one.
 */
export function* certificatesIn(pem: string): Generator<string> {
  let blocks = 0
  let lines: string[] | undefined
  for (const raw of pem.split('\n')) {
    const line = raw.trimEnd()
    // The last beginning before an end counts.
    if (line === begin) lines = []
    else if (line.startsWith(end)) {
      blocks += 1
      if (blocks > blockLimit) return
      const block = `${begin}\n${lines?.join('\n')}\n${end}\n`
      if (line === end && lines !== undefined && parseCertificate(block) !== undefined) yield block
      lines = undefined
    } else lines?.push(line)
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
