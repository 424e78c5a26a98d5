// Asks the registry of the private network, signing in as it says: by password, or by a token from where it points.
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { setting } from './runtime.mjs'

const host = setting('UPSTREAM_HOST')
const port = setting('UPSTREAM_PORT')
const limitMs = 30_000
const accept = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')

const ask = (url, headers) =>
  new Promise((resolve, reject) => {
    const call = request(url, { ca: readFileSync(setting('SERVERS_CA_FILE')), headers, signal: AbortSignal.timeout(limitMs) }, resolve)
    call.on('error', reject)
    call.end()
  })

const account = () => {
  const read = (key) => readFileSync(`${setting('ACCOUNT_FOLDER')}/${key}`, 'utf8').trim()
  return `Basic ${Buffer.from(`${read('username')}:${read('password')}`).toString('base64')}`
}

const token = async (challenge) => {
  const parts = Object.fromEntries([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]))
  const url = new URL(parts.realm)
  // The password goes to no other host than the registry's own.
  if (url.protocol !== 'https:' || url.hostname !== host) throw new Error(`tokens come from ${url.host}, which is not trusted with the password`)
  if (parts.service) url.searchParams.set('service', parts.service)
  if (parts.scope) url.searchParams.set('scope', parts.scope)
  const response = await ask(url, { authorization: account() })
  let text = ''
  for await (const part of response.setEncoding('utf8')) text += part
  if (response.statusCode !== 200) throw new Error(`no token: ${response.statusCode}`)
  const reply = JSON.parse(text)
  return `Bearer ${reply.token ?? reply.access_token}`
}

/** The registry's response to a GET of the path; its body is the caller's to read. */
export const pull = async (path) => {
  const url = `https://${host}:${port}${path}`
  const first = await ask(url, { accept })
  const challenge = String(first.headers['www-authenticate'] ?? '')
  if (first.statusCode !== 401) return first
  first.resume()
  return ask(url, { accept, authorization: /^bearer /i.test(challenge) ? await token(challenge) : account() })
}
