import { readFile } from 'node:fs/promises'
import { isAbsolute, resolve } from 'node:path'
import type { Endpoint } from '../../../preload/contract/profiles.ts'
import type { JsonObject } from '../../../preload/contract/words.ts'
import { substituteText } from '../../lib/rules/substitution.ts'
import type { Credential } from '../probe/target.ts'
import { splitPem } from '../probe/tls/roots.ts'
import type { RowMaterial } from './rows.ts'

export interface ClientCertificate {
  readonly certificate: string
  readonly key: string
}

export interface MaterialSources {
  /** Where relative paths of PEM files start. */
  readonly folder: string
  /** The credential's `tls.crt` and `tls.key`; undefined when it is not stored. */
  readonly credentialOf: (credentialId: string) => Promise<ClientCertificate | undefined>
  /** What a component signs in with; absent: no credential is to be had here. */
  readonly loginOf?: ((credentialId: string) => Promise<Credential | undefined>) | undefined
  /** The text of a file as the component's own pod has it, asked for absolute paths first; undefined: not known. */
  readonly fileInPod?: (path: string) => Promise<string | undefined>
}

/** Reads what a row refers to: a file of roots, a setting with roots, a client certificate. */
export async function materialOf(
  { clientProfile }: Endpoint,
  settings: JsonObject,
  parts: MaterialSources,
): Promise<RowMaterial> {
  const { clientCertificate: id, trust } = clientProfile
  const clientCertificate = id === undefined ? undefined : await parts.credentialOf(id)
  const login = clientProfile.credential === undefined ? undefined : await parts.loginOf?.(clientProfile.credential)
  return { trust: await trustOf(trust, settings, parts), clientCertificate, credential: login }
}

async function trustOf(
  trust: Endpoint['clientProfile']['trust'],
  settings: JsonObject,
  { folder, fileInPod }: MaterialSources,
): Promise<RowMaterial['trust']> {
  if (typeof trust === 'string') return { kind: 'found', trust: { kind: trust } }
  if ('setting' in trust) {
    const { text, missing } = substituteText(`\${${trust.setting}}`, settings)
    if (missing.length > 0)
      return {
        kind: 'missing',
        why: `the setting ${trust.setting}, with the roots that the component trusts, is empty`,
      }
    return pemOf(text, `the setting ${trust.setting}`)
  }
  const file = substituteText(trust.file, settings)
  if (file.missing.length > 0) return { kind: 'missing', why: `the setting ${file.missing.join(', ')} is empty` }
  const inPod = isAbsolute(file.text) ? await fileInPod?.(file.text) : undefined
  const text = inPod ?? (await readFile(resolve(folder, file.text), 'utf8').catch(() => undefined))
  return text === undefined
    ? { kind: 'unreadable', why: `the file ${file.text}, with the roots that the component trusts, cannot be read` }
    : pemOf(text, `the file ${file.text}`)
}

const pemOf = (text: string, where: string): RowMaterial['trust'] =>
  splitPem(text).length === 0
    ? { kind: 'unreadable', why: `${where} holds no certificate in PEM` }
    : { kind: 'found', trust: { kind: 'pem', pem: text } }
