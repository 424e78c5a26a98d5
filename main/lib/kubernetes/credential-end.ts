import type { UserEntry } from './kubeconfig-entries.ts'
import type { NamedFiles } from './named-files.ts'
import { expiryOf } from './oidc.ts'
import { parseCertificate } from './pem.ts'

/** When what a user signs in with ends, by its own content. */
export interface CredentialEnd {
  readonly kind: 'certificate' | 'token'
  /** Milliseconds since the epoch. */
  readonly endsAtMs: number
}

/** Of a client certificate and a token that is a JWT, the one that ends first. A program and OIDC get new ones. */
export function credentialEnd(user: UserEntry, files: NamedFiles = {}): CredentialEnd | undefined {
  const ends = [
    endOf('certificate', endOfCertificate(user.certificate ?? files.certificate?.text)),
    endOf('token', endOfToken(files.token?.text ?? user.token)),
  ].flat()
  return ends.toSorted((left, right) => left.endsAtMs - right.endsAtMs)[0]
}

const endOf = (kind: CredentialEnd['kind'], endsAtMs: number | undefined): CredentialEnd[] =>
  endsAtMs === undefined || !Number.isFinite(endsAtMs) ? [] : [{ kind, endsAtMs }]

/** A longer token does not fit into a request. */
const tokenLimit = 100_000

const endOfToken = (token: string | undefined): number | undefined =>
  token === undefined || token.length > tokenLimit ? undefined : expiryOf(token.trim())

const endOfCertificate = (pem: string | undefined): number | undefined =>
  pem === undefined ? undefined : parseCertificate(pem)?.validToDate.getTime()

/** The sentence about a credential that has ended. */
export const endedText = ({ kind, endsAtMs }: CredentialEnd): string =>
  `The ${kind === 'certificate' ? 'client certificate' : 'token'} of the kubeconfig ended at ${new Date(endsAtMs).toISOString().slice(0, 16).replace('T', ' ')} UTC.`
