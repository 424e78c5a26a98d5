import { X509Certificate } from 'node:crypto'
import { connect, createServer } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createAuthority, type Wanted } from './authority.ts'

/** The outcome of a client that trusts only `trusted`, for a server with this certificate. */
const handshake = async (wanted: Wanted, trusted: string, authority = createAuthority()): Promise<string> => {
  const { certificate: cert, key } = authority.issue(wanted)
  const server = createServer({ cert, key }, (socket) => socket.end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('no port')
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: bound.port, ca: trusted, servername: 'vault.test' })
    socket.on('secureConnect', () => resolve('trusted'))
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    socket.on('close', () => socket.destroy())
  })
}

describe('createAuthority', () => {
  const authority = createAuthority()

  it('issues certificates that clients with its root accept for their names', async () => {
    expect(await handshake({ names: ['vault.test'] }, authority.certificate, authority)).toBe('trusted')
  })

  it.each<[string, Wanted, string]>([
    ['another name', { names: ['other.test'] }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['an expired one', { names: ['vault.test'], days: -1 }, 'CERT_HAS_EXPIRED'],
    [
      'one from tomorrow on',
      { names: ['vault.test'], notBefore: new Date(Date.now() + 86_400_000) },
      'CERT_NOT_YET_VALID',
    ],
    ['one for clients', { names: ['vault.test'], client: true }, 'INVALID_PURPOSE'],
  ])('issues %s, which is refused', async (_, wanted, code) => {
    expect(await handshake(wanted, authority.certificate, authority)).toBe(code)
  })

  it('is not trusted by clients with another authority of the same name', async () => {
    expect(await handshake({ names: ['vault.test'] }, createAuthority().certificate, authority)).toMatch(
      /SELF_SIGNED|UNABLE_TO_VERIFY|SIGNATURE/,
    )
  })

  it('encodes addresses of both families, and times after 2049', () => {
    const wanted = { addresses: ['10.88.0.2', 'fd00::1:2'], days: 365 * 40 }

    const seen = new X509Certificate(authority.issue(wanted).certificate)

    expect(seen.checkIP('10.88.0.2')).toBe('10.88.0.2')
    expect(seen.checkIP('fd00::1:2')).toBe('fd00::1:2')
    expect(Date.parse(seen.validTo) - Date.now()).toBeGreaterThan(364 * 40 * 86_400_000)
    expect(seen.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true)
    expect(new X509Certificate(authority.certificate).ca).toBe(true)
  })
})
