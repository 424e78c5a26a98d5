import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as tls from 'node:tls'
import type { Runtime } from '../../../../preload/contract/profiles.ts'
import type { Target, Trust } from '../target.ts'
import { contextOf } from './client-hello.ts'

/** Trusted roots, found by subject. */
export interface RootSet {
  readonly pems: readonly string[]
  readonly bySubject: ReadonlyMap<string, readonly X509Certificate[]>
}

const pemPattern = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** The certificates of PEM texts, without those that cannot be read. */
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
      // a store can have certificates that this OpenSSL does not support: it cannot trust them either
    }
  }
  return { pems: readable, bySubject }
}

export const splitPem = (text: string): readonly string[] => text.match(pemPattern) ?? []

/** Where systems store their roots, for Node before 22.15. */
const systemFiles = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem']

function systemPems(): readonly string[] {
  if (typeof tls.getCACertificates === 'function') {
    const pems = tls.getCACertificates('system')
    // Small images have no roots; programs in them use those that they include.
    return pems.length > 0 ? pems : tls.rootCertificates
  }
  for (const file of systemFiles) {
    try {
      return splitPem(readFileSync(file, 'utf8'))
    } catch {
      // try the next file
    }
  }
  return tls.rootCertificates
}

/** How long the system's roots are cached. Reading some hundred takes tens of milliseconds. */
const freshMs = 300_000

interface Cached<T> {
  readonly value: T
  readonly at: number
}
const cache: { bundled?: RootSet; system?: Cached<RootSet>; contexts: Map<string, Cached<tls.SecureContext>> } = {
  contexts: new Map(),
}

const isFresh = <T>(entry: Cached<T> | undefined): entry is Cached<T> =>
  entry !== undefined && performance.now() - entry.at < freshMs

/** Root sets and TLS contexts of a run. Those of the machine outlive it; those with a key do not. */
export class Roots {
  readonly #pems = new Map<string, RootSet>()
  readonly #contexts = new Map<string, tls.SecureContext>()

  bundled(): RootSet {
    cache.bundled ??= rootsOf(tls.rootCertificates)
    return cache.bundled
  }
  system(): RootSet {
    if (!isFresh(cache.system)) cache.system = { value: rootsOf(systemPems()), at: performance.now() }
    return cache.system.value
  }
  of(trust: Trust): RootSet {
    if (trust.kind !== 'pem') return trust.kind === 'bundled' ? this.bundled() : this.system()
    const set = this.#pems.get(trust.pem) ?? rootsOf(splitPem(trust.pem))
    this.#pems.set(trust.pem, set)
    return set
  }

  /**
   * The TLS context of a runtime. Go and Java verify without the context, so its chains are exactly what the server sent;
   * OpenSSL's own verdict counts for programs that use it. Throws when the client certificate or its key cannot be read.
   */
  context(target: Pick<Target, 'trust' | 'clientCertificate'>, runtime: Runtime | 'any'): tls.SecureContext {
    const { clientCertificate } = target
    const trust = usesOpenssl(runtime) ? target.trust : undefined
    if (clientCertificate === undefined && trust?.kind !== 'pem') return this.#shared(trust, runtime)
    const key = JSON.stringify([runtime, trust, clientCertificate?.certificate, clientCertificate?.key])
    const context =
      this.#contexts.get(key) ??
      contextOf(runtime, {
        ca: trust === undefined ? [] : [...this.of(trust).pems],
        ...(clientCertificate === undefined ? {} : { cert: clientCertificate.certificate, key: clientCertificate.key }),
      })
    this.#contexts.set(key, context)
    return context
  }

  #shared(trust: Trust | undefined, runtime: Runtime | 'any'): tls.SecureContext {
    const key = `${runtime} ${trust?.kind ?? ''}`
    const cached = cache.contexts.get(key)
    if (isFresh(cached)) return cached.value
    const value = contextOf(runtime, { ca: trust === undefined ? [] : [...this.of(trust).pems] })
    cache.contexts.set(key, { value, at: performance.now() })
    return value
  }
}

/** Whether the TLS library of this process is the runtime's own. */
export const usesOpenssl = (runtime: Runtime | 'any'): boolean => runtime === 'node' || runtime === 'openssl'
