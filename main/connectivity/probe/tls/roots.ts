import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as tls from 'node:tls'
import type { Target, Trust } from '../target.ts'

/** Trusted roots, found by subject. */
export interface RootSet {
  readonly pems: readonly string[]
  readonly bySubject: ReadonlyMap<string, readonly X509Certificate[]>
}

const pemPattern = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** The certificates of a PEM text; what is no certificate is left out. */
function rootsOf(pems: readonly string[]): RootSet {
  const bySubject = new Map<string, X509Certificate[]>()
  const readable: string[] = []
  for (const pem of pems) {
    try {
      const certificate = new X509Certificate(pem)
      const list = bySubject.get(certificate.subject) ?? []
      bySubject.set(certificate.subject, [...list, certificate])
      readable.push(pem)
    } catch {
      // a store may hold certificates that this OpenSSL does not read: they cannot be trusted here either
    }
  }
  return { pems: readable, bySubject }
}

export const splitPem = (text: string): readonly string[] => text.match(pemPattern) ?? []

/** Where systems keep their roots when Node cannot say (before 22.15). */
const systemFiles = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem']

function systemPems(): readonly string[] {
  if (typeof tls.getCACertificates === 'function') {
    const pems = tls.getCACertificates('system')
    // A small image has no roots of its own: programs in it use those that they bring along.
    return pems.length > 0 ? pems : tls.rootCertificates
  }
  for (const file of systemFiles) {
    try {
      return splitPem(readFileSync(file, 'utf8'))
    } catch {
      // the next one
    }
  }
  return tls.rootCertificates
}

/** How long the system's roots are taken for unchanged. Reading some hundred takes tens of milliseconds. */
const freshMs = 300_000

interface Read<T> {
  readonly value: T
  readonly at: number
}
const read: { bundled?: RootSet; system?: Read<RootSet>; contexts: Map<string, Read<tls.SecureContext>> } = {
  contexts: new Map(),
}

const isFresh = <T>(entry: Read<T> | undefined): entry is Read<T> =>
  entry !== undefined && performance.now() - entry.at < freshMs

/** Root sets and TLS settings for a run. Those of the machine outlive it; what holds a key does not. */
export class Roots {
  readonly #pems = new Map<string, RootSet>()
  readonly #contexts = new Map<string, tls.SecureContext>()

  bundled(): RootSet {
    read.bundled ??= rootsOf(tls.rootCertificates)
    return read.bundled
  }
  system(): RootSet {
    if (!isFresh(read.system)) read.system = { value: rootsOf(systemPems()), at: performance.now() }
    return read.system.value
  }
  of(trust: Trust): RootSet {
    if (trust.kind !== 'pem') return trust.kind === 'bundled' ? this.bundled() : this.system()
    const known = this.#pems.get(trust.pem) ?? rootsOf(splitPem(trust.pem))
    this.#pems.set(trust.pem, known)
    return known
  }

  /** Throws when the client certificate or its key cannot be read. */
  context(target: Pick<Target, 'trust' | 'clientCertificate'>): tls.SecureContext {
    const { trust, clientCertificate } = target
    if (clientCertificate === undefined && trust.kind !== 'pem') return this.#shared(trust)
    const key = JSON.stringify([trust, clientCertificate?.certificate, clientCertificate?.key])
    const known =
      this.#contexts.get(key) ??
      tls.createSecureContext({
        ca: [...this.of(trust).pems],
        ...(clientCertificate === undefined ? {} : { cert: clientCertificate.certificate, key: clientCertificate.key }),
      })
    this.#contexts.set(key, known)
    return known
  }

  #shared(trust: Trust): tls.SecureContext {
    const known = read.contexts.get(trust.kind)
    if (isFresh(known)) return known.value
    const value = tls.createSecureContext({ ca: [...this.of(trust).pems] })
    read.contexts.set(trust.kind, { value, at: performance.now() })
    return value
  }
}
