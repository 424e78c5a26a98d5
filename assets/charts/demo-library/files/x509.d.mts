import type { KeyObject } from 'node:crypto'

export type Key = { readonly publicKey: KeyObject; readonly privateKey: KeyObject; readonly pem: string }
export function newKey(): Key
export function certificate(wanted: {
  readonly commonName: string
  readonly publicKey: KeyObject
  readonly issuer: { readonly commonName: string; readonly privateKey: KeyObject }
  readonly authority?: boolean
  readonly purposes?: readonly ('server' | 'client')[]
  readonly names?: readonly string[]
  readonly addresses?: readonly string[]
  readonly notBefore: Date
  readonly notAfter: Date
}): string
