import { realpath } from 'node:fs/promises'
import { isAbsolute, resolve } from 'node:path'
import { Problem } from '../../../preload/contract/problem.ts'
import type { Endpoint } from '../../../preload/contract/profiles.ts'
import type { JsonObject } from '../../../preload/contract/words.ts'
import { containedPath, readRegularFile } from '../../lib/contained-file.ts'
import { substituteText } from '../../lib/rules/substitution.ts'
import type { Credential } from '../probe/target.ts'
import { splitPem } from '../probe/tls/roots.ts'
import type { EndpointMaterial } from './rows.ts'

export interface ClientCertificate {
  readonly certificate: string
  readonly key: string
}

export interface MaterialSources {
  /** Where relative paths of PEM files start. */
  readonly folder: string
  /** Files outside this folder are not read; absent: any file of this computer, for lists that the terminal names. */
  readonly root?: string | undefined
  /** Texts of PEM files that were read before, by their path in the profile; they are not read again. */
  readonly roots?: Readonly<Record<string, string>> | undefined
  /** The credential's `tls.crt` and `tls.key`; undefined if it is not stored. */
  readonly credentialOf: (credentialId: string) => Promise<ClientCertificate | undefined>
  /** A component's credential; absent: this host has none. */
  readonly loginOf?: ((credentialId: string) => Promise<Credential | undefined>) | undefined
  /** The text of a file in the component's pod, for absolute paths; undefined: unknown. */
  readonly fileInPod?: (path: string) => Promise<string | undefined>
}

/**
 * Reads what an endpoint refers to: a file or a setting with root certificates, a client certificate, a credential. A locked
 * vault affects only the endpoints that need something of it.
 */
export async function materialOf(
  { clientProfile }: Endpoint,
  settings: JsonObject,
  parts: MaterialSources,
): Promise<EndpointMaterial> {
  const trust = await trustOf(clientProfile.trust, settings, parts)
  try {
    return { trust, ...(await secretsOf(clientProfile, parts)), locked: false }
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'VAULT_LOCKED')) throw error
    return { trust, clientCertificate: undefined, credential: undefined, locked: true }
  }
}

async function secretsOf(
  { clientCertificate: id, credential }: Endpoint['clientProfile'],
  { credentialOf, loginOf }: MaterialSources,
): Promise<Pick<EndpointMaterial, 'clientCertificate' | 'credential'>> {
  return {
    clientCertificate: id === undefined ? undefined : await credentialOf(id),
    credential: credential === undefined ? undefined : await loginOf?.(credential),
  }
}

async function trustOf(
  trust: Endpoint['clientProfile']['trust'],
  settings: JsonObject,
  { folder, root, roots = {}, fileInPod }: MaterialSources,
): Promise<EndpointMaterial['trust']> {
  if (typeof trust === 'string') return { kind: 'found', trust: { kind: trust } }
  if ('setting' in trust) {
    const { text, missing } = substituteText(`\${${trust.setting}}`, settings)
    if (missing.length > 0)
      return {
        kind: 'missing',
        why: `the setting ${trust.setting}, with the component’s trusted roots, is empty`,
      }
    return pemOf(text, `the setting ${trust.setting}`)
  }
  const file = substituteText(trust.file, settings)
  if (file.missing.length > 0) return { kind: 'missing', why: `the setting ${file.missing.join(', ')} is empty` }
  const inPod = isAbsolute(file.text) ? await fileInPod?.(file.text) : undefined
  const known = Object.hasOwn(roots, trust.file) ? roots[trust.file] : undefined
  const text = inPod ?? known ?? (await readPem(folder, root, file.text).catch(() => undefined))
  return text === undefined
    ? { kind: 'unreadable', why: `the file ${file.text}, with the component’s trusted roots, cannot be read` }
    : pemOf(text, `the file ${file.text}`)
}

const pemLimitBytes = 1_000_000

/** Forms of PEM of which Go, Java, OpenSSL and Node skip certificates without a word (RFC 7468 §2: a boundary is a line). */
function misreadPem(text: string): string | undefined {
  if (/-----END [A-Z ]+-----[ \t]*-----BEGIN/.test(text))
    return 'has two certificates without a line break between them, which programs do not read'
  return /^\ufeff\s*-----BEGIN/.test(text)
    ? 'begins with a byte order mark, so programs do not read its first certificate: save it as UTF-8 without one'
    : undefined
}

async function readPem(folder: string, root: string | undefined, path: string): Promise<string> {
  // Without a root the user names the file, which may be behind a link.
  const file = root === undefined ? await realpath(resolve(folder, path)) : await containedPath(root, folder, path)
  return (await readRegularFile(file, pemLimitBytes)).toString('utf8')
}

/** Takes the certificates alone: a file can also contain a private key, and a pod's probe gets the text in its manifest. */
function pemOf(text: string, where: string): EndpointMaterial['trust'] {
  const problem = misreadPem(text)
  if (problem !== undefined) return { kind: 'unreadable', why: `${where} ${problem}` }
  const certificates = splitPem(text)
  return certificates.length === 0
    ? { kind: 'unreadable', why: `${where} contains no PEM certificate` }
    : { kind: 'found', trust: { kind: 'pem', pem: `${certificates.join('\n')}\n` } }
}
