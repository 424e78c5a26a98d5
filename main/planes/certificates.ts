import type { CertificateFacts } from '../../preload/contract/planes.ts'
import { certificatesIn, parseCertificate } from '../lib/kubernetes/pem.ts'

/** A chain has a few; a bundle of authorities is not read by a person. */
const shownCertificates = 20

/** What the certificates of a text in PEM form say of themselves. What is no certificate is passed over. Pure. */
export function certificateFacts(pem: string): CertificateFacts[] {
  return certificatesIn(pem)
    .take(shownCertificates)
    .flatMap((block) => {
      const certificate = parseCertificate(block)
      if (certificate === undefined) return []
      const { subject, issuer, validFromDate, validToDate } = certificate
      return [
        {
          subject: oneLine(subject),
          issuer: oneLine(issuer),
          notBefore: validFromDate.toISOString(),
          notAfter: validToDate.toISOString(),
        },
      ]
    })
    .toArray()
}

const oneLine = (name: string): string => name.split('\n').join(', ')
