// The plane's certificate manager: an authority of its own, the gateway's certificate from it, renewed in good time.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { askApi, callApi } from './kubernetes.mjs'
import { log, serveHealth, setting, stopping } from './runtime.mjs'
import { certificate, newKey } from './x509.mjs'

const namespace = setting('PLANE_NAMESPACE')
const names = setting('NAMES').split(',')
const lifeMs = Number(setting('LIFE_HOURS')) * 3_600_000
const checkEveryMs = 15_000
const authorityName = 'Authority of the demo plane'
const authoritySecret = 'plane-authority'
const certificateSecret = setting('CERTIFICATE_SECRET')
const labels = { 'app.kubernetes.io/managed-by': 'certificate-manager' }
// Clocks differ a little from machine to machine.
const early = () => new Date(Date.now() - 300_000)
const after = (ms) => new Date(Date.now() + ms)

const state = { certificate: undefined, issued: 0, lastError: undefined, acme: undefined, dns: undefined }

const readSecret = async (name) => {
  const { status, body } = await callApi('GET', `/api/v1/namespaces/${namespace}/secrets/${name}`)
  if (status === 404) return undefined
  if (status !== 200) throw new Error(`Secret ${name} could not be read: ${status} ${body?.message ?? ''}`)
  return Object.fromEntries(Object.entries(body.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]))
}

/** Names this program's own account as the owner of what it makes, so that it goes when the release does. */
const owner = async () => {
  const { metadata } = await askApi('GET', `/api/v1/namespaces/${namespace}/serviceaccounts/certificate-manager`)
  return { apiVersion: 'v1', kind: 'ServiceAccount', name: metadata.name, uid: metadata.uid }
}

const writeSecret = async (name, texts, annotations) => {
  const path = `/api/v1/namespaces/${namespace}/secrets`
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: { name, namespace, labels, annotations, ownerReferences: [await owner()] },
    stringData: texts,
  }
  const created = await callApi('POST', path, secret)
  const { status, body } = created.status === 409 ? await callApi('PATCH', `${path}/${name}`, { stringData: texts, metadata: { annotations } }) : created
  if (status > 299) throw new Error(`Secret ${name} could not be written: ${status} ${body?.message ?? ''}`)
}

const issue = (names, purposes, issuer, life, authority = false) => {
  const key = newKey()
  const signer = issuer ?? { commonName: authorityName, privateKey: key.privateKey }
  const commonName = authority ? authorityName : names[0]
  const notAfter = after(life)
  return { key, notAfter, pem: certificate({ commonName, publicKey: key.publicKey, issuer: signer, authority, purposes, names, notBefore: early(), notAfter }) }
}

/** The plane's own authority, kept in a Secret so that a new pod goes on with it. */
const authority = async () => {
  const kept = await readSecret(authoritySecret)
  if (kept !== undefined) return { commonName: authorityName, certificate: kept['tls.crt'], privateKey: createPrivateKey(kept['tls.key']) }
  const { key, pem, notAfter } = issue([], [], undefined, 10 * 365 * 24 * 3_600_000, true)
  await writeSecret(authoritySecret, { 'tls.crt': pem, 'tls.key': key.pem }, { 'hangar.test/not-after': notAfter.toISOString() })
  return { commonName: authorityName, certificate: pem, privateKey: key.privateKey }
}

const isDue = (pem) => {
  if (pem === undefined) return 'there is none'
  const seen = new X509Certificate(pem)
  const missing = names.find((name) => seen.checkHost(name) === undefined)
  if (missing !== undefined) return `it does not hold for ${missing}`
  return Date.parse(seen.validTo) - Date.now() < lifeMs / 3 ? `it expires at ${new Date(seen.validTo).toISOString()}` : undefined
}

const renewWhenDue = async () => {
  const kept = await readSecret(certificateSecret)
  const due = isDue(kept?.['tls.crt'])
  let pem = kept?.['tls.crt']
  if (due !== undefined) {
    const signer = await authority()
    const fresh = issue(names, ['server'], signer, lifeMs)
    pem = fresh.pem
    await writeSecret(
      certificateSecret,
      { 'tls.crt': fresh.pem, 'tls.key': fresh.key.pem, 'ca.crt': signer.certificate },
      { 'hangar.test/not-after': fresh.notAfter.toISOString() },
    )
    state.issued += 1
    log('INFO', 'certificate issued', { secret: certificateSecret, because: due, notAfter: fresh.notAfter.toISOString() })
  }
  const { subjectAltName, issuer, validTo, fingerprint256 } = new X509Certificate(pem)
  state.certificate = { secret: certificateSecret, subjectAltName, issuer, notAfter: new Date(validTo).toISOString(), fingerprint256 }
}

/** What an outside authority answers: its words are its own, only the status is kept. */
const outcomeOfGet = (host, port, path) =>
  new Promise((resolve) => {
    if (host === undefined || host === '') return resolve('not configured')
    const ca = readFileSync(setting('SERVERS_CA_FILE'))
    // ACME wants a User-Agent (RFC 8555 section 6.1).
    const headers = { 'user-agent': 'hangar-demo-certificate-manager' }
    const call = request({ host, port, path, ca, headers, signal: AbortSignal.timeout(5_000) }, (response) => {
      response.resume()
      resolve(`answered ${response.statusCode}`)
    })
    call.on('error', (error) => resolve(error.message))
    return call.end()
  })

serveHealth({
  ready: () => (state.certificate === undefined ? `no certificate yet: ${state.lastError ?? 'looking'}` : undefined),
  status: () => state,
})
while (!stopping.aborted) {
  try {
    await renewWhenDue()
    state.lastError = undefined
  } catch (error) {
    state.lastError = error.message
    log('ERROR', 'certificate not issued', { error: error.message })
  }
  const { ACME_HOST, ACME_PORT, DNS_HOST, DNS_PORT } = process.env
  state.acme = await outcomeOfGet(ACME_HOST, ACME_PORT, '/dir')
  state.dns = await outcomeOfGet(DNS_HOST, DNS_PORT, '/subscriptions?api-version=2020-01-01')
  await sleep(state.certificate === undefined ? 1_000 : checkEveryMs, undefined, { signal: stopping }).catch(() => undefined)
}
